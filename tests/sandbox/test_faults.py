import pytest

from roleferry_enrich.sandbox.dice import dice_for
from roleferry_enrich.sandbox.faults import FaultKind, FaultPlan, planned, wished


@pytest.fixture
def plan() -> FaultPlan:
    return FaultPlan(dice_for("test"))


def test_planned_fault_hits_so_many_calls_and_is_gone(plan):
    plan.plan("apollo", planned(FaultKind.HTML, left=2))

    drawn = [plan.draw("apollo", None) for _ in range(4)]

    assert [fault and fault.kind for fault in drawn] == [FaultKind.HTML, FaultKind.HTML, None, None]
    assert plan.planned == {}


def test_fault_hits_its_share_of_the_calls(plan):
    plan.plan("apollo", planned(FaultKind.EMPTY, rate=0.3))

    hit = sum(plan.draw("apollo", None) is not None for _ in range(1_000))

    assert 230 < hit < 370


def test_own_fault_comes_before_the_one_for_every_provider(plan):
    plan.plan("*", planned(FaultKind.HTML))
    plan.plan("apollo", planned(FaultKind.EMPTY))

    assert plan.draw("apollo", None).kind is FaultKind.EMPTY
    assert plan.draw("hunter", None).kind is FaultKind.HTML


def test_wish_of_a_call_comes_first_and_spends_nothing(plan):
    plan.plan("apollo", planned(FaultKind.EMPTY, left=1))

    assert plan.draw("apollo", "slow;seconds=0.5") == planned(FaultKind.SLOW, 0.5)
    assert plan.draw("apollo", None).kind is FaultKind.EMPTY


def test_cleared_faults_are_gone(plan):
    for provider in ("apollo", "hunter", "clearbit"):
        plan.plan(provider, planned(FaultKind.HTML))

    plan.clear("apollo")
    assert set(plan.planned) == {"hunter", "clearbit"}
    plan.clear(None)
    assert plan.planned == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not a valid FaultKind"),
        ("nonsense", "is not a valid FaultKind"),
        ("slow;seconds=soon", "could not convert"),
    ],
)
def test_unreadable_wish_is_an_error(text, reason):
    with pytest.raises(ValueError, match=reason):
        wished(text)


def test_kinds_have_their_usual_seconds():
    assert planned(FaultKind.SLOW).seconds == 3
    assert wished("429").seconds == 2
    assert wished("html").seconds == 0
