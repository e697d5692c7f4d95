"""The processes of one run: the real gates, gateway, planning and fan-out, wired as in production.

Mirrors resources.py. What lies behind the wires (farm, Redis, records) is simulated.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from tests.simulation.farm import PROCESS, REQUEST, Farm
from tests.simulation.redis_wire import Server
from tests.simulation.referee import Referee
from tests.simulation.scenario import Scenario
from tests.simulation.wire import Session
from tests.simulation.world import provider_of

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord, Report
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy, State
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.limiter import Bucket, Limiter
from roleferry_enrich.gateway.quarantine import Quarantine
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.retry import RetryPolicy
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.progress import Result
from roleferry_enrich.pipeline.recording import PatientRecords

EPOCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_SECRET = b"simulated-secret"
_SLOW_SHARE = 0.8


@dataclass(slots=True)
class Books:
    """What a process recorded: the enrichments, and each call as the gates booked it."""

    enrichments: dict[UUID, tuple[Enrichment, tuple[Report, ...], Observations]] = field(
        default_factory=dict
    )
    calls: list[tuple[int, CallRecord]] = field(default_factory=list)
    """With the request that began each."""


@dataclass(slots=True)
class Process:
    number: int
    gateway: Gateway
    enricher: Enricher
    background: Background
    redis: Redis
    books: Books
    clock_off: float = 0.0
    dead: bool = False

    async def alive(self) -> None:
        """Returns at once, or never: nothing a killed process does reaches anybody."""
        if self.dead:
            await asyncio.get_running_loop().create_future()


def open_process(
    number: int, scenario: Scenario, farm: Farm, server: Server, referee: Referee
) -> Process:
    """One process of the fleet, with every gate as `resources.py` would build it."""
    loop = asyncio.get_running_loop()
    random = Random(f"{scenario.seed} process {number}")
    redis = server.client(socket_connect_timeout=1)
    shared = RedisGuard(redis)
    process: Process | None = None

    def now() -> datetime:
        off = process.clock_off if process else 0.0
        return EPOCH + timedelta(seconds=loop.time() - referee.began + off)

    async def alive() -> None:
        if process is not None:
            await process.alive()

    books = Books()
    watch = Watch(referee, books)
    session: Any = Session(farm, alive)
    channels = {sketch.name: Channel(provider=provider_of(sketch)) for sketch in scenario.sketches}
    gates = Gates(
        quarantine=Quarantine(loop.time),
        breakers={
            name: Breaker(
                BreakerPolicy(slow_after=channel.call_timeout * _SLOW_SHARE),
                clock=loop.time,
                random=random,
            )
            for name, channel in channels.items()
        },
        limiter=_Watched(Limiter(shared, instances=scenario.processes), referee),  # type: ignore[arg-type]
        transport=Transport(trusted=session, open_web=session, now=now),
        retry=RetryPolicy(),
        watch=watch,
        random=random,
        now=now,
        lines={
            name: asyncio.Semaphore(channel.provider.spec.concurrency)
            for name, channel in channels.items()
        },
    )
    cache = Cache(shared, secret=_SECRET, memory_bytes=10_000_000, now=now)
    gateway = Gateway(channels, cache=cache, gates=gates, now=now)
    background = Background()
    records = Records(books, random, slow=scenario.slow_records, alive=alive)
    enricher = Enricher(
        gateway=gateway,
        records=PatientRecords(records, background, watch),
        background=background,
        onlooker=watch,
        sample=lambda _: Result(),
        now=now,
    )
    process = Process(number, gateway, enricher, background, redis, books)
    return process


class _Watched:
    """The limiter, telling the referee when a permit is asked for that nobody may use."""

    def __init__(self, limiter: Limiter, referee: Referee) -> None:
        self._limiter = limiter
        self._referee = referee

    async def acquire(self, bucket: Bucket, **options: Any) -> timedelta:
        process = self._referee.processes[PROCESS.get()]
        state = process.gateway.gates.breakers[bucket.provider].state
        self._referee.expect("open spends no permit", state != "open", bucket.provider)
        return await self._limiter.acquire(bucket, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._limiter, name)


class Watch:
    """Writes what the gates report into the trace, and their calls into the books."""

    def __init__(self, referee: Referee, books: Books) -> None:
        self._referee = referee
        self._books = books

    @contextmanager
    def calling(self, provider: str, capability: str, attempt: int) -> Iterator["Watch"]:
        yield self

    def ended(self, record: CallRecord) -> None:
        self._books.calls.append((REQUEST.get(), record))
        self._note("ended", record.provider, record.outcome.value, record.cost, record.attempt)

    def cache_looked(self, provider: str, level: CacheLevel | None) -> None:
        self._note("looked", provider, level and level.value)

    def breaker_seen(self, provider: str, state: State) -> None:
        self._note("breaker", provider, state)

    def quarantined(self, provider: str, reason: str) -> None:
        self._note("quarantined", provider, reason)

    def contract_changed(self, provider: str, capability: str) -> None:
        self._note("changed", provider, capability)

    def adapter_failed(self, provider: str, capability: str, fault: str) -> None:
        self._note("adapter failed", provider, capability, fault)
        self._referee.expect("adapter", fault == "KeyError", f"{provider} raised {fault}")

    def answered(self, enrichment: Enrichment) -> None:
        self._note("answered", enrichment.status.value)

    def record_failed(self, enrichment: Enrichment, reason: str) -> None:
        self._note("unrecorded", reason)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self._note(name)

    def _note(self, *event: object) -> None:
        self._referee.note(PROCESS.get(), *event)


class Records:
    """Enrichments in memory; slow, hanging or refusing where the scenario wants it."""

    def __init__(self, books: Books, random: Random, *, slow: bool, alive: Any) -> None:
        self._books = books
        self._random = random
        self._slow = slow
        self._alive = alive

    async def record(
        self, enrichment: Enrichment, reports: Any, *, observations: Observations
    ) -> Enrichment:
        await asyncio.sleep(self._random.uniform(0.001, 0.004))
        if self._slow and self._random.random() < 0.3:
            await asyncio.sleep(self._random.choice((0.2, 1.0, 5.0)))
            if self._random.random() < 0.3:
                raise ServiceUnavailable("the simulated database is away")
        await self._alive()
        self._books.enrichments[enrichment.id] = (enrichment, tuple(reports), observations)
        return replace(enrichment, person_id=enrichment.id)


def windows_of(farm: Farm) -> "Mapping[tuple[str, str], Any]":
    rows: dict[tuple[str, str], Any] = {}
    for name, sketch in farm.sketches.items():
        rows[name, "all"] = sketch.windows
        if sketch.lane:
            rows[name, "search"] = sketch.lane
    return rows
