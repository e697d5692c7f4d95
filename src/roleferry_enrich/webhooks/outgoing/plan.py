"""What follows from an endpoint's answer: done, again after a while, or given up. Pure.

The waits are those that Standard Webhooks 1.0.0 recommends: ten attempts over three days.
"""

from dataclasses import dataclass
from datetime import timedelta

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState
from roleferry_enrich.storage.deliveries import Settlement

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.1
"""A wait is longer by up to this share, so that what failed together does not come together."""

DISABLED_AFTER = timedelta(hours=120)
LONGEST_PAUSE = timedelta(hours=1)
"""A receiver may ask for more; one that cannot be right must not stop its messages for years."""

_SHORTEST_PAUSE = timedelta(seconds=5)
_GONE = 410
# The receiver says that it has too much to do; every message to it would add to that.
_OVERLOADED = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one attempt."""

    status: int | None
    """None where there was no answer."""
    failure: str | None
    """Why it does not count as received."""
    duration: timedelta
    retry_after: timedelta | None = None


def settlement(answer: Answer, *, tries: int, chance: float) -> Settlement:
    """`tries`: attempts before this one. `chance`: from 0 to 1, how much later than planned."""
    is_gone = answer.status == _GONE
    state, retry_in, pause = DeliveryState.DELIVERED, timedelta(0), None
    if answer.failure is not None:
        pause = _pause(answer)
        is_over = is_gone or tries >= len(WAITS)
        state = DeliveryState.FAILED if is_over else DeliveryState.WAITING
        wait = timedelta(0) if is_over else WAITS[tries]
        retry_in = max(wait, pause or wait) * (1 + JITTER * chance)
    return Settlement(
        status=answer.status,
        failure=answer.failure,
        duration=answer.duration,
        state=state,
        retry_in=retry_in,
        pause=pause,
        is_gone=is_gone,
        disabled_after=DISABLED_AFTER,
    )


def _pause(answer: Answer) -> timedelta | None:
    if answer.status not in _OVERLOADED:
        return None
    return min(max(answer.retry_after or _SHORTEST_PAUSE, _SHORTEST_PAUSE), LONGEST_PAUSE)
