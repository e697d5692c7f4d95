"""The gates of one process around Acme, over real sockets."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import aiohttp
from tests.books import NoBooks
from tests.watcher import Watcher

from roleferry_enrich.gateway.books import Books
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.quotas import Quotas
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.retry import RetryBudget, RetryPolicy
from roleferry_enrich.gateway.standing import Standing
from roleferry_enrich.gateway.till import Till
from roleferry_enrich.gateway.transport import Transport


def now() -> datetime:
    return datetime.now(UTC)


def gates_of(
    shared: RedisGuard,
    session: aiohttp.ClientSession,
    watcher: Watcher,
    *,
    books: Books | None = None,
) -> Gates:
    loop = asyncio.get_running_loop()
    limiter = Limiter(shared, watch=watcher)
    return Gates(
        standing=Standing(shared, limiter=limiter, watch=watcher, secret=b"test-secret"),
        breakers={"acme": Breaker(BreakerPolicy(), clock=loop.time, random=Random(1))},
        limiter=limiter,
        transport=Transport(trusted=session, open_web=session, now=now),
        retry=RetryPolicy(first_wait=timedelta(milliseconds=1)),
        till=Till(books or NoBooks(), watch=watcher, secret=b"test-secret"),
        watch=watcher,
        random=Random(1),
        now=now,
        lines={"acme": asyncio.Semaphore(20)},
        retries=RetryBudget(loop.time),
        places=FleetPlaces(shared, {"acme": 25}, random=Random(1)),
        quotas=Quotas(shared, watch=watcher),
    )
