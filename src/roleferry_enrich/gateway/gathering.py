"""Gathers what is asked of one provider at once into one conversation.

    ask    a whole ask, where the provider has a conversation for many (`gathers`)
    send   one call of a conversation, where it may travel with others (`sharing`)

Who would ask alone joins the open party of its provider, account and kind. Each holds its own
share of the price before the party leaves and owes no more; what it brings goes to each by
itself. A party is of one account, so that neither its money nor its mistakes reach another's.
"""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.errors import (
    BudgetSpent,
    CallSkipped,
    DeadlineTooNear,
    NoPermit,
    ProviderContractChanged,
    ProviderError,
    ProviderRefusedQuery,
)
from roleferry_enrich.gateway.driving import drive
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.parties import Member, Party, shared_errand
from roleferry_enrich.gateway.purposes import Purpose, of_asks, of_calls, used_by
from roleferry_enrich.gateway.shares import Shares
from roleferry_enrich.providers.contract import Answer, Call, Conversation
from roleferry_enrich.providers.gathering import SharedCall, bulks_of
from roleferry_enrich.providers.replies import Reply

Item = TypeVar("Item")
Result = TypeVar("Result")

_Failure = ProviderError | CallSkipped
_LEAST_TIME_S = 0.05
_MUCH_MORE = 1.1


class _GoAgain(CallSkipped):
    """The party was too late for another member, not for this one."""


class UnreadableForAll(ProviderContractChanged):
    """What was asked for many could not be read; the breaker has been told, once."""


class Gatherings:
    """One per process."""

    def __init__(self, gates: Gates) -> None:
        self._gates = gates
        # Any: each key's party has its own items and results.
        self._open: dict[Hashable, Party[Any, Any]] = {}
        self._travelling: set[asyncio.Task[None]] = set()

    async def ask(self, ask: Ask, errand: Errand) -> Answer:
        """The provider's answer to an ask. Raises ProviderError or CallSkipped."""
        bulk = bulks_of(errand.channel.provider).get(ask.capability)
        if bulk is not None and ask.reference is None:
            answer = await self._together(of_asks(bulk, errand), ask.query, errand)
            if answer is not None:
                return answer
        return await drive(_alone(ask, errand), errand, self)

    async def send(self, call: Call, errand: Errand) -> Reply:
        """The reply to a call. Raises ProviderError or CallSkipped."""
        if isinstance(call, SharedCall):
            reply = await self._together(of_calls(call.sharing), call, errand)
            if reply is not None:
                return reply
        return await self._gates.send(call, errand)

    async def drain(self) -> None:
        """Wait for no more to come, and for those on their way, which their timeouts bound."""
        for party in tuple(self._open.values()):
            party.depart()
        while self._travelling:
            await asyncio.wait(self._travelling)

    async def _together(
        self, purpose: Purpose[Item, Result], item: Item, errand: Errand
    ) -> Result | None:
        """What going with others brings for the item; None where it is to go alone."""
        if errand.time_left() < purpose.group.takes:
            return None
        loop = asyncio.get_running_loop()
        held = errand.channel.price(purpose.credits(item))
        while True:
            try:
                errand.terms.purse.reserve(held)
            except BudgetSpent:
                return None  # what it can pay for, it may do alone
            member: Member[Item, Result] = Member(
                item=item,
                identity=purpose.identity(item),
                errand=errand,
                held=held,
                ends=loop.time() + errand.time_left().total_seconds(),
                result=loop.create_future(),
            )
            self._party(purpose, errand).admit(member)
            try:
                return await member.result
            except _GoAgain:
                continue

    def _party(self, purpose: Purpose[Item, Result], errand: Errand) -> Party[Item, Result]:
        terms = errand.terms
        key = (errand.channel.name, purpose.name, terms.payer.account_id, terms.priority)
        party = self._open.get(key)
        if party is None:
            leave = partial(self._leave, key, purpose)
            party = self._open[key] = Party[Item, Result](purpose.group, leave)
        return party

    def _leave(
        self, key: Hashable, purpose: Purpose[Item, Result], party: Party[Item, Result]
    ) -> None:
        del self._open[key]
        task = asyncio.create_task(self._travel(purpose, party.members), name="gathering")
        self._travelling.add(task)
        task.add_done_callback(self._travelling.discard)

    async def _travel(
        self, purpose: Purpose[Item, Result], members: Sequence[Member[Item, Result]]
    ) -> None:
        aboard = [member for member in members if member.is_waiting]
        try:
            for member in members:
                if not member.is_waiting:
                    member.release()
            if len(aboard) < purpose.group.fewest:
                for member in aboard:
                    member.release()
                    member.go_alone()
            else:
                await self._ask_for_all(purpose, aboard)
        finally:
            # Only where this was cancelled, or has a fault, is anybody left.
            for member in aboard:
                member.result.cancel()

    async def _ask_for_all(
        self, purpose: Purpose[Item, Result], aboard: Sequence[Member[Item, Result]]
    ) -> None:
        # In an order of their own, so that the same crowd makes the same call, which may be kept.
        items = dict(sorted({member.identity: member.item for member in aboard}.items()))
        errand = shared_errand(aboard)
        failure: _Failure | None = None
        results: Mapping[bytes, Result | _Failure] = {}
        try:
            found = await drive(purpose.begin(tuple(items.values())), errand, self._gates)
            results = dict(zip(items, found, strict=True))
        except (ProviderError, CallSkipped) as error:
            failure = await self._understood(error, errand)
        # An adapter is a plug-in: its bug is that provider's trouble and nobody else's.
        except Exception as error:  # noqa: BLE001
            await self._gates.unreadable(errand)
            failure = ProviderError(f"the adapter failed: {type(error).__name__}")
        _charge(aboard, errand, used_by(aboard, purpose, results))
        for member in aboard:
            if failure is None:
                member.take(results[member.identity])
            else:
                _fail(member, failure, errand, is_one_of_many=len(items) > 1)

    async def _understood(self, error: _Failure, errand: Errand) -> _Failure:
        if not isinstance(error, ProviderContractChanged):
            return error
        await self._gates.unreadable(errand)
        return UnreadableForAll(error.reason, retry_after=error.retry_after)


def _alone(ask: Ask, errand: Errand) -> Conversation[Answer]:
    provider = errand.channel.provider
    conversation: Conversation[Answer]
    if ask.reference is None:
        conversation = getattr(provider, ask.capability)(ask.query)
    else:
        conversation = getattr(provider, f"resume_{ask.capability}")(ask.query, ask.reference)
    return conversation


def _charge(
    aboard: Sequence[Member[Item, Result]], errand: Errand, used: Sequence[MicroUsd]
) -> None:
    """Give each its part of every call, and back what it held for more."""
    shares = Shares([member.held for member in aboard], used)
    owed = [0] * len(aboard)
    for record in errand.calls:
        for place, part in enumerate(shares.of(record.cost)):
            aboard[place].record(record, part)
            owed[place] += part
    for member, cost in zip(aboard, owed, strict=True):
        member.errand.taken += errand.taken
        member.release(MicroUsd(cost))


def _fail(
    member: Member[Item, Result], failure: _Failure, errand: Errand, *, is_one_of_many: bool
) -> None:
    """One bad question refuses all: each asks its own. One short deadline ends no other's wait."""
    if any(call.cost for call in errand.calls):
        member.take(failure)
    elif isinstance(failure, ProviderRefusedQuery) and is_one_of_many:
        member.go_alone()
    elif isinstance(failure, NoPermit | DeadlineTooNear) and _has_more_time(member, errand):
        member.take(_GoAgain())
    else:
        member.take(failure)


def _has_more_time(member: Member[Item, Result], errand: Errand) -> bool:
    """Enough more that parties which cannot leave are not tried for ever."""
    now = asyncio.get_running_loop().time()
    needed = max(errand.terms.deadline - now, _LEAST_TIME_S)
    return member.ends - now > needed * _MUCH_MORE
