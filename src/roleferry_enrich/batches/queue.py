"""The alarm clock: arq wakes workers, PostgreSQL says what there is to do.

Beside `worker.py` this is the only module that knows arq, which is maintained for security only.
Jobs are JSON: arq's pickle would run whatever someone wrote into Redis.
"""

from typing import TYPE_CHECKING, cast

import orjson
from arq.connections import ArqRedis
from arq.worker import Worker, func
from redis.asyncio import Redis
from redis.exceptions import RedisError

from roleferry_enrich.batches.completion import Completion

if TYPE_CHECKING:
    from arq.typing import WorkerCoroutine

_QUEUE = "rfe:jobs"
_COMPLETE = "complete_due"
# A job is one short look at what is due. arq never gives up on it for having been interrupted.
_JOB_TIMEOUT_S = 60
_TRIES = 1_000_000


class Queue:
    """Wake-ups, given and taken."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._pool = self._connect()

    async def wake(self) -> bool:
        """Let some worker look for what is due; False if nobody can be woken just now."""
        try:
            await self._pool.enqueue_job(_COMPLETE, _job_id=_COMPLETE)
        except (RedisError, OSError):
            return False
        return True

    async def listen(self, completion: Completion) -> None:
        """Look for what is due whenever woken. Ends with a RedisError or OSError, or cancelled."""
        pool = self._connect()
        worker = self._worker(completion, pool)
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

    def _worker(self, completion: Completion, pool: ArqRedis) -> Worker:
        async def complete_due(_: object) -> None:
            await completion.complete_due()

        return Worker(
            functions=[func(cast("WorkerCoroutine", complete_due), name=_COMPLETE)],
            redis_pool=pool,
            queue_name=_QUEUE,
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
            default_queue_name=_QUEUE,
        )
