import pytest
from tests.resolve.statements import email

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.people import Deliverability, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.resolve.keys import with_company, with_person

ACME = Domain("acme.test")


def claim(name=None, **said):
    return PersonClaim(full_name=name, **said)


def test_the_keys_a_person_yields():
    said = claim(
        "SMITH, John Andrew",
        emails=(
            email("info@acme.test"),
            email("js@gmail.com"),
            email("old@acme.test", deliverability=Deliverability.INVALID),
            email("guess@acme.test", deliverability=Deliverability.GUESSED),
            email("John.Smith@acme.test"),
        ),
        company_name="ACME LIMITED",
        company_number="445790",
        linkedin_url="https://www.linkedin.com/in/JS/",
        twitter_url="@js",
        country="England",
    )

    assert with_person(Keys(), said) == Keys(
        email=Email("John.Smith@acme.test"),
        full_name="John Smith",
        first_name="John",
        last_name="Smith",
        linkedin_url=ProfileUrl("linkedin.com/in/js"),
        domain=ACME,
        company_name="ACME",
        company_number=CompanyNumber("00445790"),
        country="GB",
    )


def test_the_keys_a_company_yields():
    said = CompanyClaim(
        name="ACME LTD",
        email="hello@acme.test",
        company_number="SC123456",
        linkedin_url="linkedin.com/company/acme",
        twitter_url="https://twitter.com/Acme",
        facebook_url="https://www.facebook.com/acme.hq/",
    )

    assert with_company(Keys(), said) == Keys(
        domain=ACME,
        company_name="ACME",
        company_number=CompanyNumber("SC123456"),
        company_linkedin_url=ProfileUrl("linkedin.com/company/acme"),
        company_twitter_url=ProfileUrl("x.com/acme"),
        company_facebook_url=ProfileUrl("facebook.com/acme.hq"),
    )


def test_unknown_things_yield_no_keys():
    assert with_person(Keys(), claim()) == Keys()
    assert with_person(Keys(), claim("Ada", emails=(email("ada@gmail.com"),))).domain is None
    assert with_company(Keys(), CompanyClaim(email="x@gmail.com")) == Keys()
    assert with_company(Keys(), CompanyClaim(domain="https://acme.test/")).domain == ACME


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (CompanyClaim(company_number="12345678", country="United Kingdom"), "12345678"),
        (CompanyClaim(company_number="12345678", country="DE"), None),
        (CompanyClaim(company_number="12345678"), None),
        (CompanyClaim(company_number="12345678", domain="acme.co.uk"), "12345678"),
        (CompanyClaim(company_number="12345678", legal_name="ACME LIMITED"), "12345678"),
        (CompanyClaim(company_number="00445790"), "00445790"),
        (CompanyClaim(company_number="445790"), None),
        (CompanyClaim(company_number="??", country="GB"), None),
    ],
)
def test_a_number_is_a_key_only_where_it_is_surely_british(said, number):
    assert with_company(Keys(), said).company_number == number


def test_what_is_known_stays_and_only_gaps_are_filled():
    known = Keys(email=Email("ada@acme.test"), country="GB")
    said = claim("Ada Byron", emails=(email("other@acme.test"),), country="France")

    assert with_person(known, said) == Keys(
        email=Email("ada@acme.test"),
        full_name="Ada Byron",
        first_name="Ada",
        last_name="Byron",
        domain=ACME,
        country="GB",
    )
