"""How calls to Explorium travel together: matches as rows of one, enrichments as ids of one.

A match answers in the order asked and repeats each row; an enrichment of many names each record's
id. Neither costs more than its calls would have alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import orjson

from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.gathering import Group, Sharing
from roleferry_enrich.providers.replies import Record, Reply

_MOST = 50
Row = frozenset[tuple[str, str]]


def matches(subjects: str) -> Sharing:
    """For `businesses` or `prospects`."""
    asked, answered = f"{subjects}_to_match", f"matched_{subjects}"

    def join(calls: Sequence[Call]) -> Call:
        return Call.post(calls[0].path, {asked: [_row(call, asked) for call in calls]})

    def split(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply]:
        body = _body(reply, answered)
        wanted = [_known(_row(call, asked)) for call in calls]
        rows = _in_order(body.value(answered), wanted)
        return [_alone(reply, body, {answered: [row]}) for row in rows]

    return Sharing(kind=f"match {subjects}", group=Group(most=_MOST), join=join, split=split)


def enrichments(kind: str, identity: str) -> Sharing:
    """For one kind of facts, asked by an id of that name."""

    def join(calls: Sequence[Call]) -> Call:
        one = calls[0]
        same = {name: value for name, value in _json(one).items() if name != identity}
        ids = [_json(call)[identity] for call in calls]
        call = Call.post(f"/v1/{kind}/bulk_enrich", {f"{identity}s": ids, **same})
        priced = replace(call, headers=one.headers)
        return priced.costing_each(
            len(calls) * one.credits, lambda reply: _credits(reply, one.credits)
        )

    def split(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply]:
        body = _body(reply, "data")
        found = {row.text(identity): row.value("data") for row in body.records("data")}
        ids = [str(_json(call)[identity]) for call in calls]
        if body.value("data") and found.keys().isdisjoint(ids):
            raise ProviderContractChanged("no record of any that was asked for")
        return [_alone(reply, body, {"data": found.get(each), "entity_id": each}) for each in ids]

    return Sharing(kind=kind, group=Group(most=_MOST), join=join, split=split)


def _credits(reply: Reply, each: int) -> int:
    """As `credit_usage` says; left out, each record with something in it counts."""
    body = reply.record()
    if reply.status != 200 or body.text("response_context", "request_status") == "failure":
        return 0
    said = body.number("credit_usage", "total_credits")
    if said is not None:
        return math.ceil(said)
    return each * sum(bool(row.record("data")) for row in body.records("data"))


def _body(reply: Reply, rows: str) -> Record:
    body = reply.record()
    body.require("response_context")
    body.require(rows)
    return body


def _in_order(rows: object, wanted: Sequence[Row]) -> Sequence[object]:
    """The rows of an answer by what they repeat of the question; by their places if they do not."""
    found = rows if isinstance(rows, list) else []
    repeated = {_known(row.get("input")): row for row in found if isinstance(row, dict)}
    if all(row in repeated for row in wanted):
        return [repeated[row] for row in wanted]
    if len(found) != len(wanted) or any(
        repeated.get(asked, row) is not row for asked, row in zip(wanted, found, strict=True)
    ):
        raise ProviderContractChanged("not one row for each that was asked, in their order")
    return found


def _known(row: object) -> Row:
    members = row.items() if isinstance(row, dict) else ()
    return frozenset((name, str(value)) for name, value in members if value is not None)


def _row(call: Call, member: str) -> object:
    rows = _json(call)[member]
    assert isinstance(rows, list)
    (row,) = rows
    return row


def _json(call: Call) -> Mapping[str, object]:
    assert isinstance(call.json, dict)
    return call.json


def _alone(reply: Reply, body: Record, members: Mapping[str, object]) -> Reply:
    """The reply one of them would have had."""
    shown = {"response_context": body.value("response_context"), **members}
    return replace(reply, body=orjson.dumps(shown))
