"""The registered number is taken where the law puts it, and no other number for it."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.providers.pages.documents import Page, Topic
from roleferry_enrich.providers.pages.imprint import company_in


def company(footer: str) -> CompanyClaim | None:
    tree = LexborHTMLParser(f"<h1>Home</h1><footer>{footer}</footer>")
    return company_in([Page("quillmere.test", "/", Topic.HOME, tree)], "quillmere.test")


@pytest.mark.parametrize(
    ("footer", "number"),
    [
        ("Registered in England and Wales, company number 01234567.", "01234567"),
        ("Registered in Scotland No. SC123456", "SC123456"),
        ("Company Registration Number: 1234567 (England)", "1234567"),
        ("Company No.<br>01234567</p><p>Registered in England", "01234567"),
        ("Registered charity number 7654321 and company 01234567 in England", "01234567"),
        ("Registered in Northern Ireland NI 123456", "NI123456"),
    ],
)
def test_a_registered_number_is_found(footer: str, number: str) -> None:
    found = company(f"<p>{footer}</p>")

    assert found is not None
    assert found.company_number == number


@pytest.mark.parametrize(
    "footer",
    [
        "Our company in England: tel 02079460", "Registered charity 1234567 in England",
        "VAT registration number 12345678, UK", "Company no. 12345678 (Kobenhavn)",
        "Registered in England. Order 12345678901", "Authorised by the FCA, registered 1234567, UK",
        "A company number 01234567 and a company number 07654321, both England",
    ],
)  # fmt: skip
def test_another_number_is_not_taken_for_it(footer: str) -> None:
    found = company(f"<p>{footer}</p>")

    assert found is None or found.company_number is None


@pytest.mark.parametrize(
    "text",
    [
        "\u00a9 2026 Quillmere Instruments Limited. Registered in England, company number 01234567",
        "Quillmere is a trading name of Quillmere Instruments Limited (company 01234567, UK)",
        "<ul><li>Home</li></ul>Quillmere Instruments Limited registered in England (no 01234567)",
    ],
)  # fmt: skip
def test_the_legal_name_beside_the_number_is_read(text: str) -> None:
    found = company(text)

    assert found is not None
    assert found.legal_name == "Quillmere Instruments Limited"


def test_a_page_that_names_no_company_gives_none() -> None:
    assert company("<p>Hello</p>") is None
