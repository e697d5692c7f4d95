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

    def worker(self, completion: Completion) -> Worker:
        """An arq worker that looks for what is due whenever it is woken."""

        async def complete_due(_: object) -> None:
            await completion.complete_due()

        return Worker(
            functions=[func(cast("WorkerCoroutine", complete_due), name=_COMPLETE)],
            redis_pool=self._connect(),
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

    async def close(self) -> None:
        await self._pool.aclose()

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
