"""The one way out: every ask passes the cache, and every call of it every gate.

    ask       memory -> twin under way? -> Redis -> another process at it? -> conversation
    call      retry( quarantine -> breaker -> purse -> limiter -> transport )    in gates.py

The breaker is asked before the limiter, so that an open circuit spends no permits.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

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
from roleferry_enrich.errors import BooksUnavailable, BreakerOpen, NoPermit, Quarantined
from roleferry_enrich.gateway.answering import Answering, Question
from roleferry_enrich.gateway.cache import Cache, Entry
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Renewal, Terms
from roleferry_enrich.gateway.flights import Flight, Flights, Landing
from roleferry_enrich.gateway.freshness import Delays, Freshness, Use
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.memories import Memories

# Whoever has an old answer at hand gives up waiting for a new one so long before the deadline:
# what comes at the deadline comes too late.
_CLOSING_S = 0.05
_LONGEST_RECALL = timedelta(minutes=1)
_PROVIDER_FAILED = frozenset(
    {
        OutcomeKind.RATE_LIMITED,
        OutcomeKind.QUOTA_SPENT,
        OutcomeKind.UNAUTHORISED,
        OutcomeKind.TIMED_OUT,
        OutcomeKind.FAILED,
        OutcomeKind.CONTRACT_CHANGED,
    }
)
_OFF_FOR_FAILING = frozenset(
    {BreakerOpen.reason, NoPermit.reason, Quarantined.reason, BooksUnavailable.reason}
)


@dataclass(frozen=True, slots=True)
class _Served:
    """What an asker is given."""

    landing: Landing
    level: CacheLevel | None = None
    calls: tuple[CallRecord, ...] = ()
    is_stale: bool = False


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
        self._flights = Flights()
        self._delays = Delays()
        self._answering = Answering(cache=cache, gates=gates, delays=self._delays, now=now)
        self._freshness = {
            (name, offer.capability): Freshness.of(offer)
            for name, channel in channels.items()
            for offer in channel.offers()
        }

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        """What the provider knows, from the cache if it may be.

        Never raises for the provider's sake: whatever happens is the report's outcome. A cancel
        of this wait leaves the conversation running: its calls may be paid for already.
        """
        started = asyncio.get_running_loop().time()
        question = self._question(ask)
        if question.channel.is_own_store:
            landing = await self._answering.recollected(question, terms)
            return self._report(ask, _Served(landing, calls=landing.calls), started)
        entry = self._cache.in_memory(question.key)
        if entry is not None and self._use(question, entry, terms) is Use.AS_IT_IS:
            self._renew_early(question, entry, terms)
            served = self._from(question, entry)
        else:
            served = await self._fly(question, terms, entry)
        self.gates.watch.cache_looked(ask.provider, served.level)
        if served.is_stale:
            self.gates.watch.cache_stale(ask.provider)
        return self._report(ask, served, started)

    async def forget(self, ask: Ask) -> None:
        """Let nobody be served what is known of this any more, in this or another process.

        Raises RedisDown where the others could not be told: try again.
        """
        await self._cache.forget(self._question(ask).key)

    def remembers(self, asks: Iterable[Ask]) -> Memories | None:
        """What memory holds as the fresh answers to these asks; None unless it holds all.

        Those of our own store, which it never holds, do not count.
        """
        held: dict[str, object] = {}
        left = timedelta.max
        theirs = (ask for ask in asks if not self.channels[ask.provider].is_own_store)
        for question in map(self._question, theirs):
            entry, answer = self._cache.in_memory(question.key), self._cache.held(question.key)
            if entry is None or answer is None:
                return None
            held[question.key] = answer
            left = min(left, self._fresh_for(question, entry))
        if not held or left <= timedelta(0):
            return None
        until = asyncio.get_running_loop().time() + min(left, _LONGEST_RECALL).total_seconds()
        return Memories(self._cache, held, until)

    def _fresh_for(self, question: Question, entry: Entry) -> timedelta:
        remembered = entry.remembered
        fresh = question.freshness.fresh(remembered.findings)
        return fresh - question.age(remembered.observed_at)

    async def drain(self) -> None:
        """Wait for the conversations under way; each is bounded by its provider's timeout."""
        await self._flights.drain()
        await self._answering.drain()

    async def _fly(self, question: Question, terms: Terms, known: Entry | None) -> _Served:
        while True:
            flight = self._joinable(question.key)
            is_ours = flight is None
            if flight is None:
                flight = self._start(question, terms, known)
            served = await self._aboard(flight, question, terms, is_ours=is_ours)
            if served is not None:
                return served

    async def _aboard(
        self, flight: Flight, question: Question, terms: Terms, *, is_ours: bool
    ) -> _Served | None:
        """What this flight brings, or an old answer meanwhile; None if it is not for us."""
        await asyncio.shield(flight.decidable)
        old = self._old(flight, question, terms)
        if old is not None and old[1] is Use.IF_FAILED:
            await self._give_time(flight, terms)
            # What was forgotten meanwhile is old no more, but gone.
            old = self._old(flight, question, terms)
        if old is not None and not flight.has_landed:
            return self._meanwhile(flight, question, terms, old[0], is_ours=is_ours)
        landing = await asyncio.shield(flight.task)
        old = self._old(flight, question, terms)
        if old is not None and _has_failed(landing.outcome):
            return self._from(question, old[0], flight.book())
        if is_ours or _is_good_for_twin(landing, question, terms):
            calls = flight.book()
            is_asked = landing.level is None and (calls or is_ours)
            level = None if is_asked else landing.level or CacheLevel.TWIN
            return _Served(landing=landing, level=level, calls=calls)
        return None

    async def _give_time(self, flight: Flight, terms: Terms) -> None:
        """Wait for the end, but not beyond what leaves the request time to use an old answer."""
        left = terms.deadline - _CLOSING_S - asyncio.get_running_loop().time()
        await asyncio.wait({flight.task}, timeout=max(0.0, left))

    def _meanwhile(
        self,
        flight: Flight,
        question: Question,
        terms: Terms,
        old: Entry,
        *,
        is_ours: bool,
    ) -> _Served:
        if is_ours:
            self._follow(flight, question.ask, terms, old)
        return self._from(question, old)

    def _old(self, flight: Flight, question: Question, terms: Terms) -> tuple[Entry, Use] | None:
        """The answer known meanwhile, if this asker may be served it, and how."""
        entry = flight.stale
        if entry is None or not self._cache.is_current(question.key, entry):
            return None
        use = self._use(question, entry, terms)
        return None if use is Use.NOTHING else (entry, use)

    def _joinable(self, key: str) -> Flight | None:
        flight = self._flights.under_way(key)
        if flight is None or self._cache.is_forgotten(key, flight.stamp):
            return None
        return flight

    def _start(self, question: Question, terms: Terms, known: Entry | None) -> Flight:
        flight = Flight(question.key, known, self._cache.stamp())
        get = partial(self._answering.get, question=question, terms=terms)
        return self._flights.start(flight, get)

    def _renew_early(self, question: Question, entry: Entry, terms: Terms) -> None:
        findings = entry.remembered.findings
        age = question.age(entry.remembered.observed_at)
        takes = self._delays.of(question.ask.provider)
        is_due = question.freshness.is_due(findings, age, takes, self.gates.random)
        if is_due and self._flights.under_way(question.key) is None:
            # Our wish, not the caller's: it is neither asked for leave nor charged.
            self._follow(self._start(question, terms.free(), entry), question.ask, terms, entry)

    def _follow(self, flight: Flight, ask: Ask, terms: Terms, served: Entry) -> None:
        """Have the request that began a renewal know, and pay for, what comes of it."""
        report = asyncio.create_task(self._renewed(flight, ask), name="renewal")
        conversation = served.remembered.conversation
        terms.renewals.append(Renewal(ask=ask, served=conversation, report=report))

    async def _renewed(self, flight: Flight, ask: Ask) -> Report:
        started = asyncio.get_running_loop().time()
        landing = await asyncio.shield(flight.task)
        served = _Served(landing=landing, level=landing.level, calls=flight.book())
        return self._report(ask, served, started)

    def _use(self, question: Question, entry: Entry, terms: Terms) -> Use:
        remembered = entry.remembered
        age = question.age(remembered.observed_at)
        return question.freshness.use(remembered.findings, age, terms.max_age)

    def _from(
        self, question: Question, entry: Entry, calls: tuple[CallRecord, ...] = ()
    ) -> _Served:
        landing = self._answering.remembered(question, entry)
        findings, observed_at = entry.remembered.findings, entry.remembered.observed_at
        is_stale = question.age(observed_at) > question.freshness.fresh(findings)
        return _Served(landing=landing, level=entry.level, calls=calls, is_stale=is_stale)

    def _report(self, ask: Ask, served: _Served, started: float) -> Report:
        landing, age = served.landing, None
        if served.level is not None and landing.observed_at is not None:
            age = max(self._now() - landing.observed_at, timedelta(0))
        return Report(
            conversation=landing.conversation,
            provider=ask.provider,
            capability=ask.capability,
            outcome=landing.outcome,
            latency=timedelta(seconds=asyncio.get_running_loop().time() - started),
            cached=served.level,
            calls=served.calls,
            stale=served.is_stale,
            age=age,
        )

    def _question(self, ask: Ask) -> Question:
        channel = self.channels[ask.provider]
        key = self._cache.key(
            ask.provider.encode(),
            ask.capability.encode(),
            # An answer of the sandbox must never pass for one of the provider.
            (channel.base_url or channel.provider.spec.base_url).encode(),
            msgspec.msgpack.encode(ask.query),
        )
        freshness = self._freshness[ask.provider, ask.capability]
        return Question(
            key=key, ask=ask, channel=channel, freshness=freshness, asked_at=self._now()
        )


def _is_good_for_twin(landing: Landing, question: Question, terms: Terms) -> bool:
    """Whether it was stopped by no budget or deadline but the twin's, and is not too old for us."""
    if isinstance(landing.outcome, Skipped):
        return False
    if landing.level is None or landing.observed_at is None or terms.max_age is None:
        return True
    return question.age(landing.observed_at) <= terms.max_age


def _has_failed(outcome: Outcome) -> bool:
    """Whether the provider could not answer, of which it may have been spared the proof."""
    match outcome:
        case Troubled(kind=kind):
            return kind in _PROVIDER_FAILED
        case Skipped(reason=reason):
            return reason in _OFF_FOR_FAILING
        case _:
            return False
