"""The report sees what it is there to see: each promise, once broken, is named."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.chaos.faults import Kind, drawn
from tests.chaos.owner import cut
from tests.chaos.report import Evidence, Report
from tests.chaos.witness import Findings

FINDINGS = Findings(
    settled_twice=0,
    bought_again=0,
    worth=2,
    charged=2,
    lost=0,
    cost=2,
    told=2,
    unbalanced=0,
    credits=2,
    deaths=((108.5, 112.5),),
    settled_at=(99.0, 104.0, 113.0),
)
KEPT = Evidence(
    seed=1,
    seconds=10,
    attempted=frozenset("abc"),
    accepted=frozenset("ab"),
    jobs=frozenset({"one"}),
    found=Counter("ab"),
    found_jobs=frozenset({"one"}),
    states={"done": 2},
    reasons={},
    findings=FINDINGS,
    unended=0,
    fenced=0,
    paid_calls=2,
    faults=((90.0, Kind.KILL_WORKER), (101.0, Kind.KILL_WORKER), (103.0, Kind.FLUSH)),
    idle=(),
    fell_over=(),
    unclean=(),
)
BREACHES = {
    "no accepted item is lost": {"found": Counter("a")},
    "no item has two results": {"found": Counter("aab")},
    "nothing comes out that nobody put in": {"found": Counter("abz")},
    "nothing is charged twice": {"findings": replace(FINDINGS, bought_again=1)},
    "the ledger of credits adds up": {"findings": replace(FINDINGS, unbalanced=1)},
    "no item is charged twice in credits": {"findings": replace(FINDINGS, credits=3)},
    "what was not interrupted is not paid for again": {"paid_calls": 4},
    "every item reaches an end": {"unended": 1},
    "nobody dies of another's death": {"states": {"done": 1, "dead": 1}},
    "no process falls over": {"fell_over": ("worker-0 ended with 1",)},
    "who is told to stop stops": {"unclean": ("worker-0 told to stop ended with 1",)},
}


def test_a_run_that_kept_its_promises_says_so() -> None:
    report = Report(KEPT)
    assert report.broken() == []
    assert list(report.lines())[-1] == "ok; again with --seed 1"


@pytest.mark.parametrize("promise", BREACHES)
def test_a_broken_promise_is_named(promise: str) -> None:
    report = Report(replace(KEPT, **BREACHES[promise]))
    assert report.broken() == [promise]
    assert f"BROKEN: {promise}" in list(report.lines())


def test_a_job_that_vanished_whole_is_lost_too() -> None:
    assert Report(replace(KEPT, found_jobs=frozenset())).lost == 1


def test_two_results_count_whether_the_owner_or_the_database_saw_them() -> None:
    assert Report(replace(KEPT, findings=replace(FINDINGS, settled_twice=1))).duplicated == 1


def test_an_answer_that_nobody_gave_is_charged_twice() -> None:
    assert Report(replace(KEPT, findings=replace(FINDINGS, charged=3))).double_charged == 1


def test_what_came_without_a_202_is_recovered() -> None:
    assert Report(replace(KEPT, found=Counter("abc"))).recovered == 1


def test_an_item_was_run_again_since_the_kill_that_its_lease_survived() -> None:
    assert Report(KEPT).recovery_s() == [11.5]


def test_a_time_in_which_nobody_could_work_is_told_apart() -> None:
    report = Report(replace(KEPT, idle=((99.0, 101.5), (103.25, 103.75), (112.0, 120.0))))
    assert report.recovery_s() == [11.5]
    assert report.recovery_able_s() == [10.0]
    assert report.resumed_s(Kind.FLUSH) == [0.5]


def test_a_bar_that_is_missed_is_named_and_breaks_no_promise() -> None:
    assert Report(KEPT).missed() == []
    late = replace(FINDINGS, deaths=((108.5, 117.0),), settled_at=(99.0, 108.5))
    missing = Report(replace(KEPT, findings=late, paid_calls=3))
    assert missing.missed() == [
        "paid calls that are repeated: 50.0%, bar 5%",
        "re-run after a kill or stop: p99 16.0 s, bar 15 s",
        "after FLUSHALL: p99 5.5 s, bar 5 s",
    ]
    assert missing.broken() == []


def test_work_went_on_with_the_next_result() -> None:
    assert Report(KEPT).resumed_s(Kind.FLUSH) == [1.0]


def test_a_seed_draws_one_sequence_with_every_kind_of_fault_first() -> None:
    faults = drawn(5, 40, gap_s=1.0)
    assert faults == drawn(5, 40, gap_s=1.0)
    assert faults != drawn(6, 40, gap_s=1.0)
    assert {fault.kind for fault in faults[: len(Kind)]} == set(Kind)


def test_batches_hold_every_address_once() -> None:
    addresses = [str(number) for number in range(1000)]
    batches = cut(addresses, random.Random(3))
    assert [address for batch in batches for address in batch] == addresses
