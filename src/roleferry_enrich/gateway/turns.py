"""Turns at getting an answer: one process of the fleet has it, and keeps it while it works.

A turn ends by itself soon after its process died, so that another can take over; so a living
process renews it.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from enum import Enum

from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard

LASTS = timedelta(seconds=2)
"""Unless renewed: how long the others wait for a process that died, and how long the loop of one
that lives may be blocked without another asking too."""
_RENEWED_EVERY_S = 0.5


class Turn(Enum):
    ANOTHERS = 0
    OURS = 1
    NOBODYS = 2
    """Redis hands out none just now: each process asks for itself."""


class Turns:
    """Those this process has, by the name they have in Redis."""

    def __init__(self, shared: RedisGuard) -> None:
        self._shared = shared
        self._held: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._renewing: asyncio.Task[None] | None = None

    def hold(self, name: str) -> None:
        self._held.add(name)
        if self._timer is None:
            self._set_timer()

    def drop(self, name: str) -> None:
        self._held.discard(name)
        if not self._held and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_RENEWED_EVERY_S, self._start_renewing)

    def _start_renewing(self) -> None:
        self._renewing = asyncio.create_task(self._renew(), name="cache turns")
        self._set_timer()

    async def _renew(self) -> None:
        with suppress(RedisDown):
            await self._shared.call(self._renew_all())

    async def _renew_all(self) -> None:
        milliseconds = LASTS // timedelta(milliseconds=1)
        # Also where another took it from us meanwhile: that only makes the wait longer.
        await asyncio.gather(
            *(self._shared.redis.pexpire(name, milliseconds) for name in self._held)
        )
