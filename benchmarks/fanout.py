"""What a provider call costs us: CPU of this process per call, beside bare aiohttp's.

Twelve providers, twenty enrichments at once, every gate on, recorded in PostgreSQL. Rounds
alternate, so that a busy neighbour slows all, and the median round counts. Beside it stands what
the least costs that the promises need (`benchmarks/least.py`).
"""

import asyncio
import gc
import logging
import os
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

import aiohttp
import uvloop
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.least import least
from benchmarks.providers import NAMES, channels
from benchmarks.report import Row
from benchmarks.stage import Child, Stage
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.garbage import look_seldom
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.screened import ScreenedEnricher
from roleferry_enrich.resources import open_resources

_AT_ONCE = 20
_EACH = 5
_ROUNDS = 7
_DRAIN_S = 30.0
_CALLS = _AT_ONCE * _EACH * len(NAMES)


@dataclass(frozen=True, slots=True)
class Side:
    """One of those that are compared."""

    work: Callable[[int], Awaitable[None]]
    """Does one enrichment, of the person with that number."""
    background: Background
    """What it leaves to be done behind its answers, which costs as much as what is before."""


@dataclass(frozen=True, slots=True)
class Cost:
    ours: float
    bare: float
    least: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def rows(stage: Stage) -> Iterator[Row]:
    far_end = stage.far_end()
    before = far_end.count()
    costs = uvloop.run(_costs(stage, far_end))
    median = statistics.median(cost.ratio for cost in costs)
    ours, bare, least = (
        statistics.median(getattr(cost, side) for cost in costs)
        for side in ("ours", "bare", "least")
    )
    yield Row(
        name="fan-out, CPU per provider call",
        value=median,
        bar=2.0,
        unit="x",
        notes=(
            f"ours {ours * 1e6:.0f} us, bare aiohttp {bare * 1e6:.0f} us a call; goal 1.5 x",
            f"permits, books, cache and record alone, by hand: {least / bare:.2f}x",
            _spread([cost.ratio for cost in costs]),
            far_end.count().since(before),
        ),
    )


def _spread(ratios: list[float]) -> str:
    return f"{len(ratios)} rounds of {_CALLS} calls, {min(ratios):.2f}x to {max(ratios):.2f}x"


async def _costs(stage: Stage, far_end: Child) -> list[Cost]:
    numbers = count(1)
    async with (
        _bare(far_end.url) as bare,
        _ours(stage, far_end.url) as ours,
        _least(stage, far_end.url) as least,
    ):
        for side in (bare, ours, least):
            await _cpu_per_call(side, numbers)
        look_seldom()  # as the service does; the other sides gain by it too
        return [
            Cost(
                bare=await _cpu_per_call(bare, numbers),
                ours=await _cpu_per_call(ours, numbers),
                least=await _cpu_per_call(least, numbers),
            )
            for _ in range(_ROUNDS)
        ]


async def _cpu_per_call(side: Side, numbers: Iterator[int]) -> float:
    async def one_after_another() -> None:
        for _ in range(_EACH):
            await side.work(next(numbers))

    gc.collect()
    began = time.process_time()
    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(one_after_another())
    await side.background.drain(_DRAIN_S)
    return (time.process_time() - began) / _CALLS


def address(number: int) -> str:
    """Everybody works somewhere else: a colleague would be recognised and cost less."""
    return f"orla.fenwick@quillmere{number}.test"


@asynccontextmanager
async def _bare(far_end: str) -> AsyncIterator[Side]:
    """What one would write without us."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def call(provider: str, email: str) -> object:
            url, headers = f"{far_end}/{provider}/person", {"X-Api-Key": f"test-key-{provider}"}
            async with session.get(url, params={"email": email}, headers=headers) as response:
                return await response.json()

        async def work(number: int) -> None:
            await asyncio.gather(*(call(name, address(number)) for name in NAMES))

        yield Side(work, Background())


@asynccontextmanager
async def _least(stage: Stage, far_end: str) -> AsyncIterator[Side]:
    async with least(far_end, stage.servers) as by_hand:

        async def work(number: int) -> None:
            await by_hand.enrich(address(number))

        yield Side(work, Background())


@asynccontextmanager
async def _ours(stage: Stage, far_end: str) -> AsyncIterator[Side]:
    async with open_accounts(stage.settings, stage.servers) as accounts:
        account_id = await accounts.create_account("bench")
    opened = open_resources(stage.settings, stage.servers, channels=channels(far_end))
    with _logs_as_in_production(stage.settings):
        async with opened as resources:

            async def work(number: int) -> None:
                await _enrich(resources.enricher, account_id, number)

            yield Side(work, resources.enricher.asking.background)
            await _require_all_recorded(resources.engine)


@contextmanager
def _logs_as_in_production(settings: Settings) -> Iterator[None]:
    """Written, but to nowhere."""
    with Path(os.devnull).open("w") as nowhere:
        configure_logs(settings.model_copy(update={"log_level": "info"}), nowhere)
        yield
        logging.getLogger().handlers.clear()


async def _enrich(enricher: ScreenedEnricher, account_id: UUID, number: int) -> None:
    email = Email(address(number))
    keys = Keys(email=email, domain=Domain(email.rpartition("@")[2]))
    enrichment = await enricher.enrich(Request(goal=Goal.PERSON, keys=keys), account_id)
    found = sum(outcome.records for outcome in enrichment.outcomes)
    assert found == 2 * len(NAMES), f"{found} records instead of two from each provider"


async def _require_all_recorded(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        calls = await connection.scalar(text("SELECT count(*) FROM provider_calls"))
    assert calls == _CALLS * (_ROUNDS + 1), f"{calls} calls were recorded"
