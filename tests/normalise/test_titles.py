import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.title_words import SENIORITIES
from roleferry_enrich.normalise.titles import parse_department, parse_seniority, parse_title


@pytest.mark.parametrize(
    ("text", "seniority", "department"),
    [
        ("CEO", "c_suite", "management"),
        ("Founder & CEO", "founder", "management"),
        ("Co-Founder and CTO", "founder", "engineering"),
        ("Owner", "owner", "management"),
        ("Managing Director", "c_suite", "management"),
        ("Geschäftsführerin", "c_suite", "management"),
        ("Directeur Général", "c_suite", "management"),
        ("Chief Happiness Officer", "c_suite", None),
        ("Managing Partner", "partner", "management"),
        ("SVP, Marketing", "vp", "marketing"),
        ("Head of Engineering", "head", "engineering"),
        ("Finance Director", "director", "finance"),
        ("Non-Executive Director", "director", "management"),
        ("Assistant Director", "manager", None),
        ("Art Director", "manager", "design"),
        ("Sales Manager", "manager", "sales"),
        ("Company Secretary", "director", "legal"),
        ("HR Business Partner", "senior", "human_resources"),
        ("Product Owner", "senior", "product"),
        ("Principal Engineer", "senior", "engineering"),
        ("Senior Software Engineer", "senior", "engineering"),
        ("Software Engineer", "entry", "engineering"),
        ("Executive Assistant to the CEO", "entry", "administration"),
        ("Marketing Executive", "entry", "marketing"),
        ("Juggler", None, None),
    ],
)
def test_seniority_and_department(text, seniority, department):
    title = parse_title(text)

    assert (title.seniority, title.department) == (seniority, department)
    assert title.is_executive == (seniority in SENIORITIES[:7])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CEO", "Chief Executive Officer"),
        ("Chief Executive", "chief exec"),
        ("CEO & Founder", "Founder, CEO"),
        ("VP of Sales", "Vice President, Sales"),
        ("MD", "Managing Director UK"),
        ("Chairwoman", "Chair of the Board"),
        ("CTO at Acme", "Chief Technical Officer"),
    ],
)
def test_spellings_of_one_title(left, right):
    def parts(text):
        return sorted(parse_title(text).key.replace(" / ", " ").split())

    assert parts(left) == parts(right)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ceo", "CEO"),
        ("CHIEF OF STAFF", "Chief of Staff"),
        ("head of hr/it", "Head of Hr/It"),
        ("hr, head", "HR, Head"),
        ("Director of UX", "Director of UX"),
    ],
)
def test_titles_are_cased(written, shown):
    assert parse_title(written).text == shown


@pytest.mark.parametrize("text", ["", "  ", "--", "@"])
def test_no_word_is_no_title(text):
    assert parse_title(text) is None


@given(st.text(max_size=60))
def test_reading_a_title_again_changes_nothing(text):
    title = parse_title(text)
    if title is not None:
        assert parse_title(title.text).text == title.text


@pytest.mark.parametrize(
    ("said", "ours"),
    [("c_suite", "c_suite"), ("Mid-Senior level", "senior"), ("VP", "vp"), ("cxo", "c_suite"),
     ("Chief Executive Officer", "c_suite"), ("", None), ("purple", None)],
)  # fmt: skip
def test_a_providers_seniority(said, ours):
    assert parse_seniority(said) == ours


@pytest.mark.parametrize(
    ("said", "ours"),
    [("master_engineering_technical", "engineering"), ("hr", "human_resources"), ("?", None)],
)
def test_a_providers_department(said, ours):
    assert parse_department(said) == ours
