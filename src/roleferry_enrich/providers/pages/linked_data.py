"""Reads JSON-LD as it is found: with comments, trailing commas, raw newlines and wrappers."""

import html
import json
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from roleferry_enrich.providers.pages.things import Thing, type_name
from roleferry_enrich.providers.pages.wording import tidy

_BLOCKS = "script[type*='ld+json' i]"
_OPENING = re.compile(r"<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[")
_CLOSING = re.compile(r"(?:-->|//[ \t]*\]\]>|/\*[ \t]*\]\]>[ \t]*\*/|\]\]>)$")
# A text, a comment or a comma before a closing bracket: of these only the text stays. Texts and
# comments that never end match too: else each quote in them would be looked at to the end.
_DIRT = re.compile(
    r'("[^"\\]*(?:\\.[^"\\]*)*"?)|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL
)
_MOST_BLOCKS = 50
_LONGEST_BLOCK = 500_000
_DEEPEST = 20
_MOST_VALUES = 1_000
_LONGEST_TEXT = 2_000


def linked_data(tree: LexborHTMLParser) -> tuple[Thing, ...]:
    """The things of every JSON-LD block that can be read at all."""
    blocks = tree.css(_BLOCKS)[:_MOST_BLOCKS]
    texts = (block.text() for block in blocks)
    documents = (doc for text in texts for doc in _documents(text[:_LONGEST_BLOCK]))
    return tuple(thing for document in documents for thing in _things(document, _DEEPEST))


def _documents(text: str) -> list[object]:
    """The JSON values of a block, tried as written, then cleaned, then without HTML escapes."""
    stripped = _unwrapped(text)
    cleaned = _DIRT.sub(lambda match: match[1] or "", stripped)
    # Twice: a comma followed by a comment ends in front of a bracket only once that is gone.
    cleaned = _DIRT.sub(lambda match: match[1] or "", cleaned)
    for candidate in (stripped, cleaned, html.unescape(cleaned)):
        documents = _parsed(candidate.strip())
        if documents is not None:
            return documents
    return []


def _unwrapped(text: str) -> str:
    """Without the comment or CDATA marks that once hid scripts from old browsers."""
    for _ in range(2):
        text = text.strip().rstrip("; \n")
        opening = _OPENING.match(text)
        text = _CLOSING.sub("", text[opening.end() :] if opening else text)
    return text.strip().rstrip(";")


def _parsed(text: str) -> list[object] | None:
    """One value or several after each other; None where it is not JSON."""
    decoder = json.JSONDecoder(strict=False)
    documents: list[object] = []
    at = 0
    try:
        while at < len(text):
            document, at = decoder.raw_decode(text, at)
            documents.append(document)
            while at < len(text) and text[at] in " \t\r\n,;":
                at += 1
    except (ValueError, RecursionError):
        return None
    return documents


def _things(value: object, depth: int) -> Iterator[Thing]:
    """The things at the top of a document: itself, its members, or those of its graph."""
    if depth == 0:
        return
    if isinstance(value, list):
        for member in value[:_MOST_VALUES]:
            yield from _things(member, depth - 1)
    elif isinstance(value, dict):
        if "@graph" in value:
            yield from _things(value["@graph"], depth - 1)
        if set(value) - {"@graph", "@context", "@id"}:
            yield _thing(value, depth - 1)


def _thing(members: dict[str, object], depth: int) -> Thing:
    types = members.get("@type", members.get("type"))
    identity = members.get("@id")
    return Thing(
        types=frozenset(type_name(t) for t in _listed(types) if isinstance(t, str)),
        properties={
            type_name(name): values
            for name, member in members.items()
            if not name.startswith("@") and (values := _values(member, depth))
        },
        identity=tidy(identity) if isinstance(identity, str) else None,
    )


def _values(member: object, depth: int) -> tuple[str | Thing, ...]:
    found: list[str | Thing] = []
    for value in _listed(member)[:_MOST_VALUES]:
        if isinstance(value, dict) and depth > 0:
            found.extend(_members_of(value, depth))
        elif isinstance(value, str) and (text := tidy(html.unescape(value[:_LONGEST_TEXT]))):
            found.append(text)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found.append(str(value)[:_LONGEST_TEXT])
    return tuple(found)


def _members_of(value: dict[str, object], depth: int) -> tuple[str | Thing, ...]:
    if "@value" in value:
        return _values(value["@value"], depth - 1)
    if "@list" in value:
        return _values(value["@list"], depth - 1)
    return (_thing(value, depth - 1),)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
