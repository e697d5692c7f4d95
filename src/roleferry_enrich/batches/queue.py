"""The alarm clock: arq wakes workers, PostgreSQL says what there is to do.

Beside `worker.py` this is the only module that knows arq, which is maintained for security only.
Jobs are JSON: arq's pickle would run whatever someone wrote into Redis.
"""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import TYPE_CHECKING, cast

import orjson
import structlog
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import Redis
from redis.exceptions import RedisError

from roleferry_enrich.observability.crashes import told

if TYPE_CHECKING:
    from arq.typing import WorkerCoroutine

_log = structlog.get_logger("roleferry_enrich")
Look = Callable[[], Awaitable[object]]


class Work(Enum):
    """What workers are woken for: the name of its queue, and of the one job in it."""

    COMPLETIONS = ("rfe:jobs", "complete_due")
    ITEMS = ("rfe:items", "run_items")


# A job is one short look at what is due. arq never gives up on it for having been interrupted.
_JOB_TIMEOUT_S = 60
_TRIES = 1_000_000


class Queue:
    """Wake-ups for one kind of work, given and taken."""

    def __init__(self, redis_url: str, work: Work = Work.COMPLETIONS) -> None:
        self._url = redis_url
        self._name, self._job = work.value
        self._pool = self._connect()

    async def wake(self) -> bool:
        """Let some worker look for what is due; False if nobody can be woken just now."""
        try:
            await self._pool.enqueue_job(self._job, _job_id=self._job)
        except (RedisError, OSError):
            return False
        return True

    async def listen(self, look: Look) -> None:
        """Look for what is due whenever woken. Ends with a RedisError or OSError, or cancelled."""
        pool = self._connect()
        worker = self._worker(look, pool)
        try:
            await worker.main()
        finally:
            # Closing talks to Redis too and takes up what jobs could not tell it, so it may fail.
            try:
                await worker.close()
            finally:
                await pool.aclose(close_connection_pool=True)

    async def close(self) -> None:
        # redis-py leaves a pool that it was given to whoever made it.
        await self._pool.aclose(close_connection_pool=True)

    def _worker(self, look: Look, pool: ArqRedis) -> Worker:
        async def woken(_: object) -> None:
            try:
                await look()
            # A root: arq would log the error's own words, and look no sooner for it.
            except Exception as error:  # noqa: BLE001
                _log.error("worker.look.failed", error=type(error).__name__, exception=told(error))

        return Worker(
            functions=[func(cast("WorkerCoroutine", woken), name=self._job)],
            redis_pool=pool,
            queue_name=self._name,
            handle_signals=False,
            job_timeout=_JOB_TIMEOUT_S,
            keep_result=0,
            max_tries=_TRIES,
            poll_delay=0.2,
            log_results=False,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
        )

    def _connect(self) -> ArqRedis:
        # Not arq's create_pool: its settings have no timeout for a Redis that stops answering.
        connections = Redis.from_url(
            self._url, socket_timeout=5, socket_connect_timeout=2
        ).connection_pool
        return ArqRedis(
            connections,
            job_serializer=orjson.dumps,
            job_deserializer=orjson.loads,
            default_queue_name=self._name,
        )
