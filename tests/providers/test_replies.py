"""Replies as no contract promised them: each odd member costs that member, an odd whole is told."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.replies import Record, Reply

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def reply(body: bytes = b"", **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=200, body=body, headers=names, received_at=NOW)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", timedelta(seconds=7)),
        (" 7 ", timedelta(seconds=7)),
        ("0", timedelta(0)),
        ("Sun, 01 Nov 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Sunday, 01-Nov-26 12:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 02 Nov 2026 12:00:00 GMT", HOUR),
        ("1000000000", HOUR),
        ("9" * 5_000, HOUR),
        ("-5", None),
        ("1e9", None),
        ("5.5", None),
        ("abc", None),
        ("", None),
        ("\uff17", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("Sun, 01 Nov 2026 12:00:30 -0000", None),
        ("Sun, 99 Nov 2026 12:00:30 GMT", None),
        ("Sun, 01 Nov 999999999999 12:00:30 GMT", None),
    ],
)
def test_h29_a_wait_is_read_capped_or_ignored(value: str, wait: timedelta | None) -> None:
    assert reply(retry_after=value).retry_after() == wait


@given(st.text() | st.from_regex(r"\w+, \d+ (Jan|Nov) \d+ \d+:\d+:\d+ ([A-Z]+|[+-]\d+)"))
def test_h29_no_header_breaks_its_reading(value: str) -> None:
    wait = reply(retry_after=value).retry_after()

    assert wait is None or timedelta(0) <= wait <= HOUR
    assert reply(x_reset=value).until("x-reset") in {None, HOUR}


def test_h29_no_wait_is_none() -> None:
    assert reply().retry_after() is None


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (str(int(NOW.timestamp()) + 40), timedelta(seconds=40)),
        (str(int(NOW.timestamp()) - 40), None),
        ("40", None),
        ("9" * 400, HOUR),
        ("-1", None),
        ("1e400", None),
        ("soon", None),
        ("", None),
    ],
)
def test_h29_a_reset_is_read_capped_or_ignored(value: str, left: timedelta | None) -> None:
    assert reply(x_reset=value).until("x-reset") == left


@pytest.mark.parametrize("odd", [None, 12, "text", {"a": 1}, [[{"name": "x"}]], [None, 3, "x"]])
def test_h26_an_odd_member_costs_that_member_only(odd: object) -> None:
    body = orjson.dumps({"people": odd, "number": odd, "name": "Orla", "staff": [{"n": "1"}]})
    record = reply(body).record()

    assert record.records("people") == ()
    assert record.text("name") == "Orla"
    assert [row.integer("n") for row in record.records("staff")] == [1]


@pytest.mark.parametrize(
    ("value", "number"),
    [("12.5", 12.5), (" 7 ", 7.0), ("7 of 9", None), ("nan", None), ("1e999", None), (True, None)],
)
def test_h26_a_number_in_words_is_read_where_it_is_one(value: object, number: float | None) -> None:
    assert Record({"n": value}).number("n") == number


def test_h26_what_lies_deeper_than_promised_is_absent() -> None:
    record = Record({"data": {"data": {"name": "Orla"}}, "domain": "quillmere.test"})

    assert record.text("data", "name") is None
    assert record.text("domain") == "quillmere.test"
    assert record.text("domain", "name") is None


def test_h26_of_a_crowd_a_thousand_are_read() -> None:
    rows = [{"n": n} for n in range(3_000)]
    record = reply(orjson.dumps({"people": rows, "tags": ["x"] * 3_000, "name": "Orla"})).record()

    assert [row.integer("n") for row in record.records("people")] == list(range(1_000))
    assert len(record.texts("tags")) == 1_000
    assert record.text("name") == "Orla"


def test_h26_a_text_of_five_megabytes_is_cut() -> None:
    record = reply(orjson.dumps({"bio": "x" * 5_000_000, "name": "Orla"})).record()

    assert record.text("bio") == "x" * 10_000
    assert record.text("name") == "Orla"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"n": NaN}',
        b'{"n": 1e',
        b'"text"',
        b"\xff\xfe{\x00}\x00",
        b'{"name": "\xed\xa0\x80"}',
    ],
    ids=["unclosed", "deep", "NaN", "cut off", "text", "UTF-16", "surrogate"],
)
def test_h25_what_cannot_be_read_as_a_whole_is_a_changed_contract(body: bytes) -> None:
    with pytest.raises(ProviderContractChanged):
        reply(body).record()
