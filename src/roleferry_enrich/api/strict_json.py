"""Reads a JSON object from hostile bytes, and refuses what JSON parsers silently repair.

Parsers disagree on duplicate members, NaN, half surrogates and deep nesting; whatever we let
through would mean one thing here and another in PostgreSQL or at a provider.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import NoReturn

from roleferry_enrich.errors import Fault, InvalidQuery, MalformedBody

DEPTH_LIMIT = 32
_DIGITS_LIMIT = 19
"""A signed 64-bit integer; longer ones lose digits in half of all JSON readers."""
_FAULTS_LIMIT = 20
_BOM = b"\xef\xbb\xbf"
_BRACKETS_OUTSIDE_STRINGS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|([\[{])|([\]}])', re.DOTALL)
# Raw C0 characters are no JSON at all, so that only an escape can bring one.
_SUSPECT = re.compile(r"[\\\x7f-\x9f]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_READABLE_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def read_object(body: bytes) -> dict[str, object]:
    """The JSON object in these bytes. Raises MalformedBody, or InvalidQuery naming a field."""
    document = read_list_holder(body)
    if _SUSPECT.search(body.decode()):
        refuse_bad_characters(document)
    return document


def read_list_holder(body: bytes) -> dict[str, object]:
    """The same, but its texts may hold what `refuse_bad_characters` refuses.

    For an object that holds a list of what is judged one by one. Raises MalformedBody.
    """
    text = _decoded(body)
    if not text.strip():
        raise MalformedBody("the body is empty; a JSON object was expected")
    _refuse_depth(body)
    document = _parsed(text)
    if not isinstance(document, dict):
        raise MalformedBody("the body must be a JSON object")
    return document


def printable(name: str) -> str:
    """A member's name as it may be told back: what a caller wrote there may be a person's data."""
    return name if _READABLE_NAME.fullmatch(name) else "(unreadable name)"


def _decoded(body: bytes) -> str:
    if body.startswith(_BOM):
        raise MalformedBody("the body must be UTF-8 without a byte order mark")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        # Without `from`: the decoder's error holds the whole body.
        raise MalformedBody("the body must be UTF-8") from None


def _refuse_depth(body: bytes) -> None:
    """Before parsing, because a parser's stack is what deep nesting is aimed at."""
    if body.count(b"{") + body.count(b"[") <= DEPTH_LIMIT:
        return
    depth = 0
    for token in _BRACKETS_OUTSIDE_STRINGS.finditer(body):
        opens, closes = token.groups()
        depth += bool(opens) - bool(closes)
        if depth > DEPTH_LIMIT:
            raise MalformedBody(f"the body is nested deeper than {DEPTH_LIMIT} levels")


def _parsed(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_float=_finite,
            parse_int=_short_enough,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedBody(f"the body is not JSON: see {where}") from None


def _without_duplicates(members: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(members)
    if len(unique) != len(members):
        raise MalformedBody("a member occurs twice in one object")
    return unique


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedBody("a number is too large")
    return number


def _short_enough(digits: str) -> int:
    if len(digits) > _DIGITS_LIMIT:
        raise MalformedBody("a number is too large")
    return int(digits)


def _refuse_constant(_name: str) -> NoReturn:
    raise MalformedBody("NaN and Infinity are not JSON")


def refuse_bad_characters(document: dict[str, object]) -> None:
    """Raises MalformedBody, or InvalidQuery naming the fields."""
    faults: list[Fault] = []
    for path, text in _strings(document, ""):
        if _SURROGATE.search(text):
            raise MalformedBody("a string holds half of a surrogate pair")
        if _CONTROL.search(text) and len(faults) < _FAULTS_LIMIT:
            faults.append(Fault(path, "control_character", "must not hold control characters"))
    if faults:
        raise InvalidQuery("see `errors`", faults=tuple(faults))


def _strings(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in the document, names of members included, with the field it belongs to."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for position, entry in enumerate(value):
            yield from _strings(entry, f"{path}[{position}]")
    elif isinstance(value, dict):
        for name, member in value.items():
            field = f"{path}.{printable(name)}".lstrip(".")
            yield field, name
            yield from _strings(member, field)
