"""What a million distinct questions leave behind in the process that remembers their answers.

Each is looked for, not found, landed and kept, through both levels of the real cache: sealed into
the stage's own Redis, which is given 64 MB, throws out what it used least and saves nothing to
disk; and kept in memory, which is full after the warm-up. Takes minutes.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psutil
import uvloop

from benchmarks.report import Row
from benchmarks.stage import Stage
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.redis_line import RedisLine
from roleferry_enrich.providers.contract import Findings

_WARM_UP = 200_000
_KEYS = 1_000_000
_AT_ONCE = 200
_KEEP = timedelta(days=30)
_MB = 1_000_000
_NOW = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """The process's: megabytes, and tasks that live."""

    resident: float
    tasks: int


def rows(stage: Stage) -> Iterator[Row]:
    begun = time.process_time()
    warm, after = uvloop.run(_fill(stage))
    yield Row(
        name="memory after a million distinct keys",
        value=(after.resident / warm.resident - 1) * 100,
        bar=5.0,
        unit="%",
        notes=(
            f"{warm.resident:.1f} MB after {_WARM_UP:,} keys, {after.resident:.1f} after a million",
            f"tasks {warm.tasks} and {after.tasks}",
            f"a cache of {stage.settings.cache_mb} MB, {time.process_time() - begun:.0f} s of CPU",
            "written: 64 MB at most, to the memory of the private Redis",
        ),
    )


async def _fill(stage: Stage) -> tuple[Size, Size]:
    redis = RedisLine.from_url(stage.servers.redis_url)
    for name, value in (("maxmemory", "64mb"), ("maxmemory-policy", "allkeys-lru"), ("save", "")):
        await redis.config_set(name, value)
    shared = RedisGuard(redis, patience=None)
    memory = stage.settings.cache_mb * _MB
    cache = Cache(shared, secret=b"benchmark", memory_bytes=memory)
    async with cache.listening():
        while not cache.is_told:  # noqa: ASYNC110 - what is looked at rings no bell
            await asyncio.sleep(0.01)
        await _keep(cache, range(_WARM_UP))
        warm = _size()
        await _keep(cache, range(_WARM_UP, _WARM_UP + _KEYS))
        after = _size()
    await redis.aclose()
    return warm, after


async def _keep(cache: Cache, numbers: range) -> None:
    for first in range(numbers.start, numbers.stop, _AT_ONCE):
        some = range(first, min(first + _AT_ONCE, numbers.stop))
        await asyncio.gather(*(_ask(cache, number) for number in some))


async def _ask(cache: Cache, number: int) -> None:
    key, token = cache.key(b"bench", b"find_person", number.to_bytes(8, "big")), uuid4().hex
    assert cache.in_memory(key) is None, "a key that was never asked for is remembered"
    looked = await cache.look(key, token)
    await cache.land(key, token, looked.begun, _answer(number), _KEEP)
    assert cache.in_memory(key) is not None, "what was kept is not remembered"


def _answer(number: int) -> Remembered:
    person = PersonClaim(full_name=f"Orla Fenwick {number}", title="Chief Operating Officer")
    return Remembered(
        findings=Findings(people=(person,)), conversation=UUID(int=number), observed_at=_NOW
    )


def _size() -> Size:
    return Size(psutil.Process().memory_info().rss / _MB, len(asyncio.all_tasks()))
