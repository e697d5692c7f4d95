"""Which value wins: the table's rules carried out, on any statements whatever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.resolve.statements import TODAY, company, person

from roleferry_enrich.resolve.company_fields import COMPANY_RULES
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.person_fields import PERSON_RULES
from roleferry_enrich.resolve.survivorship import survivors

OLD = TODAY - timedelta(days=1_500)
NAMES = ("Ada Byron", "A. Byron", "Ada King Byron", "Bo Nair", "")
TITLES = ("CEO", "Chief Executive Officer", "Analyst", "Former CEO", "Geschäftsführerin", None)
PLACES = ("Ely", "ELY", "Cambridge", None)
ORIGINS = ("apollo", "hunter", "clearbit", "website", "companies_house", "newcomer")

people = st.builds(
    lambda name, title, city, by, age, said: person(
        name, title=title, city=city, by=by, day=TODAY - timedelta(days=age), **said
    ),
    st.sampled_from(NAMES),
    st.sampled_from(TITLES),
    st.sampled_from(PLACES),
    st.sampled_from(ORIGINS),
    st.integers(0, 4_000),
    st.sampled_from(({}, {"company_name": "Acme Ltd"}, {"seniority": "vp"}, {"country": "UK"})),
)


def decided(*observations):
    return survivors(PERSON_RULES, observations, TODAY)


@given(st.lists(people, max_size=6))
def test_a_value_is_always_one_that_somebody_said(observations):
    for rule in PERSON_RULES:
        known = decided(*observations).get(rule.field)
        if known is not None:
            readings = [rule.read(each.claim) for each in observations]
            said = {reading.value for reading in readings if reading is not None}
            assert {known.value, *(other.value for other in known.alternatives)} <= said
            assert 0.0 <= known.confidence.value <= 0.99
            assert known.sources


@given(st.lists(people, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_what_was_said_decides_nothing(observations, dice):
    shuffled = list(observations)
    dice.shuffle(shuffled)

    ours, theirs = decided(*observations), decided(*shuffled)

    assert {name: (k.value, k.confidence) for name, k in ours.items()} == {
        name: (k.value, k.confidence) for name, k in theirs.items()
    }


def test_a_title_that_more_origins_hold_today_wins():
    fields = decided(
        person("Ada Byron", title="Analyst", by="clearbit"),
        person("Ada Byron", title="CEO", by="apollo"),
        person("Ada Byron", title="Chief Executive Officer", by="hunter"),
    )

    assert fields["title"].value in {"CEO", "Chief Executive Officer"}
    (other,) = fields["title"].alternatives
    assert (other.value, other.providers) == ("Analyst", ("clearbit",))
    assert other.confidence < fields["title"].confidence


def test_one_fresh_word_outweighs_one_old_one():
    fields = decided(
        person("Ada Byron", title="Analyst", by="apollo", day=OLD),
        person("Ada Byron", title="CEO", by="hunter"),
    )

    assert fields["title"].value == "CEO"


def test_contradiction_lowers_what_agreement_raised():
    alone, agreed, contradicted = (
        decided(*(person("Ada Byron", title=title, by=by) for by, title in said))["title"]
        for said in (
            [("apollo", "CEO")],
            [("apollo", "CEO"), ("hunter", "CEO")],
            [("apollo", "CEO"), ("hunter", "Analyst")],
        )
    )

    assert contradicted.confidence < alone.confidence < agreed.confidence


def test_in_law_the_register_is_right_against_any_number():
    said = [
        company(legal_name="Acme Holdings Ltd", by=by) for by in ("apollo", "hunter", "website")
    ]
    register = company(legal_name="ACME TRADING LIMITED", by="companies_house", day=OLD)

    fields = survivors(COMPANY_RULES, [*said, register], TODAY)

    assert fields["legal_name"].value == "ACME TRADING LIMITED"


def test_a_street_is_not_put_into_another_town():
    fields = survivors(
        COMPANY_RULES,
        [
            company(city="Ely", street="4 Lantern Row", by="apollo"),
            company(city="Ely", by="hunter"),
            company(city="Leeds", street="9 Mill Lane", by="clearbit"),
        ],
        TODAY,
    )

    assert (fields["city"].value, fields["street"].value) == ("Ely", "4 Lantern Row")


@pytest.mark.parametrize("rules", [PERSON_RULES, COMPANY_RULES])
def test_the_tables_are_whole(rules):
    fields = [rule.field for rule in rules]

    assert len(fields) == len(set(fields))
    assert all(isinstance(rule.matter, Matter) for rule in rules)
    for place, rule in enumerate(rules):
        assert rule.follows is None or rule.follows in fields[:place]
