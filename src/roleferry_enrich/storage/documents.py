"""Domain dataclasses to and from the JSON that PostgreSQL stores, for every repository.

PostgreSQL can hold neither NUL nor half a surrogate pair, and text that once was a provider's
may bring either: they are dropped here, at the last door, so that no write fails on them.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

T = TypeVar("T")


def encode(value: object) -> str:
    """JSON text of dataclasses, mappings and plain values that PostgreSQL accepts as JSONB."""
    try:
        text = msgspec.json.encode(value, enc_hook=_plain)
    except UnicodeEncodeError:
        text = _encode_storable(value)
    # Also true of an escaped backslash before "u0000"; the slow path tells them apart.
    if b"\\u0000" in text:
        text = _encode_storable(value)
    return text.decode()


def read(document: object, kind: type[T]) -> T:
    """The dataclass that a stored JSON document was made from."""
    return msgspec.convert(document, kind)


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _encode_storable(value: object) -> bytes:
    return msgspec.json.encode(_cleaned(msgspec.to_builtins(value, enc_hook=_plain)))


def _cleaned(value: object) -> object:
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(name): _cleaned(member) for name, member in value.items()}
        case list() | tuple():
            return [_cleaned(member) for member in value]
        case _:
            return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be stored as JSON")
