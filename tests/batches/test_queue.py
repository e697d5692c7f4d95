"""The queue: wakes workers, and loses nothing but wake-ups, since it holds nothing else."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from tests.processes import eventually
from tests.storage.examples import enrichment

from roleferry_enrich.batches.completion import Completion
from roleferry_enrich.batches.queue import Queue
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.private_servers.place import Place
from roleferry_enrich.private_servers.redis_program import Redis as RedisProgram
from roleferry_enrich.storage.completions import Due
from roleferry_enrich.worker import _end, _listen, _sweep

# arq 0.28.0 closes its pool by redis-py's old name for it.
pytestmark = pytest.mark.filterwarnings("ignore:Call to deprecated close:DeprecationWarning")


class OwnRedis:
    """A Redis of this test alone, that may be killed and started again."""

    def __init__(self, directory: Path) -> None:
        self._program = RedisProgram(Place(directory, "redis"))
        self.url = self._program.url
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._program.prepare()
        self._process = subprocess.Popen(self._program.command(), stdout=subprocess.DEVNULL)
        pid = self._process.pid
        assert eventually(lambda: self._program.answers(pid))

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class Owed:
    """Enrichments that are owed an answer, as the table has them; and what became of them."""

    def __init__(self, *, fails: frozenset[UUID] = frozenset()) -> None:
        self._due: list[Due] = []
        self._fails = fails
        self.settled: list[UUID] = []
        self.changed = asyncio.Condition()

    def add(self, enrichment_id: UUID) -> None:
        self._due.append(Due(uuid4(), enrichment_id))

    async def claim(self, limit: int) -> list[Due]:
        claimed, self._due = self._due[:limit], self._due[limit:]
        return claimed

    async def settle(self, completed: Enrichment) -> None:
        async with self.changed:
            self.settled.append(completed.id)
            self.changed.notify_all()

    async def get(self, account_id: UUID, enrichment_id: UUID) -> Enrichment:
        return enrichment(account_id, id=enrichment_id)

    async def observations(self, account_id: UUID, enrichment_id: UUID) -> Observations:
        return Observations()

    async def complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        if earlier.id in self._fails:
            raise ServiceUnavailable("the database is away")
        return earlier


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    redis = OwnRedis(tmp_path)
    redis.start()
    yield redis
    redis.kill()


@pytest.fixture
def owed() -> Owed:
    return Owed()


@asynccontextmanager
async def working(owed: Owed, redis: OwnRedis, *parts: Callable[..., Awaitable[None]]):
    """A worker's parts (listening, sweeping) in this process, as `worker.work` runs them."""
    completion, queue = Completion(owed, owed, owed), Queue(redis.url)
    tasks = [asyncio.ensure_future(part(completion, queue)) for part in parts]
    try:
        yield queue
    finally:
        await _end(tasks)
        await queue.close()
    assert all(task.cancelled() for task in tasks), tasks


async def settled(owed: Owed, *expected: UUID, within: float) -> None:
    async with asyncio.timeout(within), owed.changed:
        await owed.changed.wait_for(lambda: set(expected) <= set(owed.settled))


@pytest.fixture
async def client(own_redis: OwnRedis) -> AsyncIterator[Redis]:
    async with Redis.from_url(own_redis.url) as client:
        yield client


async def test_a_wake_up_completes_what_is_due(owed: Owed, own_redis: OwnRedis) -> None:
    first = uuid4()
    owed.add(first)
    async with working(owed, own_redis, _listen) as queue:
        assert await queue.wake()
        await settled(owed, first, within=5)

    assert owed.settled == [first]


async def test_many_wake_ups_are_one_look(owed: Owed, own_redis: OwnRedis, client: Redis) -> None:
    queue = Queue(own_redis.url)
    for _ in range(20):
        assert await queue.wake()
    await queue.close()

    assert await client.zcard("rfe:jobs") == 1


async def test_where_nobody_can_be_woken_it_says_so(own_redis: OwnRedis) -> None:
    own_redis.kill()
    queue = Queue(own_redis.url)

    assert not await queue.wake()
    await queue.close()


async def test_a_worker_looks_by_itself(owed: Owed, own_redis: OwnRedis) -> None:
    first = uuid4()
    owed.add(first)
    async with working(owed, own_redis, _listen, _sweep):
        await settled(owed, first, within=5)


async def test_without_redis_a_worker_goes_on_alone(owed: Owed, own_redis: OwnRedis) -> None:
    first = uuid4()
    own_redis.kill()
    owed.add(first)
    async with working(owed, own_redis, _listen, _sweep):
        await settled(owed, first, within=10)


async def test_a_redis_that_restarts_costs_nothing_but_wake_ups(
    owed: Owed, own_redis: OwnRedis
) -> None:
    before, after = uuid4(), uuid4()
    async with working(owed, own_redis, _listen, _sweep) as queue:
        owed.add(before)
        await settled(owed, before, within=5)
        own_redis.kill()
        own_redis.start()
        owed.add(after)
        await settled(owed, after, within=10)
        assert await queue.wake()


async def test_a_worker_listens_again_after_a_restart(owed: Owed, own_redis: OwnRedis) -> None:
    """Without the sweep, so that it is the wake-up that does it."""
    after = uuid4()
    async with working(owed, own_redis, _listen) as queue:
        own_redis.kill()
        own_redis.start()
        owed.add(after)
        async with asyncio.timeout(10):
            while after not in owed.settled:
                await queue.wake()
                await asyncio.sleep(0.1)


async def test_an_emptied_redis_loses_nothing(
    owed: Owed, own_redis: OwnRedis, client: Redis
) -> None:
    ids = [uuid4() for _ in range(30)]
    async with working(owed, own_redis, _listen, _sweep) as queue:
        for one in ids:
            owed.add(one)
            await queue.wake()
            await client.flushall()
        await settled(owed, *ids, within=10)

    assert sorted(owed.settled) == sorted(ids)


async def test_one_that_cannot_be_completed_does_not_hold_the_others_up() -> None:
    bad, good = uuid4(), uuid4()
    owed = Owed(fails=frozenset({bad}))
    owed.add(bad)
    owed.add(good)

    assert await Completion(owed, owed, owed).complete_due() == 2
    assert owed.settled == [good]
