"""The body and the answers of `POST /emails/verify`."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import WITHOUT_CONTROLS, Body, Dollars, ProvidersChoice
from roleferry_enrich.api.schemas.plans import CostEstimate, UnplannedQuestion
from roleferry_enrich.domain.enrichments import Strategy
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.verification import MailStatus

MOST_EMAILS = 1_000
_AnyText = Annotated[str, Field(json_schema_extra=WITHOUT_CONTROLS)]


class VerifyBody(Body):
    """Addresses to be checked."""

    emails: Annotated[list[_AnyText], Field(min_length=1, max_length=MOST_EMAILS)]
    """In any spelling. What is no address is told so in its place and spoils no other; an address
    that is there twice is checked once."""
    strategy: Literal["waterfall", "parallel"] = "waterfall"
    """`waterfall` asks what is free (what became of your earlier mails), then the cheapest
    verifier, and the next only where that one cannot answer;
    `parallel` asks all of them and weighs what they say."""
    deadline_ms: Annotated[int, Field(ge=100, le=60_000)] = 10_000
    """When to answer with what is known by then. Of 20 addresses or more, those that are not
    checked by then are checked behind it, for some minutes: ask again for their verdicts."""
    max_cost: Dollars | None = None
    """The most US dollars this request may cost, also behind its answer, with up to 6 decimals;
    `0` asks only caches. A lower cap of the account holds: see `meta.max_cost_usd`."""
    max_age: Annotated[int, Field(ge=0, le=31_536_000)] | None = None
    """The oldest cached verdict to use, in seconds; `0` asks anew."""
    providers: ProvidersChoice | None = None
    """Which verifiers may be asked."""


@with_config(DOCUMENTED)
class VerdictData(TypedDict):
    """What one verifier says."""

    provider: str
    origin: str
    """Where the verifier has it from; two of one origin confirm nothing."""
    deliverability: Deliverability
    checked_on: date
    """The day the mailbox was tried."""
    observed_at: datetime
    """When the verifier told."""
    cached: bool


@with_config(DOCUMENTED)
class VerifiedEmail(TypedDict):
    """What is known of one address."""

    email: str
    """As it was sent."""
    address: str | None
    """The address that was read from it; null where it is none."""
    status: MailStatus
    """`valid`: it receives mail. `invalid`: it does not. `risky`: it may, and `reasons` tell
    what speaks against it. `unknown`: nobody could tell, or not yet."""
    reasons: list[str]
    """Of the address: `bad_syntax`, `accept_all` (its server takes every address), `disposable`,
    `role` (nobody's own, as info@), `webmail` (as anybody may have), `spamtrap`, `no_mx`, `alias`,
    ... as its verifiers and our own lists tell. Of what is not known: `pending` (being checked:
    ask again), `undecided`, `verifiers_disagree`, `opted_out` (the person objected),
    `no_verifier`, or why none answered: `budget_spent`, `deadline_too_near`, `breaker_open`,
    `no_permit`, `quarantined`, `rate_limited`, `timed_out`, `failed`, ..."""
    deliverability: Deliverability
    """What was found, before the reasons are weighed."""
    confidence: float | None
    """How likely that is right, 0 to 1; null where nothing was found."""
    sources: list[VerdictData]
    checked_on: date | None
    """The day of the newest verdict."""
    cached: bool
    """Every verdict was known before it was asked for."""
    cost_usd: float
    """Of an address that was sent twice, with the first."""


@with_config(DOCUMENTED)
class VerifierLine(TypedDict):
    """What one verifier was asked, what came of it and what it took."""

    provider: str
    outcomes: dict[str, int]
    """How many addresses came to what: `found`, `pending`, `timed_out`, ..."""
    reasons: dict[str, int]
    """Of those that were skipped, how many for which reason."""
    not_asked: str | None
    """`excluded` or `not_configured`, where it may not be asked at all; `not_needed`."""
    calls: int
    """Requests sent to it. A list is one job, and a request now and then to look after it."""
    cached: int
    """Verdicts that were known already."""
    cost_usd: float


@with_config(DOCUMENTED)
class VerifyCounts(TypedDict):
    """Of the addresses as sent."""

    valid: int
    invalid: int
    risky: int
    unknown: int
    pending: int
    """Of whatever status, with a verifier still at work."""


@with_config(DOCUMENTED)
class VerifyMeta(TypedDict):
    """How the answer came about."""

    verification_id: UUID
    """By which its calls are in the books."""
    status: Literal["complete", "partial"]
    """`partial`: an address is not checked, or not yet."""
    counts: VerifyCounts
    providers: list[VerifierLine]
    cost_usd: float
    pending_cost_usd: float
    """The most that what is still under way may cost beside that."""
    max_cost_usd: float | None
    """What it might cost: `max_cost`, or the account's cap on a request where that is lower."""
    processing_time_ms: int
    deadline_ms: int
    strategy: Strategy


@with_config(DOCUMENTED)
class VerifyAnswer(TypedDict):
    """A result for each address, in the order sent."""

    results: list[VerifiedEmail]
    meta: VerifyMeta


@with_config(DOCUMENTED)
class PlannedVerifier(TypedDict):
    """One verifier that may be asked."""

    provider: str
    cost: CostEstimate


@with_config(DOCUMENTED)
class VerifyPlan(TypedDict):
    """Who would be asked, in which order and for how much. Nobody was asked anything."""

    dry_run: Literal[True]
    strategy: Strategy
    addresses: int
    """How many would be checked: addresses only, and each once."""
    asks: list[PlannedVerifier]
    not_asked: list[UnplannedQuestion]
    cost: CostEstimate
    """Of the whole list."""
