"""What an account pays for what was found, in credits, and what it may cost us, in money. Pure.

A credit is a whole number. Prices are the operator's; what a provider charges us has nothing to
do with them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from roleferry_enrich.domain.enrichments import EXECUTIVE_FIELDS, Enrichment, Goal, Request
from roleferry_enrich.domain.flat_answer import flat_answer
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.personal import ALWAYS_PERSONAL, as_asked
from roleferry_enrich.domain.records import FieldValue
from roleferry_enrich.domain.values import dataclass

ENRICHMENT, CACHED, VERIFICATION = "enrichment", "cached", "verification"
"""What a charge may be for, beside the fields."""
OWN_STORE = "internal"
_OF_EXECUTIVES = frozenset(
    (*EXECUTIVE_FIELDS, "business_email", "personal_email", "phone", "linkedin_url")
)
_NO_PARTS: Mapping[str, int] = MappingProxyType({})


class EntryKind(StrEnum):
    """What changed a balance."""

    GRANT = "grant"
    RESERVE = "reserve"
    """Taken out before anything was spent: the most that may be charged."""
    SETTLE = "settle"
    """Part of a reservation was charged; the balance stays."""
    RELEASE = "release"
    """The rest of a reservation came back."""
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    id: int
    kind: EntryKind
    amount: int
    """By which the balance changed."""
    charged: int
    """Credits spent for good; of a settlement alone."""
    balance: int
    """After it."""
    charge_id: UUID | None
    """The enrichment or list of addresses that it is for."""
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account has; `held` is reserved for what is under way."""

    available: int
    held: int
    charged: int
    """Since ever."""
    granted: int
    """What there was after credits last came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """In credits, for what is found; what is not found costs nothing."""

    enrichment: int = 1
    """When anything new was found."""
    fields: Mapping[str, int] = field(default_factory=lambda: _NO_PARTS)
    """For a value that this enrichment was the first to bring, on top of it."""
    cached: int = 0
    """When all that was found was known before."""
    verification: int = 0
    """For an address that a verifier was asked about and could judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that providers may be paid for an account; None is no cap."""

    request: MicroUsd | None = None
    job: MicroUsd | None = None
    day: MicroUsd | None = None
    """From midnight to midnight, UTC."""
    month: MicroUsd | None = None

    @property
    def are_running(self) -> bool:
        """Whether what was spent before matters."""
        return self.day is not None or self.month is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPlan:
    """How one account is charged and limited."""

    is_metered: bool = False
    prices: Prices = field(default_factory=Prices)
    caps: Caps = field(default_factory=Caps)


UNLIMITED = AccountPlan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is to be charged and counted for an enrichment, as far as it has come."""

    charge_id: UUID
    """Equal for all tries of one item: it is charged once."""
    key_id: str | None
    """Of the API key that asked; None where no key did."""
    is_metered: bool
    is_final: bool
    """Nothing more is to come: the rest of the reservation goes back."""
    is_owed: bool
    """A provider will say more, perhaps much later."""
    fields: tuple[str, ...]
    """Which fields have a value."""
    is_cached: bool
    """Whether all of it was known before."""
    parts: Mapping[str, int]
    """Credits by what they are for."""

    @property
    def credits(self) -> int:
        return sum(self.parts.values())


def highest_charge(request: Request, prices: Prices) -> int:
    """The most that an answer can cost: what is reserved before anybody is asked."""
    never = () if request.options.shows_personal else (ALWAYS_PERSONAL,)
    fields = {name: price for name, price in prices.fields.items() if name not in never}
    match request.goal:
        case Goal.PERSON:
            wanted = sum(fields.get(name, 0) for name in request.wanted)
        case Goal.EXECUTIVES:
            wanted = request.limit * sum(fields.values())
        case Goal.COMPANY:
            wanted = sum(fields.values())
        case _ as unreachable:
            assert_never(unreachable)
    return max(prices.enrichment + wanted, prices.cached)


def charge_of(enrichment: Enrichment, prices: Prices) -> Mapping[str, int]:
    """Credits by what they are for; nothing where nothing was found that the asker is shown."""
    seen = as_asked(enrichment)
    values = list(_values(seen))
    if not values and not _shows_more(seen):
        return _NO_PARTS
    asked = {outcome.provider for outcome in seen.outcomes if _is_new(outcome)}
    new = [name for name, value in values if _is_said_by(asked, value)]
    if not asked or (seen.withheld and not new):
        return {CACHED: prices.cached} if prices.cached else _NO_PARTS
    parts = Counter({ENRICHMENT: prices.enrichment})
    for name in new:
        parts[name] += prices.fields.get(name, 0)
    return {name: credits for name, credits in parts.items() if credits}


def found_fields(enrichment: Enrichment) -> tuple[str, ...]:
    """The names of the fields that have a value, as the asker is shown them."""
    return tuple(sorted({name for name, _ in _values(as_asked(enrichment))}))


def is_cached(enrichment: Enrichment) -> bool:
    """Whether nobody was asked anew who knew anything."""
    return not any(map(_is_new, enrichment.outcomes))


def lowest(*caps: MicroUsd | None) -> MicroUsd | None:
    """The cap that is reached first; None where there is none."""
    return min((cap for cap in caps if cap is not None), default=None)


def levels_reached(used: int, limit: int, *, refused: bool = False) -> Iterable[int]:
    """Of 50, 80 and 100 hundredths those that are used; all of them once somebody was refused."""
    return [
        percent for percent in (50, 80, 100) if refused or (limit and used * 100 >= limit * percent)
    ]


def _is_new(outcome: ProviderOutcome) -> bool:
    is_found = outcome.outcome is OutcomeKind.FOUND and outcome.cached is None
    return is_found and outcome.provider != OWN_STORE


def _is_said_by(providers: Collection[str], value: FieldValue) -> bool:
    return any(source.provider in providers and not source.cached for source in value.sources)


def _shows_more(enrichment: Enrichment) -> bool:
    """Whether the answer tells of something else than fields that have a price."""
    company, wanted = enrichment.company, enrichment.request.wanted
    match enrichment.request.goal:
        case Goal.EXECUTIVES:
            return bool(company or enrichment.executives)
        case Goal.COMPANY if company and "workforce-trends" in wanted:
            return bool(company.workforce or company.workforce_change)
        case _:
            return False


def _values(enrichment: Enrichment) -> Iterator[tuple[str, FieldValue]]:
    """The values that are shown, by field."""
    least = enrichment.request.options.min_confidence
    known = _known(enrichment)
    return ((name, value) for name, value in known if value.confidence >= least)


def _known(enrichment: Enrichment) -> Iterator[tuple[str, FieldValue]]:
    wanted = enrichment.request.wanted
    match enrichment.request.goal:
        case Goal.PERSON:
            flat = flat_answer(enrichment.request.keys, enrichment.person, enrichment.company)
            yield from ((name, value) for name, value in flat.items() if name in wanted)
        case Goal.EXECUTIVES:
            for person in enrichment.executives[: enrichment.request.limit]:
                shown = person.fields.items()
                yield from ((name, value) for name, value in shown if name in _OF_EXECUTIVES)
        case Goal.COMPANY if enrichment.company:
            for name, value in enrichment.company.fields.items():
                if ("technographics" if name == "technologies" else "firmographics") in wanted:
                    yield name, value
