import pytest
from tests.resolve.statements import email

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.resolve.companies import is_same_company
from roleferry_enrich.resolve.comparisons import SAME
from roleferry_enrich.resolve.people import is_same_person

JOHN = Email("john.smith@acme.test")
ACME = Domain("acme.test")
ASKED = Keys(full_name="John Smith", domain=ACME)
MEMBER_ID = "linkedin.com/in/ACoAABcdefghij12"


def claim(name=None, **said):
    return PersonClaim(full_name=name, **said)


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (claim("J. Smith", emails=(email("John.Smith+x@acme.test"),)), Keys(email=JOHN)),
        (claim("Anna Hall", linkedin_url="https://uk.linkedin.com/in/JS"),
         Keys(linkedin_url=ProfileUrl("linkedin.com/in/js"))),
        (claim("SMITH, John", company_domain="acme.test"), ASKED),
        (claim("J. Smith", company_domain="acme.test"), ASKED),
        (claim("John Smith", company_name="ACME LTD"),
         Keys(first_name="John", last_name="Smith", company_name="Acme")),
        (claim("John Smith", company_number="445790"),
         Keys(full_name="John Smith", company_number=CompanyNumber("00445790"))),
        (claim("John Smith", company_domain="acme.test"), Keys(email=JOHN)),
        (claim("John Smith"), Keys(email=Email("john.smith@gmail.com"))),
        (claim("John Smith", company_domain="acme.co.uk"),
         Keys(full_name="John Smith", domain=Domain("acme.com"))),
    ],
)  # fmt: skip
def test_who_was_asked_for(said, keys):
    assert is_same_person(said, keys).score >= SAME


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (claim("Mary Jones", company_domain="acme.test"), ASKED),
        (claim("John Smith"), Keys(full_name="John Smith")),
        (claim("John Smith", company_domain="other.test"), ASKED),
        (claim("John Smith", company_name="Ardenhall"),
         Keys(full_name="John Smith", company_name="Quillmere")),
        (claim("Mary Jones", company_domain="acme.test"), Keys(email=JOHN)),
        (claim("Mary Jones"), Keys(email=Email("x1@gmail.com"))),
        (claim("Mary Jones", company_domain="acme.test"), Keys(email=Email("x1@acme.test"))),
        (claim("Mary Jones", company_domain="acme.test"), Keys(email=Email("john@acme.test"))),
        (claim("Mary Jones", emails=(email(JOHN),)), Keys(email=JOHN, full_name="John Smith")),
        (claim(company_domain="acme.test"), Keys(email=JOHN)),
        (claim("John Smith", company_domain="acme.test"), Keys(domain=ACME)),
        (claim("John Smith", emails=(email("nonsense"),)), Keys(country="GB")),
    ],
)  # fmt: skip
def test_who_was_not_asked_for(said, keys):
    assert is_same_person(said, keys).score < SAME


def test_contradictory_strong_keys_are_not_believed():
    said = claim("John Smith", emails=(email(JOHN),), linkedin_url="linkedin.com/in/other")
    keys = Keys(email=JOHN, linkedin_url=ProfileUrl("linkedin.com/in/john"))

    assert is_same_person(said, keys).score == 0


def test_an_internal_profile_id_contradicts_nothing():
    said = claim("John Smith", emails=(email(JOHN),), linkedin_url=MEMBER_ID)
    keys = Keys(email=JOHN, linkedin_url=ProfileUrl("linkedin.com/in/john"))

    assert is_same_person(said, keys).score == 1


def test_an_answer_says_why_it_is_believed():
    assert is_same_person(claim("J S", emails=(email(JOHN),)), Keys(email=JOHN)).why


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (CompanyClaim(company_number="445790"), Keys(company_number=CompanyNumber("00445790"))),
        (CompanyClaim(name="X", domain="www.acme.test"), Keys(domain=ACME)),
        (CompanyClaim(name="X", domain="acme.test"), Keys(email=JOHN)),
        (CompanyClaim(linkedin_url="https://linkedin.com/company/ACME/"),
         Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/acme"))),
        (CompanyClaim(linkedin_url="linkedin.com/company/acme", domain="acme.co.uk"),
         Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/acme"),
              domain=Domain("acme.com"))),
        (CompanyClaim(legal_name="QUILLMERE LIMITED"), Keys(company_name="Quillmere")),
        (CompanyClaim(name="New Name", former_names=("Quillmere Ltd",)),
         Keys(company_name="Quillmere")),
        (CompanyClaim(name="Acme", domain="acme.co.uk"),
         Keys(company_name="Acme", domain=Domain("acme.com"))),
    ],
)  # fmt: skip
def test_which_company_was_asked_for(said, keys):
    assert is_same_company(said, keys).score >= SAME


@pytest.mark.parametrize(
    ("said", "keys"),
    [
        (CompanyClaim(name="Acme", company_number="1"),
         Keys(company_name="Acme", company_number=CompanyNumber("00445790"))),
        (CompanyClaim(name="Acme", domain="other.test"), Keys(company_name="Acme", domain=ACME)),
        (CompanyClaim(domain="acme.co.uk"), Keys(domain=Domain("acme.com"))),
        (CompanyClaim(name="Ardenhall"), Keys(company_name="Quillmere")),
        (CompanyClaim(name="Acme", country="US"), Keys(company_name="Acme", country="GB")),
        (CompanyClaim(name="Acme"), Keys(country="GB")),
        (CompanyClaim(), Keys(company_name="Acme")),
        (CompanyClaim(linkedin_url="linkedin.com/company/other"),
         Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/acme"))),
        (CompanyClaim(linkedin_url="linkedin.com/company/acme", domain="other.test"),
         Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/acme"), domain=ACME)),
        (CompanyClaim(name="Acme"), Keys(email=Email("ada@gmail.com"))),
    ],
)  # fmt: skip
def test_which_company_was_not_asked_for(said, keys):
    assert is_same_company(said, keys).score < SAME


def test_another_registers_number_contradicts_nothing():
    said = CompanyClaim(domain="acme.test", company_number="HRB 77", country="DE")

    assert is_same_company(said, Keys(domain=ACME, company_number=CompanyNumber("00445790"))).score
