"""Only what speaks of the asked subject is kept, and of equal candidates none."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.people import Deliverability, EmailVerdict, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.pipeline.identity import Accepted, accept


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


def test_of_what_several_have_said_each_ones_best_is_taken():
    """Our own database answers with the words of many."""
    keys = Keys(domain=Domain("quillmere.test"))
    one = CompanyClaim(name="Quillmere Instruments", domain="quillmere.test")
    other = CompanyClaim(name="Quillmere", domain="quillmere.test", industry="Optics")
    stranger = CompanyClaim(name="Tarnbrook Bakery", domain="tarnbrook.test")

    accepted = accept(said(one) + said(other, stranger), keys, Goal.COMPANY)

    assert [c.claim for c in accepted.observations.companies] == [one, other]


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


def checked(*addresses: str) -> Observations:
    (somebody,) = said(PersonClaim(full_name="Orla Fenwick")).people
    where = somebody.provenance
    verdicts = (EmailVerdict(address=a, deliverability=Deliverability.VALID) for a in addresses)
    return Observations(verdicts=tuple(Observation(verdict, where) for verdict in verdicts))


def test_a_team_is_not_taken_for_the_owner_of_a_mailbox_that_spells_no_name():
    keys = Keys(email=Email("rvk@quillmere.test"), domain=Domain("quillmere.test"))
    team = (
        PersonClaim(full_name=name, company_domain="quillmere.test")
        for name in ("Orla Fenwick", "Bilal Nair", "Ida Berg")
    )

    assert accept(said(*team), keys, Goal.PERSON).observations == Observations()


def test_of_a_team_the_owner_of_the_mailbox_is_kept():
    keys = Keys(email=Email("bnair@quillmere.test"), domain=Domain("quillmere.test"))
    team = (
        PersonClaim(full_name=name, company_domain="quillmere.test")
        for name in ("Orla Fenwick", "Bilal Nair", "Ida Berg")
    )

    kept = accept(said(*team), keys, Goal.PERSON)

    assert [p.claim.full_name for p in kept.observations.people] == ["Bilal Nair"]
    assert kept.keys.full_name == "Bilal Nair"


def test_a_check_of_another_mailbox_is_dropped():
    keys = Keys(email=Email("orla@quillmere.test"))

    kept = accept(checked("bilal@quillmere.test", "Orla+x@quillmere.test"), keys, Goal.PERSON)

    assert [v.claim.address for v in kept.observations.verdicts] == ["Orla+x@quillmere.test"]
    assert accept(checked("nonsense"), keys, Goal.PERSON).observations == Observations()


@pytest.mark.parametrize(
    "keys",
    [
        Keys(domain=Domain("quillmere.test")),
        Keys(company_number=CompanyNumber("00445790")),
        Keys(company_name="Quillmere Instruments", country="GB"),
        Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/quillmere"),
             company_name="Quillmere Instruments"),
        Keys(email=Email("orla@quillmere.test")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("goal", Goal)
def test_another_company_is_dropped_whatever_was_asked_by(keys, goal):
    other = CompanyClaim(
        name="Tarnbrook Bakery",
        domain="tarnbrook.test",
        company_number="09999999",
        linkedin_url="linkedin.com/company/tarnbrook",
        country="GB",
    )

    assert accept(said(other), keys, goal).observations == Observations()


@pytest.mark.parametrize(
    "keys",
    [
        Keys(email=Email("orla.fenwick@quillmere.test")),
        Keys(linkedin_url=ProfileUrl("linkedin.com/in/orla-fenwick")),
        Keys(full_name="Orla Fenwick", domain=Domain("quillmere.test")),
        Keys(full_name="Orla Fenwick", company_name="Quillmere Instruments"),
        Keys(full_name="Orla Fenwick", company_number=CompanyNumber("00445790")),
        Keys(full_name="Orla Fenwick"),
    ],
)
def test_another_person_is_dropped_whatever_was_asked_by(keys):
    other = PersonClaim(
        full_name="Bilal Nair",
        company_name="Quillmere Instruments",
        company_domain="quillmere.test",
        company_number="00445790",
        linkedin_url="linkedin.com/in/bilal-nair",
    )

    assert accept(said(other), keys, Goal.PERSON).observations == Observations()


def test_a_name_alone_is_not_enough():
    namesake = PersonClaim(full_name="Orla Fenwick")

    assert accept(said(namesake), Keys(full_name="Orla Fenwick"), Goal.PERSON) == Accepted(
        Observations(), Keys(full_name="Orla Fenwick")
    )


def test_officers_of_another_number_are_no_executives_of_this_one():
    keys = Keys(company_number=CompanyNumber("00445790"))
    theirs = PersonClaim(full_name="Bilal Nair", role="director", company_number="09999999")

    assert accept(said(theirs), keys, Goal.EXECUTIVES).observations == Observations()
