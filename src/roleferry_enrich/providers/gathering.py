"""What an adapter says of asking for many at once; the gateway decides who goes together.

Two ways, both beside the ordinary conversation of one ask, which stays what it is:

    @gathers("verify_email", most=1000)     a method that asks for many: a job of a list, say
    sharing(call, Sharing(...))             a call that may travel with others of its kind, where
                                            each ask goes on by itself with its own reply

A gathering costs nobody more than asking alone would: `credits` of the offer, or of the call, is
the most that one of those gathered is charged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from roleferry_enrich.domain.queries import Query
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Provider
from roleferry_enrich.providers.replies import Reply

T = TypeVar("T")
P = ParamSpec("P")

Each = Answer | ProviderError | CallSkipped
"""What a conversation for many has for one of them: an error where only this one has none."""

_A_MOMENT = timedelta(milliseconds=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """How many may go together, and how long the first waits for another."""

    most: int
    """As many as the provider takes in one request or job. Equal ones count once."""
    fewest: int = 2
    """Fewer than these go one by one: a job, say, is not worth starting for three."""
    within: timedelta = _A_MOMENT
    """So long nobody may have joined; while others do, a little longer, and never to a deadline."""
    takes: timedelta = timedelta(0)
    """Whoever has less time left goes alone: what comes for many would come too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """A capability's conversation for many."""

    capability: str
    group: Group
    method: str

    def conversation(
        self, provider: Provider, queries: tuple[Query, ...]
    ) -> Conversation[Sequence[Each]]:
        """It answers each query, in their order."""
        begun: Conversation[Sequence[Each]] = getattr(provider, self.method)(queries)
        return begun


def gathers(
    capability: str,
    *,
    most: int,
    fewest: int = 2,
    within: timedelta = _A_MOMENT,
    takes: timedelta = timedelta(0),
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare the method below as the conversation of that capability for many queries.

    It takes a tuple of them and returns a tuple of `Each`, in the same order. What it raises is
    everybody's trouble; where only some have it, their places hold the error. A provider that
    knows no other way than this calls it for one: `(answer,) = yield from self.verify_emails(...)`.
    """

    def declare(method: Callable[P, T]) -> Callable[P, T]:
        group = Group(most=most, fewest=fewest, within=within, takes=takes)
        bulk = Bulk(capability=capability, group=group, method=method.__name__)
        method.__bulk__ = bulk  # type: ignore[attr-defined]  # read back in bulks_of
        return method

    return declare


@cache
def bulks_of(provider: Provider) -> Mapping[str, Bulk]:
    """By capability; derived, never declared a second time."""
    methods = (getattr(type(provider), name) for name in dir(type(provider)))
    declared = (getattr(method, "__bulk__", None) for method in methods)
    found = {bulk.capability: bulk for bulk in declared if bulk is not None}
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How calls of one kind become one, and its reply the reply of each."""

    kind: str
    """Calls of the same provider and kind go together."""
    group: Group
    join: Callable[[Sequence[Call]], Call]
    """One call for all of these; `credits` at most the sum of theirs."""
    split: Callable[[Reply, Sequence[Call]], Sequence[Reply | ProviderError]]
    """For each of these calls, in their order, the reply it would have had alone.

    An error where the reply does not say which is its own; raises ProviderContractChanged where
    nothing of it can be read.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCall(Call):
    """A call that may go together with others; alone it is the call it says."""

    sharing: Sharing


def sharing(call: Call, how: Sharing) -> SharedCall:
    """This call, to be gathered with others; the last thing to be said of it."""
    said = {member.name: getattr(call, member.name) for member in fields(call)}
    return SharedCall(**said, sharing=how)
