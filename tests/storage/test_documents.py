"""Dataclasses as JSON that PostgreSQL can hold."""

from types import MappingProxyType

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.storage.examples import said

from roleferry_enrich.domain.enrichments import Goal, Options, Request
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import FieldValue
from roleferry_enrich.storage.documents import encode, read, storable

# Surrogates and NUL included.
anything = st.text(st.characters())


@given(st.recursive(anything, lambda inner: st.lists(inner) | st.dictionaries(anything, inner)))
def test_encoded_document_never_holds_what_postgresql_refuses(document) -> None:
    read_back = orjson.loads(encode(document))
    assert "\0" not in str(read_back)


@given(anything)
def test_storable_is_idempotent_and_encodable(text) -> None:
    cleaned = storable(text)
    assert storable(cleaned) == cleaned
    cleaned.encode()
    assert "\0" not in cleaned


@pytest.mark.parametrize("text", ["\\u0000", "a\\", "\\\\u0000", "\u2028"])
def test_text_about_escapes_is_left_alone(text) -> None:
    assert orjson.loads(encode(text)) == text


def test_value_reads_back_with_its_type() -> None:
    value = said(("steam", "brass"))
    assert read(orjson.loads(encode(value)), FieldValue) == value


def test_read_only_mapping_is_an_object() -> None:
    assert encode(MappingProxyType({"a": 1})) == '{"a":1}'


def test_unknown_type_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        encode(object())


def test_a_request_remembers_that_its_key_is_shown_nothing_personal() -> None:
    asked = Request(goal=Goal.PERSON, keys=Keys(), options=Options(shows_personal=False))
    assert read(orjson.loads(encode(asked)), Request) == asked
    # One from before, which did not say it, was charged for all.
    former = orjson.loads(encode(asked))
    del former["options"]["shows_personal"]
    assert read(former, Request).options.shows_personal
