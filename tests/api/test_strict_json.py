"""What is ordinary JSON is read as everybody reads it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.api.strict_json import printable, read_object

# No control characters and no surrogates: those are refused on purpose.
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]))
NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_ordinary_objects_read_as_they_were_written(document, ascii_only):
    written = json.dumps(document, ensure_ascii=ascii_only)
    assert read_object(written.encode()) == document


def test_nesting_to_the_limit_is_read():
    assert read_object(b'{"a":' * 32 + b"1" + b"}" * 32)


def test_many_brackets_side_by_side_are_read():
    assert read_object(b'{"a":[' + b"[]," * 100 + b"[]]}") == {"a": [[]] * 101}


def test_a_members_name_is_told_back_only_if_it_looks_like_one():
    assert printable("enrich_fields") == "enrich_fields"
    assert printable("maren@quillmere.test") == "(unreadable name)"
    assert printable("x" * 65) == "(unreadable name)"
