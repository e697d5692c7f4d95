"""What is special about asking our own database: whose words it gives, and to whom.

It is asked like a provider and is none: what it says was said by others, to one account, at
another time. Each observation keeps the provenance it had then.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from types import MappingProxyType

from roleferry_enrich.domain.observations import (
    CompanyObservation,
    EmailObservation,
    Observations,
    PersonObservation,
)
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Findings, Provider

RETENTION: Mapping[str, timedelta] = MappingProxyType(
    {
        "find_person": timedelta(days=90),
        "find_email": timedelta(days=90),
        "find_people": timedelta(days=90),
        "find_company": timedelta(days=180),
        "find_technologies": timedelta(days=180),
        "find_workforce": timedelta(days=90),
    }
)
"""How long what was once observed may be served again, where the settings do not say.

A verdict on a mailbox hangs on the day it is given (`verify_email`): never.
"""

REPORTS_TOLD_FOR = timedelta(days=90)
"""How long it is told what became of a mail, where the settings do not say."""


class OwnStore(Provider):
    """Base of an adapter of our own database.

    It is asked in the name of one account, and no answer of its is cached or shared: it costs
    nothing, and must not outlive an erasure or reach another account.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollection(Findings):
    """What others said earlier, with who said it and when."""

    observed: Observations = field(default_factory=Observations)

    @classmethod
    def of(
        cls,
        *,
        people: tuple[PersonObservation, ...] = (),
        companies: tuple[CompanyObservation, ...] = (),
        verdicts: tuple[EmailObservation, ...] = (),
    ) -> "Recollection":
        return cls(
            people=tuple(person.claim for person in people),
            companies=tuple(company.claim for company in companies),
            verdicts=tuple(verdict.claim for verdict in verdicts),
            observed=Observations(people=people, companies=companies, verdicts=verdicts),
        )
