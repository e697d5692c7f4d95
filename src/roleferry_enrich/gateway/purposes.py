"""What can be asked for many at once: whole asks, and calls of one kind."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import msgspec

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import Query
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.parties import Member
from roleferry_enrich.providers.contract import Answer, Conversation, ask
from roleferry_enrich.providers.gathering import Bulk, Group, SharedCall, Sharing
from roleferry_enrich.providers.replies import Reply

Item = TypeVar("Item")
Result = TypeVar("Result")
Failure = ProviderError | CallSkipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose(Generic[Item, Result]):
    """What a party is for."""

    name: str
    group: Group
    begin: Callable[[tuple[Item, ...]], Conversation[Sequence[Result | Failure]]]
    identity: Callable[[Item], bytes]
    credits: Callable[[Item], int]
    """The most one item may be charged."""
    used: Callable[[Item, Result], int]
    """What its result shows that it was charged, if it shows it."""


def of_asks(bulk: Bulk, errand: Errand) -> Purpose[Query, Answer]:
    channel = errand.channel
    (offer,) = (each for each in channel.offers() if each.capability == bulk.capability)
    return Purpose(
        name=bulk.capability,
        group=bulk.group,
        begin=partial(bulk.conversation, channel.provider),
        identity=msgspec.msgpack.encode,
        credits=lambda _: offer.credits,
        used=lambda _query, _answer: 0,
    )


def of_calls(how: Sharing) -> Purpose[SharedCall, Reply]:
    return Purpose(
        name=f"call {how.kind}",
        group=how.group,
        begin=partial(_joined, how),
        identity=_identity,
        credits=lambda call: call.credits,
        used=lambda call, reply: call.charge(reply),
    )


def _joined(how: Sharing, calls: tuple[SharedCall, ...]) -> Conversation[Sequence[Reply | Failure]]:
    reply = yield from ask(how.join(calls))
    return how.split(reply, calls)


def _identity(call: SharedCall) -> bytes:
    said = (call.method, call.path, call.params, call.headers, call.json)
    return msgspec.msgpack.encode(said, order="deterministic")


def used_by(
    aboard: Sequence[Member[Item, Result]],
    purpose: Purpose[Item, Result],
    results: Mapping[bytes, Result | Failure],
) -> list[MicroUsd]:
    """What each one's own result shows that it cost, as far as it does."""
    equals = Counter(member.identity for member in aboard)
    used = []
    for member in aboard:
        result = results.get(member.identity)
        credits = 0
        if result is not None and not isinstance(result, ProviderError | CallSkipped):
            credits = purpose.used(member.item, result)
        cost = member.errand.channel.price(credits) // equals[member.identity]
        used.append(MicroUsd(cost))
    return used
