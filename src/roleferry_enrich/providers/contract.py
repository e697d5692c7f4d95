"""What an adapter is: it describes calls and reads replies, and does no IO.

An adapter is a `Provider` subclass with a `spec` and a method per capability, decorated with
`@offers`. A method is a generator, a *conversation*: it hands out calls with
`reply = yield from ask(Call.get(...))`, is sent the reply, and returns what it understood. The
gateway (or a test) drives it; retry, limits, cache, cost and time are none of its business.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import field, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import ClassVar, Literal, ParamSpec, TypeVar

from roleferry_enrich.domain.capabilities import CAPABILITIES
from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import ProviderContractChanged, ProviderError
from roleferry_enrich.providers.replies import Record, Reply
from roleferry_enrich.providers.statuses import error_of_status


@dataclass(frozen=True, slots=True)
class Window:
    """A limit a provider publishes: so many requests in any such period."""

    permits: int
    period: timedelta


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The reply headers in which a provider says how much of its limit is left."""

    remaining: str
    reset: str | None = None
    limit: str | None = None
    reset_is: Literal["unix_seconds", "seconds_left"] = "unix_seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """The facts about a provider that no reply carries. All may be overridden by settings."""

    name: str
    """Module name, settings key, sandbox route and metric label in one."""
    title: str
    """As the provider writes itself."""
    docs: str
    """Where its API is documented."""
    base_url: str
    """Scheme and host only; each call names the full path below it."""
    authenticate: Callable[[str], Mapping[str, str]] | None = None
    """Makes the headers that carry the key (or see `credentials`); None where none is needed."""
    sign: Callable[[str], Mapping[str, str]] | None = None
    """Makes query parameters from the key, for a provider that takes a proof nowhere else. They
    join the call on its way out only: none is part of a `Call`, and so of no log or cache key."""
    permits: tuple[Window, ...] = ()
    """All windows apply at once. A call in a `lane` is counted in that lane's windows instead."""
    lanes: Mapping[str, tuple[Window, ...]] = field(default_factory=lambda: MappingProxyType({}))
    rate_headers: tuple[RateHeaders, ...] = ()
    ease: Callable[[Reply], timedelta | None] | None = None
    """How long a reply asks for silence in a way that no pair of `rate_headers` tells."""
    concurrency: int = 20
    """The most calls of one process under way at once."""
    credit_price: MicroUsd = MicroUsd(0)
    """What one of the provider's credits costs at list price."""
    timeout: timedelta = timedelta(seconds=10)
    """How long one call may take; the request's deadline may end sooner."""
    body_limit: int = 5_000_000
    """Bytes, after decompression."""
    origin: str | None = None
    """Whose data this really is, where it is not the provider's own."""
    open_web: bool = False
    """Calls hosts that others name: every address is checked before connecting, and a base URL
    from the settings is put before the host (`<base>/<host>/<path>`) instead of replacing it."""
    notes: tuple[str, ...] = ()
    """What the reader of the provider table should know: terms, gaps, closed sign-up."""


def answered(reply: Reply) -> bool:
    """The usual rule of charging: a 200 is paid for."""
    return reply.status == 200


def answered_with(found: Callable[[Record], bool]) -> Callable[[Reply], bool]:
    """The rule of those who take nothing for a miss; an unreadable 200 counts as paid for."""

    def charged(reply: Reply) -> bool:
        return reply.status == 200 and found(reply.record())

    return charged


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `path` is the whole path; no credential is ever part of a call."""

    method: Literal["GET", "POST"]
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: object | None = None
    headers: tuple[tuple[str, str], ...] = ()
    origin: str | None = None
    """Scheme and host, where they are not the spec's `base_url`."""
    accept: frozenset[int] = frozenset({200})
    """Statuses the conversation reads itself; any other is raised inside it as an error."""
    credits: int = 0
    """The most this call may be charged."""
    charge: Callable[[Reply], int] = lambda _reply: 0
    """What a reply was charged, in credits: between 0 and `credits`, for any reply at all."""
    lane: str | None = None
    repeatable: bool = True
    """False where asking again after a lost reply might be charged twice."""

    @classmethod
    def get(cls, path: str, /, **params: str | int | None) -> "Call":
        """A GET whose parameters are the keywords that are not None."""
        return cls(method="GET", path=path, params=_params(params))

    @classmethod
    def post(cls, path: str, /, json: object, **params: str | int | None) -> "Call":
        return cls(method="POST", path=path, json=json, params=_params(params))

    def costing(self, credits: int, charged: Callable[[Reply], bool] = answered) -> "Call":
        """This call, billed in full or not at all. If its reply is lost it is not sent twice."""
        return self.costing_each(credits, lambda reply: credits if charged(reply) else 0)

    def costing_each(self, most: int, count: Callable[[Reply], int]) -> "Call":
        """This call, billed by what came back: `count` reads how many credits that was."""
        charge = partial(_charged, most, count)
        return replace(self, credits=most, charge=charge, repeatable=False)

    def accepting(self, *statuses: int) -> "Call":
        return replace(self, accept=self.accept | set(statuses))

    def at(self, origin: str) -> "Call":
        return replace(self, origin=origin)

    def in_lane(self, lane: str) -> "Call":
        return replace(self, lane=lane)


def _charged(most: int, count: Callable[[Reply], int], reply: Reply) -> int:
    try:
        return max(0, min(most, count(reply)))
    except ProviderContractChanged:
        return most  # unreadable, so nothing shows that it was free


def _params(given: Mapping[str, str | int | None]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in given.items() if value is not None)


@dataclass(frozen=True, slots=True)
class Pause:
    """The provider is still working: go on after this long."""

    duration: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a conversation understood. All empty means the provider looked and has nothing."""

    people: tuple[PersonClaim, ...] = ()
    companies: tuple[CompanyClaim, ...] = ()
    verdicts: tuple[EmailVerdict, ...] = ()
    incomplete: str | None = None
    """Why there may be more (a page was refused, the budget ended). Never cached."""

    def __bool__(self) -> bool:
        return bool(self.people or self.companies or self.verdicts)


@dataclass(frozen=True, slots=True)
class Pending:
    """The provider accepted the question and asks to come back."""

    retry_after: timedelta
    reference: str | None = None
    """What it calls the work that was paid for: `resume_<capability>` goes on with that."""


@dataclass(frozen=True, slots=True)
class ClaimedByPerson:
    """The person asked this provider not to be processed (Hunter's 451)."""


T = TypeVar("T")
P = ParamSpec("P")
Answer = Findings | Pending | ClaimedByPerson
Step = tuple[Call, ...] | Pause
Conversation = Generator[Step, tuple[Reply, ...], T]


def ask(call: Call) -> Conversation[Reply]:
    """One call; its reply. Raises ProviderError or CallSkipped where the call did not succeed."""
    (reply,) = yield (call,)
    return reply


def ask_all(*calls: Call) -> Conversation[tuple[Reply, ...]]:
    """Calls that do not depend on each other, at once; replies in the same order."""
    return (yield calls)


def pause(duration: timedelta) -> Conversation[None]:
    yield Pause(duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One capability of one provider, as the planner sees it."""

    provider: str
    capability: str
    needs: tuple[frozenset[str], ...]
    """Alternative sets of `Keys` fields, the best first; any one is enough."""
    hints: frozenset[str]
    """`Keys` fields passed on when known, though none is needed."""
    gives: frozenset[str]
    """Answer fields it may fill."""
    credits: int
    """What one ask usually costs; 0 is free."""
    fresh_for: timedelta
    """How long an answer may be served from the cache."""


def offers(
    *needs: tuple[str, ...],
    gives: tuple[str, ...],
    credits: int = 0,
    hints: tuple[str, ...] = (),
    fresh_for: timedelta = timedelta(days=7),
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare the conversation below as a capability; its name says which."""

    def declare(method: Callable[P, T]) -> Callable[P, T]:
        offer = Offer(
            provider="",
            capability=method.__name__,
            needs=tuple(frozenset(alternative) for alternative in needs),
            hints=frozenset(hints),
            gives=frozenset(gives),
            credits=credits,
            fresh_for=fresh_for,
        )
        method.__offer__ = offer  # type: ignore[attr-defined]  # read back in Provider.offers
        return method

    return declare


class Provider:
    """Base of every adapter. Stateless: one instance serves all requests at once."""

    spec: ClassVar[Spec]

    def offers(self) -> Iterator[Offer]:
        """The capabilities this class implements; derived, never declared a second time."""
        for capability in CAPABILITIES:
            offer = getattr(getattr(self, capability, None), "__offer__", None)
            if offer is not None:
                yield replace(offer, provider=self.spec.name)

    def refusal(self, call: Call, reply: Reply) -> ProviderError | None:
        """The error this reply means, or None where the conversation should read it.

        Override for a provider that hides errors in a 200 or gives a status another meaning,
        and fall back to this.
        """
        return None if reply.status in call.accept else error_of_status(reply)
