"""How an adapter tells what is left of a quota: by reply headers, or by asking for nothing.

Headers are those the spec names for its rate limits. An adapter of a provider that has a free
usage endpoint has a conversation more, `usage`; it must not cost a credit.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeGuard

from roleferry_enrich.domain.quotas import Quota, QuotaUnit
from roleferry_enrich.providers.contract import Conversation, Provider, RateHeaders, Spec
from roleferry_enrich.providers.replies import Reply

USAGE = "usage"
"""What the conversation is called, and counted as."""
_LONGEST_NUMBER = 15


class TellsUsage(Protocol):
    """An adapter that can ask what is left."""

    spec: Spec

    def usage(self) -> Conversation[Quota | None]:
        """What is left; None where the key may not ask."""
        ...


def tells_usage(provider: object) -> TypeGuard[TellsUsage]:
    return hasattr(provider, USAGE)


def told_by(provider: Provider) -> str | None:
    """How the provider tells its quota: `usage`, `headers`, or not at all."""
    if tells_usage(provider):
        return USAGE
    return "headers" if provider.spec.rate_headers else None


def quota_in(reply: Reply, rates: tuple[RateHeaders, ...]) -> Quota | None:
    """What a reply's headers say is left: of several windows, the one that is closest to its end.

    None where they say nothing that can be read.
    """
    return min(_quotas(reply, rates), key=_share, default=None)


def _quotas(reply: Reply, rates: tuple[RateHeaders, ...]) -> Iterator[Quota]:
    for rate in rates:
        remaining = _number(reply, rate.remaining)
        if remaining is None:
            continue
        yield Quota(
            remaining=remaining,
            limit=_number(reply, rate.limit),
            unit=QuotaUnit.REQUESTS,
            resets_at=_reset(reply, rate),
        )


def _share(quota: Quota) -> float:
    return quota.remaining / quota.limit if quota.limit else quota.remaining


def _reset(reply: Reply, rate: RateHeaders) -> datetime | None:
    seconds = _number(reply, rate.reset)
    if seconds is None:
        return None
    try:
        if rate.reset_is == "seconds_left":
            return reply.received_at + timedelta(seconds=seconds)
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _number(reply: Reply, header: str | None) -> float | None:
    text = reply.headers.get(header, "").strip() if header else ""
    is_number = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return float(text) if is_number else None
