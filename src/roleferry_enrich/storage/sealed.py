"""Values and documents as columns keep them: sealed, or in clear where they are from before.

A sealed text begins with a word that no value begins with; a sealed document is an object with
the frame as its member `sealed`, and `of` whom it is, unless the ring itself sealed it. So both
kinds lie in one column, and rows can be sealed one by one while they are read.
"""

import binascii
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.storage.at_rest import AtRest, Key, SubjectKey, at_rest_of
from roleferry_enrich.storage.documents import encode, storable
from roleferry_enrich.storage.key_tables import subject_keys

_MARK = "sealed:"
CLAIM, HISTORY = "observations.claim", "field_history"
ITEM, REFERENCE = "job_items.request", "job_items.reference"
"""What the documents of these columns are bound to."""

_WRAPPED = select(subject_keys.c.subject_id, subject_keys.c.wrapped).where(
    subject_keys.c.account_id == bindparam("account_id", type_=Uuid),
    subject_keys.c.subject_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
)


def sealed_text(key: Key, name: str, text: str) -> str:
    return _MARK + _written(key.seal(name, storable(text).encode()))


def opened_text(key: Key | None, name: str, text: str) -> str | None:
    """None where there is no key to it any more."""
    if not is_sealed_text(text):
        return text
    plain = None if key is None else key.open(name, _read(text.removeprefix(_MARK)))
    return None if plain is None else plain.decode()


def is_sealed_text(text: str) -> bool:
    return text.startswith(_MARK)


def sealed_document(key: Key, name: str, value: object) -> Mapping[str, str]:
    frame = _written(key.seal(name, encode(value).encode()))
    if isinstance(key, SubjectKey):
        return {"sealed": frame, "of": key.name}
    return {"sealed": frame}


def is_sealed(document: object) -> bool:
    return isinstance(document, dict) and "sealed" in document


def subject_of(document: object) -> UUID | None:
    """Whose key opens a document; None for one in clear or of the ring."""
    if isinstance(document, dict) and "sealed" in document and "of" in document:
        return UUID(document["of"])
    return None


class SubjectKeys:
    """Those of some subjects of an account, and the ring."""

    def __init__(self, at_rest: AtRest, of: Mapping[UUID, SubjectKey]) -> None:
        self.at_rest = at_rest
        self.of = of
        self._named = {key.name: key for key in of.values()}

    # Any: JSON, which only `documents.read` makes something of.
    def opened(self, name: str, document: Any) -> Any:
        """The document as it was given; None where its subject's key is no more."""
        if not is_sealed(document):
            return document
        plain = self.plain(name, document)
        return None if plain is None else orjson.loads(plain)

    def plain(self, name: str, document: Mapping[str, str]) -> bytes | None:
        """The same of a sealed one, as JSON."""
        name_of_key = document.get("of")
        key = self.at_rest if name_of_key is None else self._named.get(name_of_key)
        return None if key is None else key.open(name, _read(document["sealed"]))


async def keys_of(
    connection: AsyncConnection, account_id: UUID, ids: Iterable[UUID]
) -> SubjectKeys:
    """Of whom of these there are keys. Raises KeyMissing."""
    at_rest = at_rest_of(connection)
    wanted = list(set(ids))
    if not wanted:
        return SubjectKeys(at_rest, {})
    rows = await connection.execute(_WRAPPED, {"account_id": account_id, "ids": wanted})
    return SubjectKeys(
        at_rest, unwrapped(at_rest, account_id, {row.subject_id: row.wrapped for row in rows})
    )


def unwrapped(
    at_rest: AtRest, account_id: UUID, wrapped: Mapping[UUID, bytes]
) -> Mapping[UUID, SubjectKey]:
    found = {each: at_rest.unwrapped(account_id, each, frame) for each, frame in wrapped.items()}
    return {each: key for each, key in found.items() if key is not None}


def _written(frame: bytes) -> str:
    return binascii.b2a_base64(frame, newline=False).decode()


def _read(text: str) -> bytes:
    """Empty, which no key opens, for what is no base64."""
    try:
        return binascii.a2b_base64(text)
    except binascii.Error:
        return b""
