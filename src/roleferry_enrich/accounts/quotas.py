"""What an account may ask in which time, and what is left of it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from roleferry_enrich.configuration.quotas import QuotaSettings
from roleferry_enrich.errors import TooManyRequests


@dataclass(frozen=True, slots=True)
class QuotaWindow:
    """So many requests in any such time."""

    name: str
    requests: int
    length: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Requests an account may make; None is as many as it likes."""

    per_minute: int | None = None
    per_hour: int | None = None
    per_day: int | None = None

    @property
    def windows(self) -> tuple[QuotaWindow, ...]:
        """Those that are limited, the shortest first."""
        return _windows(self.per_minute, self.per_hour, self.per_day)


# Asked in each request, and nearly always by accounts with the usual quota.
@lru_cache(maxsize=1_000)
def _windows(
    per_minute: int | None, per_hour: int | None, per_day: int | None
) -> tuple[QuotaWindow, ...]:
    given = (
        ("minute", per_minute, timedelta(minutes=1)),
        ("hour", per_hour, timedelta(hours=1)),
        ("day", per_day, timedelta(days=1)),
    )
    return tuple(QuotaWindow(name, count, time) for name, count, time in given if count)


@dataclass(frozen=True, slots=True)
class WindowLeft:
    """How one window stands."""

    window: QuotaWindow
    left: int
    reset: timedelta
    """After so long more is left."""


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """How an account stands after a request was counted, or refused."""

    windows: tuple[WindowLeft, ...]

    @property
    def violated(self) -> tuple[WindowLeft, ...]:
        return tuple(one for one in self.windows if not one.left)

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers writes them; none where nothing is limited."""
        if not self.windows:
            return {}
        left = (f'"{it.window.name}";r={it.left};t={_seconds(it.reset)}' for it in self.windows)
        return {
            "RateLimit-Policy": policy(tuple(it.window for it in self.windows)),
            "RateLimit": ", ".join(left),
        }


def usual_quota(settings: QuotaSettings) -> Quota:
    """Of an account with which nothing else was agreed."""
    return Quota(
        per_minute=settings.quota_per_minute,
        per_hour=settings.quota_per_hour,
        per_day=settings.quota_per_day,
    )


class QuotaExceeded(TooManyRequests):
    """The account has asked as often as it may for now."""

    slug, title = "quota-exceeded", "The account's quota is used up for now"

    def __init__(self, standing: QuotaLeft) -> None:
        violated = standing.violated
        self.violated = tuple(one.window.name for one in violated)
        self.standing = standing
        said = ", ".join(f"{it.window.requests} requests per {it.window.name}" for it in violated)
        super().__init__(
            f"the account may make {said}",
            retry_after=max((it.reset for it in violated), default=timedelta(seconds=1)),
        )


@lru_cache(maxsize=1_000)
def policy(windows: Sequence[QuotaWindow]) -> str:
    """The limits as the header `RateLimit-Policy` has them."""
    return ", ".join(f'"{w.name}";q={w.requests};w={_seconds(w.length)}' for w in windows)


def _seconds(duration: timedelta) -> int:
    return math.ceil(duration.total_seconds())
