"""Only what speaks of the asked subject is kept, and of equal candidates none."""

from datetime import UTC, datetime
from uuid import uuid4

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.pipeline.identity import accept


def said(*claims: CompanyClaim | PersonClaim) -> Observations:
    where = Provenance(
        provider="acme",
        capability="find_company",
        origin="acme",
        conversation=uuid4(),
        observed_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    return Observations(
        companies=tuple(Observation(c, where) for c in claims if isinstance(c, CompanyClaim)),
        people=tuple(Observation(c, where) for c in claims if isinstance(c, PersonClaim)),
    )


def test_a_company_asked_for_brings_its_keys():
    mine = CompanyClaim(name="Quillmere Instruments", domain="quillmere.test")

    accepted = accept(said(mine), Keys(domain=Domain("quillmere.test")), Goal.COMPANY)

    assert [c.claim for c in accepted.observations.companies] == [mine]
    assert accepted.keys.company_name == "Quillmere Instruments"


def test_another_company_is_dropped_with_its_keys():
    keys = Keys(domain=Domain("quillmere.test"))
    other = CompanyClaim(name="Tarnbrook Bakery", domain="tarnbrook.test")

    accepted = accept(said(other), keys, Goal.COMPANY)

    assert accepted.observations == Observations()
    assert accepted.keys == keys


def test_of_two_candidates_as_good_as_each_other_neither_is_taken():
    keys = Keys(company_name="Quillmere")
    two = (
        CompanyClaim(name="Quillmere Ltd", company_number="01234567", status="active"),
        CompanyClaim(name="Quillmere Ltd", company_number="07654321", status="active"),
    )

    accepted = accept(said(*two), keys, Goal.COMPANY)

    assert accepted.observations == Observations()
    assert accepted.keys == keys


def test_a_dissolved_namesake_does_not_make_it_ambiguous():
    two = (
        CompanyClaim(name="Quillmere Ltd", company_number="01234567", status="dissolved"),
        CompanyClaim(name="Quillmere Ltd", company_number="07654321", status="active"),
    )

    accepted = accept(said(*two), Keys(company_name="Quillmere"), Goal.COMPANY)

    assert [c.claim.status for c in accepted.observations.companies] == ["active"]


def test_another_person_is_dropped():
    keys = Keys(email=Email("orla.fenwick@quillmere.test"))
    other = PersonClaim(full_name="Bilal Nair", company_domain="quillmere.test")

    assert accept(said(other), keys, Goal.PERSON).observations == Observations()


def test_people_of_another_company_are_no_executives_of_this_one():
    keys = Keys(domain=Domain("quillmere.test"))
    here = PersonClaim(full_name="Orla Fenwick", company_domain="quillmere.test")
    there = PersonClaim(full_name="Bilal Nair", company_domain="tarnbrook.test")

    accepted = accept(said(here, there), keys, Goal.EXECUTIVES)

    assert [p.claim.full_name for p in accepted.observations.people] == ["Orla Fenwick"]
