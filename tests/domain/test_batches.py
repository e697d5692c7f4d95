"""What an item may spend of its job's money, and what an answer means for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.storage.examples import company, enrichment

from roleferry_enrich.domain.batches import (
    Budget,
    ItemState,
    Leased,
    Prices,
    allowance,
    may_wait,
    settlement_of,
)
from roleferry_enrich.domain.enrichments import Options, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind, ProviderOutcome

PRICES = Prices(cheapest=10, dearest=100)


def outcome(kind: OutcomeKind, reason: str | None = None, **changed) -> ProviderOutcome:
    standard = {
        "provider": "acme",
        "capability": "find_person",
        "outcome": kind,
        "reason": reason,
        "retry_after": None,
        "latency": timedelta(0),
        "cost": MicroUsd(0),
        "calls": 0,
        "cached": None,
        "records": 0,
    }
    return ProviderOutcome(**standard | changed)


def leased(max_cost: MicroUsd | None = None, allowance: MicroUsd | None = None) -> Leased:
    asked = enrichment(uuid4()).request
    return Leased(
        account_id=uuid4(),
        job_id=uuid4(),
        number=1,
        epoch=1,
        enrichment_id=uuid4(),
        request=replace(asked, options=Options(max_cost=max_cost)),
        sent_at=datetime(2026, 11, 1, tzinfo=UTC),
        allowance=allowance,
    )


def answered(status: Status, *outcomes: ProviderOutcome, **changed):
    return enrichment(uuid4(), status=status, outcomes=outcomes, **changed)


@pytest.mark.parametrize(
    ("cap", "spent", "held", "expected"),
    [
        (1000, 0, 0, 100),
        (1000, 800, 100, 100),
        (1000, 850, 100, None),  # 50 are left for certain, and 100 may come back
        (1000, 950, 0, 50),  # the last money goes to one alone
        (1000, 950, 50, None),
        (1000, 995, 0, 0),  # no call is so cheap
        (1000, 1000, 0, 0),
        (0, 0, 0, 0),
    ],
)
def test_money_is_handed_out_once(cap, spent, held, expected):
    assert allowance(Budget(cap=cap, spent=spent, held=held), PRICES) == expected


def test_where_nothing_is_paid_for_nobody_waits_for_money():
    free = Prices(cheapest=0, dearest=0)
    assert allowance(Budget(cap=5, spent=0, held=0), free) == 0


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        (answered(Status.COMPLETE, company=company()), ItemState.DONE, None),
        (answered(Status.PARTIAL, company=company()), ItemState.DONE, None),
        (answered(Status.NOT_FOUND), ItemState.NOT_FOUND, None),
        (
            answered(Status.PARTIAL, outcome(OutcomeKind.FAILED)),
            ItemState.FAILED,
            "no_provider_answered",
        ),
        (answered(Status.PARTIAL, outcome(OutcomeKind.PENDING)), ItemState.DONE, "pending"),
        (
            answered(Status.NOT_FOUND, outcome(OutcomeKind.OPTED_OUT)),
            ItemState.SUPPRESSED,
            "opted_out",
        ),
        (
            answered(Status.PARTIAL, outcome(OutcomeKind.SKIPPED, "budget_spent")),
            ItemState.FAILED,
            "budget",
        ),
        (
            answered(
                Status.PARTIAL, outcome(OutcomeKind.SKIPPED, "budget_spent"), company=company()
            ),
            ItemState.DONE,
            "budget",
        ),
    ],
)
def test_every_answer_is_an_end(given, state, reason):
    settlement = settlement_of(given, leased(allowance=MicroUsd(0)))
    assert (settlement.state, settlement.reason) == (state, reason)


def test_the_items_own_cap_is_not_the_jobs():
    given = answered(Status.PARTIAL, outcome(OutcomeKind.SKIPPED, "budget_spent"))
    own = leased(max_cost=MicroUsd(5), allowance=MicroUsd(6))
    for item in (leased(), own):
        assert settlement_of(given, item).reason == "no_provider_answered"


def test_a_recalled_answer_was_paid_for_by_another_item():
    given = answered(Status.NOT_FOUND, outcome(OutcomeKind.NOT_FOUND, cost=MicroUsd(7)))
    item = leased()
    assert settlement_of(given, item).cost == 0
    assert settlement_of(given, replace(item, enrichment_id=given.id)).cost == 7


def test_what_caches_answered_is_counted():
    cached = outcome(OutcomeKind.FOUND, cached=CacheLevel.REDIS)
    twin = outcome(OutcomeKind.FOUND, cached=CacheLevel.TWIN)
    given = answered(Status.COMPLETE, cached, twin, outcome(OutcomeKind.FOUND))
    assert settlement_of(given, leased()).cache_hits == 2


@pytest.mark.parametrize("reason", ["no_permit", "overloaded", "books_unavailable"])
def test_who_had_no_time_is_asked_again(reason):
    given = answered(Status.PARTIAL, outcome(OutcomeKind.SKIPPED, reason))
    assert may_wait(given)
    assert not may_wait(answered(Status.PARTIAL, *given.outcomes, company=company()))


def test_a_provider_that_failed_is_no_reason_to_wait():
    assert not may_wait(answered(Status.PARTIAL, outcome(OutcomeKind.FAILED)))
