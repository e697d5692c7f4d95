"""What it costs to ask, in each request, whether the account may and whether the person does not.

Two installations answer the same question from memory: one with quotas and a list of suppressed
people, one with neither. They take turns at the same rate, and their p95 are compared.
"""

import json
import statistics
from collections.abc import Iterator

import uvloop

from benchmarks.load import Outcome, Plan, fire, post
from benchmarks.providers import NAMES
from benchmarks.report import Row
from benchmarks.stage import Child, Stage, stage
from roleferry_enrich.domain.scopes import USUAL, Scope

_SUPPRESSED, _SUPPRESSED_A_SECOND = 600, 60.0
_RATE = 200.0
_SECONDS = 5.0
_ROUNDS = 5
_FIRST = 5
_BODY = b'{"email": "orla.fenwick@quillmere.test"}'


def rows(guarded: Stage) -> Iterator[Row]:
    with stage() as open_to_all:
        sides = [_asked(guarded), _asked(open_to_all, quota=0)]
        _suppress(guarded, sides[0][0])
        rounds = [[_p95_ms(_round(*side)) for side in sides] for _ in range(_ROUNDS)]
    with_checks, without = ([pair[side] for pair in rounds] for side in (0, 1))
    yield Row(
        name="quota and suppression checks, added p95",
        value=statistics.median(one - other for one, other in rounds),
        bar=1.0,
        unit="ms",
        notes=(
            f"p95 {statistics.median(with_checks):.2f} ms and {statistics.median(without):.2f} ms",
            f"{_ROUNDS} rounds of {_SECONDS:.0f} s at {_RATE:.0f} a second each",
            f"{_SUPPRESSED} people suppressed",
        ),
    )


def _asked(stage: Stage, *, quota: int | None = None) -> tuple[Child, bytes]:
    """A service that knows the answer, and the question."""
    service = stage.service(stage.far_end(), quota=quota)
    asked = post("/enrich", _BODY, key=stage.key())
    # One after the other: of a crowd that comes to a cold service some providers answer too late.
    for _ in range(_FIRST):
        outcome = uvloop.run(fire(service.port, lambda _: asked, Plan(count=1)))
    answer = outcome.bodies[0]
    assert answer.count(b'"memory"') == len(NAMES), "the answer did not come from memory"
    _round(service, asked)
    return service, asked


def _suppress(stage: Stage, service: Child) -> None:
    key = stage.key(USUAL | {Scope.PRIVACY})

    def somebody(number: int) -> bytes:
        body = {"email": f"somebody.{number}@else.test", "reason": "objection"}
        return post("/privacy/suppressions", json.dumps(body).encode(), key=key)

    plan = Plan(count=_SUPPRESSED, rate=_SUPPRESSED_A_SECOND)
    outcome = uvloop.run(fire(service.port, somebody, plan))
    assert set(outcome.statuses) == {201}, f"answers were {dict(outcome.statuses)}"


def _round(service: Child, asked: bytes) -> Outcome:
    plan = Plan(count=round(_RATE * _SECONDS), rate=_RATE)
    outcome = uvloop.run(fire(service.port, lambda _: asked, plan))
    assert set(outcome.statuses) == {200}, f"answers were {dict(outcome.statuses)}"
    return outcome


def _p95_ms(outcome: Outcome) -> float:
    return outcome.latency.percentile(0.95) * 1000
