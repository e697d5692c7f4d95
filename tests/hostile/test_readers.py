"""Whatever bytes come to what reads them: an answer or a refusal of ours, nothing else.

`make fuzz` looks at fifty times as many. Keys and cursors are tried where they are tested.
"""

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from roleferry_enrich.api.batch_rows import csv_rows, json_rows, ndjson_rows
from roleferry_enrich.api.bodies import media_type_of
from roleferry_enrich.api.idempotency import key_of
from roleferry_enrich.api.strict_json import read_object
from roleferry_enrich.errors import RequestRefused
from roleferry_enrich.normalise.profiles import parse_profile_url

TEXTS = st.text(max_size=20) | st.sampled_from(["\0", "\ud800", "=1+1", "\u202e", "x" * 5_000])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
# What JSON is made of, put together without sense.
JSON_PARTS = st.lists(
    st.sampled_from(
        [
            *(b"{", b"}", b"[", b"]", b",", b":", b'"', b'"a"', b"\\u0000", b"\\ud800", b"1", b"-"),
            *(b"1e400", b"NaN", b"null", b"true", b" ", b"\n", b"\xff", b"\xef\xbb\xbf", b"\0"),
        ]
    ),
    max_size=30,
).map(b"".join)
TABLE_PARTS = st.lists(
    st.sampled_from(
        [
            *(b"email", b"name", b"company", b",", b";", b"\t", b'"', b"\r\n", b"\n", b"\r", b"=1"),
            *(b"maren@quillmere.test", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b" "),
        ]
    ),
    max_size=40,
).map(b"".join)
BYTES = st.binary(max_size=200) | JSON_PARTS | TABLE_PARTS
many = settings(max_examples=examples(50))


def refused(read, *sent) -> bool:
    """Whether it was refused; any other error is the test's."""
    try:
        read(*sent)
    except RequestRefused:
        return True
    return False


@many
@given(BYTES)
@example(b'{"a":1e999}')
def test_h01_what_is_read_as_json_is_json_to_others(body):
    if not refused(read_object, body):
        assert orjson.loads(body) == read_object(body)


@many
@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_h06_a_document_of_any_kind_is_read_or_refused(document):
    try:
        body = orjson.dumps(document)
    except orjson.JSONEncodeError:  # half a surrogate pair, or too large a number
        return
    refused(read_object, body)


@pytest.mark.parametrize("read", [json_rows, ndjson_rows, lambda body: csv_rows(body, {})])
@many
@given(BYTES)
def test_h07_any_bytes_are_rows_or_refused(read, body):
    refused(read, body)


@many
@given(st.lists(VALUES, max_size=5))
def test_h06_any_items_are_judged_one_by_one(items):
    try:
        body = b"\n".join(orjson.dumps(item) for item in items)
    except orjson.JSONEncodeError:
        return
    if not refused(ndjson_rows, body):
        assert len(ndjson_rows(body).rows) <= len(items)


@many
@given(st.text(max_size=300))
@example('"')
@example('""')
def test_h14_any_idempotency_key_is_a_word_or_refused(header):
    if not refused(key_of, header):
        assert key_of(header).isascii()
        assert key_of(header).isprintable()


@many
@given(st.text(max_size=80))
def test_h07_any_media_type_is_one_of_ours_or_refused(header):
    headers = {"content-type": header}
    if not refused(media_type_of, headers, ("application/json",)):
        assert header.lower().lstrip().startswith("application/json")


HOSTS = st.sampled_from(["linkedin.com/in/", "x.com/", "facebook.com/", "github.com/", "//", ""])
SCHEMES = st.sampled_from(["https://", "http://", "javascript:", "https://www.", "//", ""])


@many
@given(SCHEMES, HOSTS, st.text(max_size=60))
def test_h11_any_profile_is_one_form_or_none(scheme, host, rest):
    found = parse_profile_url(scheme + host + rest)
    if found is not None:
        assert parse_profile_url(found) == found
        assert "\n" not in found
