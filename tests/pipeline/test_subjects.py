"""Identity: who is not the asked subject is dropped, and who may be several is not guessed."""

import pytest
from tests.pipeline.scripted import DOMAIN, EMAIL, said_of

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import CompanyNumber
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.pipeline.identity import accept, without_person

QUILLMERE = CompanyClaim(name="Quillmere Optics Limited", domain=DOMAIN)
ORLA = PersonClaim(full_name="Orla Fenwick", emails=(EmailClaim(address=EMAIL),))
BY_EMAIL = Keys(email=EMAIL)
BY_NAME = Keys(company_name="Quillmere Optics", country="GB")


def companies_of(*claims, keys=BY_NAME):
    accepted = accept(said_of(*claims).observations, keys, Goal.COMPANY)
    return [observation.claim for observation in accepted.observations.companies], accepted.keys


def people_of(*claims, keys=BY_EMAIL, goal=Goal.PERSON):
    accepted = accept(said_of(*claims).observations, keys, goal)
    return [observation.claim for observation in accepted.observations.people], accepted.keys


def test_the_asked_person_is_kept_and_brings_keys():
    kept, keys = people_of(ORLA)

    assert kept == [ORLA]
    assert keys.full_name == "Orla Fenwick"


@pytest.mark.parametrize(
    "other",
    [
        PersonClaim(full_name="Bram Okafor"),
        PersonClaim(emails=(EmailClaim(address="bram.okafor@tarnfoundry.test"),)),
    ],
    ids=["of another name", "of another mailbox"],
)
def test_another_person_is_dropped_and_brings_no_key(other):
    kept, keys = people_of(other)

    assert kept == []
    assert keys == BY_EMAIL


def test_of_several_people_only_the_asked_one_is_kept():
    bram = PersonClaim(full_name="Bram Okafor", company_domain=DOMAIN)

    assert people_of(bram, ORLA)[0] == [ORLA]


def test_executives_of_another_company_are_dropped():
    here = PersonClaim(full_name="Orla Fenwick", title="CEO", company_domain=DOMAIN)
    elsewhere = PersonClaim(full_name="Bram Okafor", company_domain="tarnfoundry.test")
    unsaid = PersonClaim(full_name="Una Quist", title="CFO")

    kept, keys = people_of(here, elsewhere, unsaid, keys=Keys(domain=DOMAIN), goal=Goal.EXECUTIVES)

    assert kept == [here, unsaid]
    assert keys == Keys(domain=DOMAIN), "what an executive is called identifies no company"


def test_another_company_is_dropped_and_brings_no_key():
    kept, keys = companies_of(
        CompanyClaim(name="Tarn Foundry", domain="tarnfoundry.test"), keys=Keys(domain=DOMAIN)
    )

    assert kept == []
    assert keys == Keys(domain=DOMAIN)


def test_the_best_of_several_candidates_is_taken():
    near = CompanyClaim(name="Quillmere Optical Instruments", domain="qoi.test")

    kept, keys = companies_of(near, QUILLMERE)

    assert kept == [QUILLMERE]
    assert keys.domain == DOMAIN


def test_between_equal_candidates_nobody_is_chosen():
    twin = CompanyClaim(name="Quillmere Optics Limited", domain="quillmere-optics.test")

    kept, keys = companies_of(QUILLMERE, twin)

    assert kept == []
    assert keys.domain is None


def test_of_two_with_one_name_the_living_company_is_meant():
    gone = CompanyClaim(name="Quillmere Optics Limited", company_number="1", status="dissolved")
    living = CompanyClaim(name="Quillmere Optics Limited", company_number="01234567")

    assert companies_of(gone, living)[0] == [living]


def test_a_dissolved_company_is_taken_where_it_is_the_one_asked_for():
    gone = CompanyClaim(
        name="Quillmere Optics Limited", company_number="01234567", status="dissolved"
    )
    keys = Keys(company_number=CompanyNumber("01234567"), country="GB")

    assert companies_of(gone, keys=keys)[0] == [gone]


def test_what_was_known_first_stays():
    keys = Keys(domain=DOMAIN, company_name="Quillmere")

    assert companies_of(QUILLMERE, keys=keys)[1].company_name == "Quillmere"


def test_without_the_person_only_the_named_company_is_left():
    observed = said_of(
        ORLA, QUILLMERE, CompanyClaim(name="Tarn Foundry", domain="tarnfoundry.test")
    ).observations

    left = without_person(observed, Keys(email=EMAIL, domain=DOMAIN))

    assert (left.people, left.verdicts) == ((), ())
    assert [company.claim for company in left.companies] == [QUILLMERE]
