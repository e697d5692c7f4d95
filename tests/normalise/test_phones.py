import pytest

from roleferry_enrich.normalise.phones import parse_phone


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("020 7946 0000", "GB", "+442079460000"),
        ("020 7946 0000", "United Kingdom", "+442079460000"),
        ("+44 (0)20 7946 0000 ext. 12", None, "+442079460000"),
        ("tel:+44-20-7946-0000", None, "+442079460000"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("07700 900123", "GB", "+447700900123"),
    ],
)
def test_numbers(text, country, number):
    assert parse_phone(text, country) == number
    assert parse_phone(number, None) == number


@pytest.mark.parametrize(
    ("text", "country"),
    [("", "GB"), ("020 7946 0000", None), ("020 7946 0000", "Nowhere"), ("12", "GB"),
     ("hello", "GB"), ("9" * 100_000, "GB")],
)  # fmt: skip
def test_what_is_no_number(text, country):
    assert parse_phone(text, country) is None
