"""How long a verdict on a mailbox is good, with NeverBounce's adapter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.gateway.test_gateway import FarEnd, gateway, terms
from tests.gateway.test_stale import DAY, HOUR, Clock

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import Found, OutcomeKind, Report
from roleferry_enrich.domain.queries import Ask, EmailQuery
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.neverbounce import NeverBounce

ORLA = Ask(
    provider="acme",
    capability="verify_email",
    query=EmailQuery(email=Email("orla.fenwick@quillmere.test")),
)


class Checker(NeverBounce):
    spec = replace(NeverBounce.spec, name="acme")


def checked(result: str) -> dict[str, object]:
    return {"status": "success", "result": result, "flags": []}


def state(report: Report) -> str:
    assert isinstance(report.outcome, Found), report.outcome
    return report.outcome.observations.verdicts[0].claim.deliverability.value


@pytest.mark.parametrize(
    ("first", "good_for"),
    [("valid", 30 * DAY), ("invalid", 30 * DAY), ("catchall", 30 * DAY), ("unknown", 6 * HOUR)],
)
async def test_a_verdict_is_remembered_and_taken_anew_when_it_has_aged(
    shared: RedisGuard, first: str, good_for: timedelta
) -> None:
    clock, far_end = Clock(), FarEnd(checked(first), checked("disposable"))
    async with gateway(far_end, shared, clock, provider=Checker()) as (gate, _):
        before = await gate.ask(ORLA, terms())
        clock.now += good_for - HOUR
        remembered = await gate.ask(ORLA, terms())
        calls = far_end.calls
        clock.now += 2 * HOUR
        after = await gate.ask(ORLA, terms())

    assert state(before) == state(remembered)
    assert (calls, far_end.calls) == (1, 2)
    assert (state(after), after.stale) == ("disposable", False)
    assert (before.cost, remembered.cost, after.cost) == (8_000, 0, 8_000)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"status": "auth_failure"}, OutcomeKind.UNAUTHORISED),
        ({"status": "bad_referrer"}, OutcomeKind.UNAUTHORISED),
        ({"status": "throttle_triggered"}, OutcomeKind.RATE_LIMITED),
        ({"status": "temp_unavail"}, OutcomeKind.FAILED),
        ({"status": "general_failure", "message": "Not enough credits"}, OutcomeKind.QUOTA_SPENT),
        ({"status": "general_failure", "message": "Invalid email"}, OutcomeKind.REFUSED),
        ({"error": "what is this"}, OutcomeKind.CONTRACT_CHANGED),
    ],
)
async def test_a_failure_in_a_200_is_no_verdict_and_costs_nothing(
    shared: RedisGuard, said: dict[str, object], kind: OutcomeKind
) -> None:
    far_end = FarEnd(said, said, said, checked("valid"))
    async with gateway(far_end, shared, provider=Checker()) as (gate, _):
        report = await gate.ask(ORLA, terms(5))

    assert report.outcome.kind is kind
    # Only what cannot be read may have been a check.
    assert report.cost == (8_000 if kind is OutcomeKind.CONTRACT_CHANGED else 0)
