"""What a call is charged: in full, by what came back, or nothing."""

from datetime import UTC, datetime

from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.replies import Reply


def _reply(status: int = 200, body: bytes = b'{"n": 3}') -> Reply:
    return Reply(status=status, body=body, received_at=datetime(2026, 11, 1, tzinfo=UTC))


def _three(reply: Reply) -> int:
    return reply.record().integer("n") or 0


def test_call_without_a_price_is_charged_nothing() -> None:
    assert Call.get("/x").charge(_reply()) == 0


def test_billed_call_is_charged_in_full_for_an_answer_alone() -> None:
    call = Call.get("/x").costing(2)

    assert call.charge(_reply()) == 2
    assert call.charge(_reply(status=404)) == 0


def test_call_billed_by_the_record_is_charged_for_those_that_came() -> None:
    call = Call.get("/x").costing_each(10, _three)

    assert call.charge(_reply()) == 3
    assert not call.repeatable


def test_charge_never_exceeds_what_the_call_could_cost() -> None:
    call = Call.get("/x").costing_each(2, _three)

    assert call.charge(_reply()) == 2
    assert call.charge(_reply(body=b'{"n": -4}')) == 0


def test_unreadable_answer_counts_as_charged_in_full() -> None:
    call = Call.get("/x").costing_each(10, _three)

    assert call.charge(_reply(body=b"<html>")) == 10
