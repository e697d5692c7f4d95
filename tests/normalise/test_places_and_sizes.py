import pytest

from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.ranges import Range, company_size, parse_range, revenue_class
from roleferry_enrich.normalise.registers import is_distinctly_british, parse_company_number


@pytest.mark.parametrize(
    ("text", "code"),
    [("gb", "GB"), ("UK", "GB"), ("United Kingdom", "GB"), ("England", "GB"), ("USA", "US"),
     ("U.S.", "US"), ("DEU", "DE"), ("Österreich", "AT"), ("the Netherlands", "NL"),
     ("Nowhere", None), ("", None)],
)  # fmt: skip
def test_countries(text, code):
    assert parse_country(text) == code
    assert code is None or parse_country(code) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("51-200", Range(51, 200)),
        ("51–200 employees", Range(51, 200)),
        ("1,001 to 5,000", Range(1_001, 5_000)),
        ("10001+", Range(10_001, None)),
        ("over 5000", Range(5_000, None)),
        ("under 10", Range(0, 10)),
        ("42", Range(42, 42)),
        ("200-51", Range(51, 200)),
        ("$10M-$25M", Range(10_000_000, 25_000_000)),
        ("1-10M", Range(1_000_000, 10_000_000)),
        ("$1.5 billion", Range(1_500_000_000, 1_500_000_000)),
        ("self-employed", Range(1, 1)),
        ("many", None),
        ("999999999999 billion", None),
        ("", None),
    ],
)
def test_ranges(text, expected):
    assert parse_range(text) == expected


@pytest.mark.parametrize("text", ["51-200", "10001+", "42"])
def test_a_range_written_out_reads_the_same(text):
    assert str(parse_range(text)) == text


def test_size_classes():
    sizes = [company_size(count) for count in (0, 1, 2, 10, 11, 200, 10_000, 10_001)]

    assert sizes == ["1", "1", "2-10", "2-10", "11-50", "51-200", "5001-10000", "10001+"]


def test_revenue_classes():
    classes = [revenue_class(revenue) for revenue in (-1, 999_999, 11_000_000, 2 * 10**10)]

    assert classes == ["$0-$1M", "$0-$1M", "$10M-$25M", "$10B+"]


def test_the_middle_stands_for_a_range():
    assert Range(50, 100).middle == 75
    assert Range(10_001, None).middle == 10_001


@pytest.mark.parametrize(
    ("text", "number"),
    [("445790", "00445790"), ("00445790", "00445790"), ("sc 123", "SC000123"),
     ("GB445790", "00445790"), ("OC301234", "OC301234"), ("IP12345R", "IP12345R"),
     ("123456789", None), ("SC1234567", None), ("12345R", None), ("abc", None), ("", None)],
)  # fmt: skip
def test_british_numbers(text, number):
    assert parse_company_number(text) == number


def test_a_foreign_number_stays_as_written():
    assert parse_company_number("HRB 12-345", "DE") == "HRB12345"
    assert parse_company_number("none", "DE") is None


def test_some_numbers_show_their_country():
    assert is_distinctly_british("SC000123")
    assert is_distinctly_british("00445790")
    assert not is_distinctly_british("12345678")
    assert not is_distinctly_british("445790")
