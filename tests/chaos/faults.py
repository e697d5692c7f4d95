"""What happens to the installation, drawn from a seed: which faults, to whom, how long apart."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from redis.asyncio import Redis
from redis.exceptions import RedisError
from tests.chaos.house import House
from tests.chaos.posts import Post

from roleferry_enrich.batches.crew import LEASE


class Kind(StrEnum):
    KILL_WORKER = "kill -9 of a worker"
    KILL_API = "kill -9 of the API"
    FREEZE_WORKER = "SIGSTOP of a worker beyond its leases"
    FLUSH = "FLUSHALL"
    KILL_REDIS = "kill -9 of Redis"
    KILL_POSTGRES = "kill -9 of PostgreSQL"
    ROLL = "rolling restart by SIGTERM"


_OFTEN = {
    Kind.KILL_WORKER: 8,
    Kind.KILL_API: 3,
    Kind.FREEZE_WORKER: 2,
    Kind.FLUSH: 4,
    Kind.KILL_REDIS: 4,
    Kind.KILL_POSTGRES: 2,
    Kind.ROLL: 1,
}
_BEYOND_S = (1.0, 4.0)
_LONGEST_AWAY_S = 1.5
_LOOK_S = 0.1


@dataclass(frozen=True)
class Fault:
    """One of the sequence; the same for the same seed, whatever the machine does with it."""

    kind: Kind
    gap_s: float
    """Since the one before."""
    victim: float
    """Which of those it can happen to, from 0 to 1."""
    lasts: float
    """How long it lasts, from 0 to 1."""


def drawn(seed: int, count: int, gap_s: float) -> Sequence[Fault]:
    """Each kind comes before any comes for the second time: short runs meet them all."""
    chance = random.Random(seed)
    kinds = list(Kind)
    chance.shuffle(kinds)
    kinds += chance.choices(list(_OFTEN), list(_OFTEN.values()), k=max(0, count - len(kinds)))
    return [
        Fault(kind, chance.uniform(0.2, 1.8) * gap_s, chance.random(), chance.random())
        for kind in kinds[:count]
    ]


@dataclass
class Chaos:
    house: House
    happened: list[tuple[float, Kind]] = field(default_factory=list)
    """When, in seconds of the wall clock, as PostgreSQL on the same machine tells it."""
    idle: list[tuple[float, float]] = field(default_factory=list)
    """From when to when no worker was able to work, or had no database to work with."""
    _frozen: set[asyncio.Task[None]] = field(default_factory=set)
    _rolling: set[asyncio.Task[None]] = field(default_factory=set)

    async def look_on(self) -> None:
        """Until cancelled."""
        since: float | None = None
        while True:
            workers = [post for post in self.house.workers if not post.is_stopped]
            is_able = self.house.databases.postgres.is_up and any(post.is_up() for post in workers)
            now = time.time()
            if not is_able and since is None:
                since = now
            if is_able and since is not None:
                self.idle.append((since, now))
                since = None
            await asyncio.sleep(_LOOK_S)

    async def reign(self, faults: Sequence[Fault], until: float) -> None:
        """One fault after the other; some last while the next ones happen. Then all is calm."""
        try:
            for fault in faults:
                left = until - time.monotonic()
                await asyncio.sleep(max(0, min(fault.gap_s, left)))
                if fault.gap_s > left:
                    break
                await self._happen(fault)
        finally:
            await self._calm()

    async def _happen(self, fault: Fault) -> None:
        match fault.kind:
            case Kind.KILL_WORKER:
                self._kill(fault, self.house.workers)
            case Kind.KILL_API:
                self._kill(fault, (self.house.api,))
            case Kind.FREEZE_WORKER:
                self._freeze(fault)
            case Kind.FLUSH:
                await self._flush()
            case Kind.KILL_REDIS | Kind.KILL_POSTGRES:
                await self._take_away(fault)
            case Kind.ROLL:
                self._rolling.add(asyncio.create_task(self._roll()))

    def _note(self, kind: Kind) -> None:
        self.happened.append((time.time(), kind))

    def _kill(self, fault: Fault, posts: Sequence[Post]) -> None:
        post = _one_of(posts, fault.victim)
        if post is None:
            return
        self._note(fault.kind)
        post.kill()
        post.start()

    def _freeze(self, fault: Fault) -> None:
        post = _one_of(self.house.workers, fault.victim)
        if post is None:
            return
        self._note(fault.kind)
        post.is_held = True
        post.freeze()
        shortest, longest = _BEYOND_S
        beyond = shortest + fault.lasts * (longest - shortest)
        thaw = self._thaw(post, LEASE.total_seconds() + beyond)
        self._frozen.add(asyncio.create_task(thaw))

    async def _thaw(self, post: Post, after_s: float) -> None:
        await asyncio.sleep(after_s)
        post.thaw()
        post.is_held = False

    async def _flush(self) -> None:
        self._note(Kind.FLUSH)
        async with Redis.from_url(self.house.databases.urls.redis_url) as redis:
            try:
                await redis.flushall()
            except RedisError:
                # Still loading what it had saved: it will have forgotten the rest.
                return

    async def _take_away(self, fault: Fault) -> None:
        databases = self.house.databases
        server = databases.redis if fault.kind is Kind.KILL_REDIS else databases.postgres
        self._note(fault.kind)
        await server.kill()
        await asyncio.sleep(fault.lasts * _LONGEST_AWAY_S)
        await server.start()

    async def _roll(self) -> None:
        """Each is replaced by its successor, one after the other, while all else goes on."""
        self._note(Kind.ROLL)
        for post in self.house.posts:
            if post.is_held or not post.is_up():
                continue
            post.is_held = True
            try:
                await post.replace(side_by_side=post is not self.house.api)
            finally:
                post.is_held = False

    async def _calm(self) -> None:
        for task in self._frozen:
            task.cancel()
        await asyncio.gather(*self._frozen, return_exceptions=True)
        await asyncio.gather(*self._rolling)
        for post in self.house.posts:
            post.thaw()
            await post.ready()


def _one_of(posts: Sequence[Post], place: float) -> Post | None:
    """Of those that work just now."""
    able = [post for post in posts if not post.is_held and post.is_up()]
    return able[int(place * len(able))] if able else None
