"""The processes of one run: the real gates, gateway, planning and fan-out, wired as in production.

Mirrors resources.py. What lies behind the wires (farm, Redis, books, records) is simulated.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.answers import Answers
from tests.simulation.books import Ledger, SimulatedBooks
from tests.simulation.farm import PROCESS, Farm
from tests.simulation.redis_server import Server
from tests.simulation.referee import Referee
from tests.simulation.scenario import Scenario
from tests.simulation.telling import Records, Telling
from tests.simulation.wire import Session
from tests.simulation.world import provider_of

from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.quotas import Quotas
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.redis_line import RedisLine
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.gateway.standing import Standing
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.door import Door
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.progress import Result
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.recording import PatientRecords
from roleferry_enrich.pipeline.screening import Screening
from roleferry_enrich.privacy.digests import Digester
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.storage.suppressions import Loaded

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SECRET = b"simulated-secret"
_SLOW_SHARE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What all processes of a run have in common."""

    scenario: Scenario
    farm: Farm
    server: Server
    ledger: Ledger
    referee: Referee
    answers: Answers


class Process:
    """One process of the fleet, with every gate as `resources.py` would build it."""

    gateway: Gateway
    enricher: Enricher
    redis: RedisLine

    def __init__(self, number: int, outside: Outside) -> None:
        self.number = number
        self.dead = False
        self.clock_off = 0.0
        self.background = Background()
        self._outside = outside
        self._random = Random(f"{outside.scenario.seed} process {number}")
        self._loop = asyncio.get_running_loop()
        self._open = AsyncExitStack()

    def now(self) -> datetime:
        elapsed = self._loop.time() - self._outside.referee.began
        return EPOCH + timedelta(seconds=elapsed + self.clock_off)

    async def alive(self) -> None:
        """Returns at once, or never: nothing a killed process does reaches anybody."""
        if self.dead:
            await self._loop.create_future()

    async def start(self) -> None:
        PROCESS.set(self.number)
        scenario, server = self._outside.scenario, self._outside.server
        pool = server.pool(self, socket_connect_timeout=1)
        self.redis = RedisLine(connection_pool=pool)
        shared = RedisGuard(self.redis, patience=None)
        cache = Cache(shared, secret=_SECRET, memory_bytes=1_000_000, random=self._random)
        await self._open.enter_async_context(cache.listening())
        told = Telling(self._outside.referee)
        channels = {s.name: _channel(s) for s in scenario.sketches}
        gates = self._gates(channels, shared, told)
        self.gateway = _Heard(channels, cache=cache, gates=gates, now=self.now)
        self.gateway.hear(self, self._outside.answers)
        records = Records(self._random, slow=scenario.slow_records, alive=self.alive)
        self.enricher = Enricher(
            gateway=Screening(self.gateway, _nobody()),
            recall=Recall(self.gateway),
            records=PatientRecords(records, self.background, told),
            background=self.background,
            onlooker=told,
            sample=lambda _: Result(),
            now=self.now,
            door=Door(lambda: 0.0),  # no time of this machine may come in
        )

    def kill(self) -> None:
        self.dead = True
        self._outside.server.bury(self)

    async def stop(self) -> None:
        await self._open.aclose()
        await self.redis.aclose(close_connection_pool=True)

    def _gates(self, channels: Mapping[str, Channel], shared: RedisGuard, told: Telling) -> Gates:
        outside, watch, instances = self._outside, _as_any(told), self._outside.scenario.processes
        clock, random = self._loop.time, self._random
        session = _as_any(Session(outside.farm, self.alive))
        books = SimulatedBooks(outside.ledger, random, self.alive)
        places = {name: each.concurrency for name, each in channels.items() if each.concurrency}
        limiter = Limiter(shared, instances=instances, watch=watch)
        return Gates(
            standing=Standing(shared, limiter=limiter, watch=watch, secret=_SECRET),
            breakers={
                name: Breaker(
                    BreakerPolicy(slow_after=channel.call_timeout * _SLOW_SHARE),
                    clock=clock,
                    random=random,
                )
                for name, channel in channels.items()
            },
            limiter=limiter,
            transport=Transport(trusted=session, open_web=session, now=self.now),
            till=Till(books, watch=watch, secret=_SECRET),
            retry=RetryPolicy(),
            watch=watch,
            random=random,
            now=self.now,
            lines={
                name: asyncio.Semaphore(channel.provider.spec.concurrency)
                for name, channel in channels.items()
            },
            retries=RetryBudget(clock),
            places=FleetPlaces(shared, places, random=random, instances=instances),
            quotas=Quotas(shared, watch=watch),
        )


class _Heard(Gateway):
    """The gateway, and somebody who hears what each ask is told."""

    def hear(self, process: Process, answers: Answers) -> None:
        self._process = process
        self._answers = answers

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        began = asyncio.get_running_loop().time()
        report = await super().ask(ask, terms)
        self._answers.reported(self._process, ask, terms, report, began)
        return report


def _nobody() -> SuppressionList:
    """A list that was read, and has nobody on it."""
    held = SuppressionList(Digester(_SECRET))
    held.replace(Loaded(0, {}))
    return held


def _channel(sketch: Any) -> Channel:
    return Channel(provider=provider_of(sketch), concurrency=sketch.places)


def _as_any(given: Any) -> Any:
    """For what stands in for a class of another library, or speaks a protocol by __getattr__."""
    return given
