"""What is taken for a name or a title, and above all what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.providers.pages.wording import employer_in, is_title, read_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Orla Fenwick", "Orla Fenwick"), ("ORLA FENWICK", "ORLA FENWICK"),
        ("Mary-Jane O'Hollis", "Mary-Jane O'Hollis"), ("Ines de la Cuesta", "Ines de la Cuesta"),
        ("Jan van der Berg", "Jan van der Berg"), ("J. R. Ashdown", None),
        ("Pell J. Ashdown", "Pell J. Ashdown"), ("Zoë Young", "Zoë Young"),
        ("Tomas Brandt, PhD, MBA", "Tomas Brandt"), ("Tomas Brandt FCA", "Tomas Brandt"),
        ("Robert \u201cBob\u201d Fenwick", "Robert Fenwick"),
        ("Orla Fenwick (CEO)", None), ("Robert (Bob) Fenwick", "Robert Fenwick"),
        ("Анна Орлова", "Анна Орлова"), ("Anna West", "Anna West"),
    ],
)  # fmt: skip
def test_names_are_read_as_written(text: str, name: str | None) -> None:
    read = read_name(text)

    assert (read and read[1]) == name


def test_an_honorific_is_kept_apart() -> None:
    assert read_name("Prof. Dr. Ada Quill") == ("Prof. Dr.", "Ada Quill")


@pytest.mark.parametrize(
    "text",
    [
        "", "Orla", "orla fenwick", "About Us", "Our Team", "Read More", "Contact Us", "Learn More",
        "Privacy Policy", "Managing Director", "Chief Executive", "San Francisco", "New York",
        "United Kingdom", "North West", "Milton Keynes", "Human Resources", "Customer Success",
        "Business Development", "Quillmere Instruments Limited", "Meet The Team", "Why Quillmere",
        "Orla Fenwick is here to help you today", "+44 20 7946 0000", "info@quillmere.test",
        "Opening Hours 9 To 5", "E-mail Call LinkedIn", "A B", "O F", "Latest News", "Über Uns",
        "Asset Management", "Get In Touch", "Case Studies", "Fenwick 2", "View Profile",
    ],
)  # fmt: skip
def test_menus_places_departments_and_slogans_are_no_names(text: str) -> None:
    assert read_name(text) is None


@pytest.mark.parametrize(
    "text",
    ["CEO", "Chief Executive Officer", "Head of Optics", "VP, Sales & Marketing", "Co-Founder",
     "Geschäftsführer", "Directrice générale", "Senior Software Engineer", "Founder & CEO",
     "Non-executive Director", "Leiterin Vertrieb", "Partner", "Sócio-gerente"],
)  # fmt: skip
def test_titles_are_recognised(text: str) -> None:
    assert is_title(text)


@pytest.mark.parametrize(
    "text",
    ["", "Orla Fenwick", "Optics", "Leeds", "Meet our director", "She is our chief executive.",
     "Former Finance Director", "Contact the manager", "Our partner", "Why become a partner?",
     "He joined as an engineer and is now our head of optics", "guest editor", "x " * 60 + "CEO"],
)  # fmt: skip
def test_sentences_and_calls_to_act_are_no_titles(text: str) -> None:
    assert not is_title(text)


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("CEO at Otherco", "Otherco"), ("CEO of Otherco", "Otherco"), ("CEO, Otherco", "Otherco"),
        ("Partner @ Otherco Ventures", "Otherco Ventures"),
        ("Managing Director, Otherco", "Otherco"),
        ("Head of Optics", None), ("Director, Optics", None), ("President, Europe", None),
        ("VP of Sales", None), ("President of Operations", None), ("CEO", None),
    ],
)  # fmt: skip
def test_a_title_may_name_another_company(title: str, company: str | None) -> None:
    assert employer_in(title) == company


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert read_name(text) is None or read_name(text)
    assert is_title(text) in {True, False}
    assert employer_in(text) is None or employer_in(text)


@given(st.text(max_size=60))
def test_what_is_read_as_a_name_is_read_the_same_again(text: str) -> None:
    read = read_name(text)

    if read is not None:
        assert read_name(read[1]) == (None, read[1])
