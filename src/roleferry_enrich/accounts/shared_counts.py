"""The counts in Redis by which every process holds an account to one quota."""

from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from uuid import UUID

from roleferry_enrich.accounts.quotas import Quota, QuotaLeft, WindowLeft
from roleferry_enrich.gateway.redis_guard import RedisGuard

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Counted:
    admitted: int
    """How many of those that asked are let in."""
    rebuilt: bool
    """What was kept could not be read, and was begun anew."""
    left: QuotaLeft


class SharedCounts:
    def __init__(self, shared: RedisGuard) -> None:
        text = (resources.files(__package__) / "lua" / "admit.lua").read_text()
        self._shared = shared
        self._admit = shared.redis.register_script(text)

    async def admit(
        self, account_id: UUID, quota: Quota, asking: int, owed: int, *, now_ms: int | None = None
    ) -> Counted:
        """Count as many of `asking` as every window has room for. Raises RedisDown.

        `owed` were let in while Redis was away; negative, so many were counted and not needed.
        `now_ms` is for tests; else Redis has the clock.
        """
        windows = quota.windows
        limits = [part for w in windows for part in (w.requests, w.length // _MILLISECOND)]
        clock = "" if now_ms is None else now_ms
        counting = self._admit(keys=[counts_key(account_id)], args=[clock, asking, owed, *limits])
        admitted, rebuilt, *told = await self._shared.call(counting)
        stood = zip(windows, told[::2], told[1::2], strict=True)
        left = tuple(
            WindowLeft(window, free, reset * _MILLISECOND) for window, free, reset in stood
        )
        return Counted(admitted, bool(rebuilt), QuotaLeft(left))


def counts_key(account_id: UUID) -> str:
    # The braces put all of an account's keys on one node of a Redis cluster.
    return f"rfe:{{account:{account_id}}}:quota"
