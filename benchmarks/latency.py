"""What we add to the slowest provider's own time: open loop, at half of what saturates us.

The providers take up to 100 ms; whatever an answer takes beyond that is ours (and the wire's, and
the far end's lateness, which cannot be told apart from here).
"""

import statistics
from collections.abc import Iterator

import uvloop

from benchmarks.load import Outcome, Plan, Request, fire, post, saturate
from benchmarks.report import Row
from benchmarks.stage import Stage

_SLOWEST_MS = 100
_CONNECTIONS = 32
_SATURATED_S = 5.0
_SECONDS = 60.0
_ROUNDS = 3


def rows(stage: Stage) -> Iterator[Row]:
    key = stage.key()
    far_end = stage.far_end(slowest_ms=_SLOWEST_MS)
    service, before = stage.service(far_end), far_end.count()

    def somebody_new(first: int) -> Request:
        return lambda n: post("/enrich", body(first + n), key=key)

    uvloop.run(saturate(service.port, somebody_new(0), connections=8, seconds=1.0))
    most = uvloop.run(
        saturate(service.port, somebody_new(10_000), connections=_CONNECTIONS, seconds=_SATURATED_S)
    )
    rate = most.latency.count / most.took / 2
    plan = Plan(count=max(1, round(rate * _SECONDS)), rate=rate)
    outcomes = [
        uvloop.run(fire(service.port, somebody_new(100_000 * n), plan))
        for n in range(1, _ROUNDS + 1)
    ]
    yield Row(
        name="added latency p95, half of saturation",
        value=statistics.median(_added_ms(outcome, 0.95) for outcome in outcomes),
        bar=15.0,
        unit="ms",
        notes=(
            f"{rate:.1f} a second of {rate * 2:.1f}; {_ROUNDS} rounds of {_SECONDS:.0f} s",
            far_end.count().since(before),
            *(_percentiles(outcome) for outcome in outcomes),
        ),
    )


def body(number: int) -> bytes:
    """Of somebody nobody asked for yet, at a company of their own."""
    return b'{"email": "orla.fenwick@quillmere%d.test"}' % number


def _added_ms(outcome: Outcome, share: float) -> float:
    assert outcome.lost == 0, f"{outcome.lost} requests were lost"
    assert set(outcome.statuses) == {200}, f"answers were {dict(outcome.statuses)}"
    return outcome.latency.percentile(share) * 1000 - _SLOWEST_MS


def _percentiles(outcome: Outcome) -> str:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999, "most": 1.0}
    added = ", ".join(f"{name} {_added_ms(outcome, share):.1f}" for name, share in shares.items())
    late = outcome.lateness.percentile(0.99) * 1000
    return f"added ms: {added}; the generator itself was {late:.1f} ms late at p99"
