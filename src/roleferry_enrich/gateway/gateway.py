"""The one way out: every ask passes the cache, and every call of it every gate.

    ask       cache -> twin under way? -> conversation with the provider
    call      retry( quarantine -> breaker -> purse -> limiter -> transport )    in gates.py

The breaker is asked before the limiter, so that an open circuit spends no permits.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec

from roleferry_enrich.domain.outcomes import (
    CacheLevel,
    CallRecord,
    Outcome,
    OutcomeKind,
    Report,
    Skipped,
    Troubled,
)
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.errors import CallSkipped, ProviderContractChanged, ProviderError
from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.driving import drive
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.understanding import outcome_of, outcome_of_error
from roleferry_enrich.providers.contract import Answer, Conversation, Findings, Offer


@dataclass(frozen=True, slots=True)
class _Flight:
    """What a conversation came to, for the one who started it and for its twins."""

    conversation: UUID
    outcome: Outcome
    calls: tuple[CallRecord, ...]
    is_taken_over: bool = False
    """Another process, or an earlier try, had made all its calls."""


class Gateway:
    """Asks providers. One per process: all requests share its cache, breakers and limits."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        cache: Cache,
        gates: Gates,
        now: Callable[[], datetime],
    ) -> None:
        self.channels = channels
        self.gates = gates
        self._cache = cache
        self._now = now
        self._flights: dict[str, asyncio.Task[_Flight]] = {}

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        """What the provider knows, from the cache if it may be.

        Never raises for the provider's sake: whatever happens is the report's outcome. A cancel
        of this wait leaves the conversation running: its calls may be paid for already.
        """
        started = asyncio.get_running_loop().time()
        key = self._key(ask)
        cached = await self._cache.get(key, max_age=terms.max_age)
        self.gates.watch.cache_looked(ask.provider, cached[1] if cached else None)
        level: CacheLevel | None
        if cached is not None:
            flight, level = self._remembered(ask, cached[0]), cached[1]
        else:
            flight, shared = await self._fly(key, ask, terms)
            level = CacheLevel.TWIN if shared or flight.is_taken_over else None
        return Report(
            conversation=flight.conversation,
            provider=ask.provider,
            capability=ask.capability,
            outcome=flight.outcome,
            latency=timedelta(seconds=asyncio.get_running_loop().time() - started),
            cached=level,
            calls=() if level else flight.calls,
        )

    async def drain(self) -> None:
        """Wait for the conversations under way; each is bounded by its provider's timeout."""
        while self._flights:
            await asyncio.wait(self._flights.values())

    async def _fly(self, key: str, ask: Ask, terms: Terms) -> tuple[_Flight, bool]:
        """The conversation's end, and whether another request had started it."""
        while (task := self._flights.get(key)) is not None:
            flight = await asyncio.shield(task)
            # The twin was stopped by its own request's budget or deadline, which are not ours.
            if not isinstance(flight.outcome, Skipped):
                return flight, True
            # Awaiting what has ended gives nobody else a turn, so its callback may never run.
            self._land(key, task)
        task = asyncio.create_task(self._converse(key, ask, terms), name=f"ask:{ask.provider}")
        self._flights[key] = task
        task.add_done_callback(partial(self._land, key))
        return await asyncio.shield(task), False

    def _land(self, key: str, task: asyncio.Task[_Flight]) -> None:
        if self._flights.get(key) is task:
            del self._flights[key]

    async def _converse(self, key: str, ask: Ask, terms: Terms) -> _Flight:
        channel = self.channels[ask.provider]
        errand = Errand(channel=channel, capability=ask.capability, terms=terms)
        try:
            answer = await drive(self._conversation(channel, ask), errand, self.gates)
        except (ProviderError, CallSkipped) as error:
            if isinstance(error, ProviderContractChanged):
                await self.gates.unreadable(errand)
            return self._landed(errand, outcome_of_error(error))
        # An adapter is a plug-in: its bug is that provider's trouble and must not be the request's.
        except Exception as error:  # noqa: BLE001
            await self.gates.unreadable(errand)
            reason = f"the adapter failed: {type(error).__name__}"
            return self._landed(errand, Troubled(OutcomeKind.FAILED, reason))
        observed_at = errand.observed_at(self._now())
        if isinstance(answer, Findings) and answer.incomplete is None:
            remembered = Remembered(
                findings=answer, conversation=errand.conversation, observed_at=observed_at
            )
            await self._cache.put(key, remembered, fresh_for=self._offer(ask).fresh_for)
        return self._landed(errand, outcome_of(answer, errand, observed_at))

    def _landed(self, errand: Errand, outcome: Outcome) -> _Flight:
        taken_over = bool(errand.taken) and not errand.calls
        return _Flight(errand.conversation, outcome, tuple(errand.calls), taken_over)

    def _conversation(self, channel: Channel, ask: Ask) -> Conversation[Answer]:
        conversation: Conversation[Answer] = getattr(channel.provider, ask.capability)(ask.query)
        return conversation

    def _remembered(self, ask: Ask, remembered: Remembered) -> _Flight:
        errand = Errand(
            channel=self.channels[ask.provider],
            capability=ask.capability,
            terms=Terms(deadline=0.0, purse=Purse(None)),
            conversation=remembered.conversation,
        )
        outcome = outcome_of(remembered.findings, errand, remembered.observed_at, cached=True)
        return _Flight(remembered.conversation, outcome, ())

    def _offer(self, ask: Ask) -> Offer:
        offers = self.channels[ask.provider].offers()
        return next(offer for offer in offers if offer.capability == ask.capability)

    def _key(self, ask: Ask) -> str:
        query = msgspec.msgpack.encode(ask.query)
        return self._cache.key(ask.provider.encode(), ask.capability.encode(), query)
