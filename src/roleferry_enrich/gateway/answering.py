"""Gets one answer: from Redis, from a process that is at it already, or from the provider."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from roleferry_enrich.domain.outcomes import (
    CacheLevel,
    OptedOut,
    Outcome,
    OutcomeKind,
    Skipped,
    Troubled,
)
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.errors import (
    CallSkipped,
    DeadlineTooNear,
    ProviderContractChanged,
    ProviderError,
)
from roleferry_enrich.gateway.cache import Begun, Cache, Entry, Looked, Remembered
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.flights import Flight, Landing
from roleferry_enrich.gateway.freshness import Delays, Freshness, Use
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.gathering import Gatherings, UnreadableForAll
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisDown
from roleferry_enrich.gateway.turns import Turn
from roleferry_enrich.gateway.understanding import outcome_of, outcome_of_error
from roleferry_enrich.providers.contract import Findings

# How often to look whether another process has the answer: soon at first, then less.
_FIRST_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An ask, with what this process knows of it."""

    key: str
    ask: Ask
    channel: Channel
    freshness: Freshness
    asked_at: datetime

    def age(self, observed_at: datetime) -> timedelta:
        """When it was asked: what came in since is new, however long ago it is by now."""
        return max(self.asked_at - observed_at, timedelta(0))


class Answering:
    """One per process."""

    def __init__(
        self, *, cache: Cache, gates: Gates, delays: Delays, now: Callable[[], datetime]
    ) -> None:
        self._cache = cache
        self._gates = gates
        self._gatherings = Gatherings(gates)
        self._delays = delays
        self._now = now

    async def get(self, flight: Flight, question: Question, terms: Terms) -> Landing:
        token = uuid4().hex
        found = await self._turn(flight, question, terms, token)
        match found:
            case Landing():
                return found
            case Begun():
                return await self._converse(question, terms, token, found)

    async def recollected(self, question: Question, terms: Terms) -> Landing:
        """What our own store says to this account just now."""
        channel = question.channel.in_the_name_of(terms.payer.account_id, terms.max_age)
        errand = Errand(channel=channel, capability=question.ask.capability, terms=terms.free())
        outcome, _ = await self._outcome(question, errand)
        return self._landed(errand, outcome)

    async def drain(self) -> None:
        await self._gatherings.drain()

    def remembered(self, question: Question, entry: Entry) -> Landing:
        """A cached answer, as if it had just been given, but for its provenance."""
        remembered = entry.remembered
        errand = Errand(
            channel=question.channel,
            capability=question.ask.capability,
            terms=Terms(deadline=0.0, purse=Purse(None)),
            conversation=remembered.conversation,
        )
        at = remembered.observed_at
        return Landing(
            conversation=remembered.conversation,
            outcome=outcome_of(remembered.findings, errand, at, cached=True),
            level=entry.level,
            observed_at=at,
        )

    async def _turn(
        self, flight: Flight, question: Question, terms: Terms, token: str
    ) -> Landing | Begun:
        """Another's answer, or the leave to ask the provider."""
        loop = asyncio.get_running_loop()
        ends = terms.deadline + question.channel.call_timeout.total_seconds()
        known = flight.known.head if flight.known else b""
        pause = 0.0
        while not pause or loop.time() < ends:
            # Whoever waited beyond the deadline takes what another has paid for, no more.
            may_ask = not pause or loop.time() < terms.deadline
            looked = await self._cache.look(question.key, token if may_ask else "", known)
            landing = self._seen(flight, question, terms, looked)
            if landing is not None:
                return _shared(landing) if pause else landing
            if looked.head:
                known = looked.head
                continue
            if looked.turn is not Turn.ANOTHERS:
                if may_ask:
                    return looked.begun
                break
            pause = min(pause * 1.5 or _FIRST_LOOK_S, _LONGEST_LOOK_S)
            await asyncio.sleep(pause * (0.5 + self._gates.random.random() / 2))
        return _nothing(Skipped(DeadlineTooNear.reason))

    def _seen(
        self, flight: Flight, question: Question, terms: Terms, looked: Looked
    ) -> Landing | None:
        """The answer that was seen, if it is as good as one from the provider."""
        if looked.is_spoilt:
            self._gates.watch.cache_spoilt(question.ask.provider)
        entry = looked.entry
        if entry is None:
            return None
        remembered = entry.remembered
        age = question.age(remembered.observed_at)
        use = question.freshness.use(remembered.findings, age, terms.max_age)
        known = flight.known
        is_newer = known is None or remembered.observed_at > known.remembered.observed_at
        if use is Use.AS_IT_IS and is_newer:
            return self.remembered(question, entry)
        flight.offer(entry)
        return None

    async def _converse(
        self, question: Question, terms: Terms, token: str, begun: Begun
    ) -> Landing:
        channel, capability = question.channel, question.ask.capability
        errand = Errand(channel=channel, capability=capability, terms=terms)
        remembered: Remembered | None = None
        try:
            outcome, remembered = await self._outcome(question, errand)
        finally:
            # Also when cancelled: another process may be waiting for the turn.
            keep = question.freshness.kept(remembered.findings) if remembered else timedelta(0)
            await self._cache.land(question.key, token, begun, remembered, keep)
        await self._heed(outcome, question)
        return self._landed(errand, outcome)

    async def _outcome(
        self, question: Question, errand: Errand
    ) -> tuple[Outcome, Remembered | None]:
        """What came of asking the provider, and what of it is worth remembering."""
        started = asyncio.get_running_loop().time()
        try:
            await errand.terms.leave.take()
            answer = await self._gatherings.ask(question.ask, errand)
        except (ProviderError, CallSkipped) as error:
            if isinstance(error, ProviderContractChanged) and not isinstance(
                error, UnreadableForAll
            ):
                await self._gates.unreadable(errand)
            return outcome_of_error(error), None
        # An adapter is a plug-in: its bug is that provider's trouble and must not be the request's.
        except Exception as error:  # noqa: BLE001
            await self._gates.unreadable(errand)
            reason = f"the adapter failed: {type(error).__name__}"
            return Troubled(OutcomeKind.FAILED, reason), None
        took = timedelta(seconds=asyncio.get_running_loop().time() - started)
        self._delays.learn(question.ask.provider, took)
        observed_at = errand.observed_at(self._now())
        outcome = outcome_of(answer, errand, observed_at)
        if not isinstance(answer, Findings) or answer.incomplete is not None:
            return outcome, None
        return outcome, Remembered(
            findings=answer, conversation=errand.conversation, observed_at=observed_at
        )

    def _landed(self, errand: Errand, outcome: Outcome) -> Landing:
        """Where another process, or an earlier try, had made all its calls, it asked nobody."""
        taken_over = bool(errand.taken) and not errand.calls
        return Landing(
            conversation=errand.conversation,
            outcome=outcome,
            level=CacheLevel.TWIN if taken_over else None,
            observed_at=errand.observed_at(self._now()) if taken_over else None,
            calls=tuple(errand.calls),
        )

    async def _heed(self, outcome: Outcome, question: Question) -> None:
        """A person who asked not to be processed is not served from what was known before."""
        if isinstance(outcome, OptedOut):
            with suppress(RedisDown):
                await self._cache.forget(question.key)


def _shared(landing: Landing) -> Landing:
    """Another process got it while we waited: like a twin in this one."""
    return Landing(
        conversation=landing.conversation,
        outcome=landing.outcome,
        level=CacheLevel.TWIN,
        observed_at=landing.observed_at,
    )


def _nothing(outcome: Outcome) -> Landing:
    return Landing(conversation=uuid4(), outcome=outcome)
