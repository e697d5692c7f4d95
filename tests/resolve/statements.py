"""Short ways to say what a provider said, for tests."""

from datetime import UTC, date, datetime
from uuid import UUID

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation, Provenance
from roleferry_enrich.domain.people import (
    BirthMonth,
    Deliverability,
    EmailClaim,
    EmailVerdict,
    PersonClaim,
)

TODAY = date(2026, 6, 1)


def provenance(provider, *, day=TODAY, origin=None):
    return Provenance(
        provider=provider,
        capability="find_people",
        origin=origin or provider,
        conversation=UUID(int=7),
        observed_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


def person(full_name=None, *, by="apollo", day=TODAY, origin=None, **said):
    return Observation(
        PersonClaim(full_name=full_name, **said), provenance(by, day=day, origin=origin)
    )


def officer(last_name, first_name, *, born=None, day=TODAY, **said):
    """As the register gives an officer: parts, office, month and year of birth."""
    claim = PersonClaim(
        first_name=first_name,
        last_name=last_name,
        birth=BirthMonth(year=born[0], month=born[1]) if born else None,
        **{"role": "director", "company_number": "00445790"} | said,
    )
    return Observation(claim, provenance("companies_house", day=day))


def company(*, by="apollo", day=TODAY, origin=None, **said):
    return Observation(CompanyClaim(**said), provenance(by, day=day, origin=origin))


def email(address, **said):
    return EmailClaim(address=address, **said)


def verdict(address, state, *, by="neverbounce", day=TODAY):
    claim = EmailVerdict(address=address, deliverability=Deliverability(state))
    return Observation(claim, provenance(by, day=day))
