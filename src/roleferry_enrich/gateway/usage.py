"""Asks providers what is left of our quota, where that is free: now, or every so often.

The questions pass every gate and take only permits that nobody else needs. How they end is no
statistic of the breaker and of no quarantine: a usage endpoint that answers says nothing of one
that searches. But a key that is refused is a refused key, and is noticed here before a customer's
call meets it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.driving import drive
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.providers.quota import USAGE, tells_usage

_LONGEST = timedelta(seconds=10)
_LEASE_SHARE = 0.9
_log = structlog.get_logger("roleferry_enrich")


class Usage:
    """One per process."""

    def __init__(self, channels: Mapping[str, Channel], gates: Gates, shared: RedisGuard) -> None:
        self._channels = channels
        self._gates = gates
        self._shared = shared

    def askable(self) -> tuple[str, ...]:
        """Whom asking costs nothing, with the keys that are set."""
        return tuple(
            name
            for name, channel in self._channels.items()
            if channel.is_ready and tells_usage(channel.provider)
        )

    async def ask(self, name: str) -> QuotaTold | None:
        """What is left just now; None where the provider does not say.

        Raises ProviderError or CallSkipped, and TimeoutError after ten seconds.
        """
        channel, provider = self._channels[name], self._channels[name].provider
        if not tells_usage(provider):
            return None
        deadline = asyncio.get_running_loop().time() + _LONGEST.total_seconds()
        purse = Purse(MicroUsd(0))  # a conversation that would cost something is refused
        terms = Terms(deadline=deadline, purse=purse, priority=Priority.BATCH)
        errand = Errand(channel=channel, capability=USAGE, terms=terms, is_aside=True)
        async with asyncio.timeout_at(deadline):
            quota = await drive(provider.usage(), errand, self._gates)
        if quota is None:
            return None
        told = QuotaTold(quota=quota, at=self._gates.now())
        await self._gates.quotas.tell(name, told)
        return told

    @asynccontextmanager
    async def asked_every(self, period: timedelta) -> AsyncIterator[None]:
        """Asks for as long as the block lasts; of all processes, one in each period. 0: never."""
        if not period:
            yield
            return
        asking = asyncio.create_task(self._keep_asking(period), name="usage")
        try:
            yield
        finally:
            asking.cancel()
            await asyncio.wait([asking])

    async def round(self, period: timedelta) -> None:
        """Ask whoever no process has asked in this period."""
        mine = [name for name in self.askable() if await self._is_our_turn(name, period)]
        async with asyncio.TaskGroup() as group:
            for name in mine:
                group.create_task(self._try(name))
        await self._gates.quotas.share(self._channels)

    async def _keep_asking(self, period: timedelta) -> None:
        # Processes that were started together do not look at the same moment.
        wait_s = period.total_seconds() * self._gates.random.uniform(0.5, 1.0)
        while True:
            await asyncio.sleep(wait_s)
            wait_s = period.total_seconds()
            try:
                await self.round(period)
            # It looks again later: nothing else may end with it.
            except Exception as error:  # noqa: BLE001
                _log.warning("usage.round.failed", error=type(error).__name__)

    async def _is_our_turn(self, name: str, period: timedelta) -> bool:
        """Taken on the clock of Redis; without Redis nobody knows who else asks, so nobody does."""
        lease = int(period.total_seconds() * 1000 * _LEASE_SHARE)
        redis = self._shared.redis
        try:
            return bool(await self._shared.call(redis.set(_turn_key(name), 1, nx=True, px=lease)))
        except RedisDown:
            return False

    async def _try(self, name: str) -> None:
        try:
            await self.ask(name)
        except ProviderError as error:
            _log.warning("usage.failed", provider=name, reason=error.outcome)
        except CallSkipped as skipped:
            _log.debug("usage.skipped", provider=name, reason=skipped.reason)
        # An adapter is a plug-in: its bug must not keep the others from being asked.
        except Exception as error:  # noqa: BLE001
            _log.warning("usage.failed", provider=name, error=type(error).__name__)


def _turn_key(provider: str) -> str:
    return f"rfe:{{{provider}}}:asked"
