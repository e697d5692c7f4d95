import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.birthdays import Birthday, parse_birthday


@pytest.mark.parametrize(
    "text",
    [
        *("1985-03-07", "19850307", "1985/3/7", "7/3/1985", "07.03.1985", "7 March 1985"),
        *("7th of March 1985", "March 7, 1985", "7 mar 1985", "1985-03-07T00:00:00", " 1985-3-7 "),
    ],
)
def test_one_day_in_many_ways(text):
    assert parse_birthday(text) == Birthday(1985, 3, 7)


def test_a_month_that_is_none_is_the_day():
    assert parse_birthday("3/25/1985") == Birthday(1985, 3, 25)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("1985", (1985, 0, 0)), ("1985-03", (1985, 3, 0)), ("March 1985", (1985, 3, 0))],
)
def test_parts_that_are_missing_are_zero(text, parts):
    assert parse_birthday(text) == Birthday(*parts)


@pytest.mark.parametrize(
    "text", ["", "unknown", "7/3/85", "1985-13-40", "99999999", "1985 3 7 1", "1985 1986", "12"]
)
def test_what_is_no_date_is_none(text):
    assert parse_birthday(text) is None


def test_an_impossible_day_keeps_its_parts():
    assert parse_birthday("1985-02-31") == Birthday(1985, 2, 31)


@given(st.text(max_size=80))
def test_no_text_is_too_strange(text):
    assert parse_birthday(text) is None or parse_birthday(text).key
