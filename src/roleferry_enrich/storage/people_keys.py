"""The keys of an enrichment's people, and their parts of its document sealed under them.

What a document says of no person (the company, whom we asked, what it cost) stays in clear: it is
counted and searched by the database. A person's part is under that person's key alone, so that of
an answer about a whole board one member can be shredded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.at_rest import AtRest, Key, SubjectKey
from roleferry_enrich.storage.sealed import (
    SubjectKeys,
    is_sealed,
    keys_of,
    sealed_document,
    subject_of,
)
from roleferry_enrich.storage.sourced import Document, enrichment_document, read_enrichment

_REQUEST, _PERSON = "enrichments.request", "enrichments.result"
_EMAIL = "email"
_OF = "of"


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """The key of each of an enrichment's people, and the rows of those that are new."""

    at_rest: AtRest
    of: Mapping[UUID, SubjectKey]
    rows: Sequence[bulk.Row]

    def key_of(self, person_id: UUID | None) -> Key:
        """The ring, for what is nobody's as far as we know."""
        return self.at_rest if person_id is None else self.of.get(person_id, self.at_rest)


def keys_for(account_id: UUID, people: Iterable[UUID], stored: SubjectKeys) -> PeopleKeys:
    """Those that are stored, and new ones for who has none."""
    at_rest, of, rows = stored.at_rest, dict(stored.of), []
    for person_id in people:
        if person_id not in of:
            of[person_id], wrapped = at_rest.new_key(account_id, person_id)
            row = {"account_id": account_id, "subject_id": person_id}
            rows.append({**row, "wrapped": "\\x" + wrapped.hex()})
    return PeopleKeys(at_rest, of, rows)


def sealed_enrichment(
    enrichment: Enrichment, executive_ids: Sequence[UUID], keys: PeopleKeys
) -> tuple[Document, Document]:
    """The columns `request` and `result`.

    Beside the sealed request stands what a webhook may name it by.
    """
    document = enrichment_document(enrichment)
    key = keys.key_of(enrichment.person_id)
    asked = enrichment.request.keys
    executives = zip(executive_ids, document["executives"], strict=True)
    return _sealed(
        {
            **document,
            "executives": [
                sealed_document(keys.key_of(each), _PERSON, person) for each, person in executives
            ],
        },
        key,
        {"email": blind_email(keys.at_rest, asked.email), "domain": asked.domain},
    )


def blind_email(at_rest: AtRest, email: str | None) -> str | None:
    """By what a webhook names whom it is about."""
    return email and at_rest.blind(_EMAIL, email.lower())


def sealed_anew(document: Document, key: Key, keys: SubjectKeys) -> Mapping[str, object]:
    """The columns of one that was stored: in clear, or by a key of the ring.

    Whose the executives are who were stored in clear is not known: they are the ring's.
    """
    request = keys.opened(_REQUEST, document["request"])
    person = document["person"] and keys.opened(_PERSON, document["person"])
    if request is None:
        return {"request": document["request"], "result": document}
    named = _named(request["keys"], keys.at_rest)
    executives = [
        each
        if subject_of(each) is not None
        else sealed_document(keys.at_rest, _PERSON, keys.opened(_PERSON, each))
        for each in document["executives"]
    ]
    plain = {**document, "request": request, "person": person, "executives": executives}
    columns = _sealed(plain, key, named)
    return {"request": columns[0], "result": columns[1]}


def _sealed(
    document: Document, key: Key, named: Mapping[str, str | None]
) -> tuple[Document, Document]:
    """With executives that are sealed already."""
    request = sealed_document(key, _REQUEST, document["request"])
    person = document["person"] and sealed_document(key, _PERSON, document["person"])
    return {**request, **named}, {**document, "request": request, "person": person}


async def read_enrichments(
    connection: AsyncConnection, account_id: UUID, documents: Sequence[Document | None]
) -> list[Enrichment | None]:
    """Each as it was stored, without executives who were shredded.

    None for none, and for one whose own person was shredded.
    """
    owners = {owner for each in documents if each for owner in subjects_of(each)}
    keys = await keys_of(connection, account_id, owners)
    return [None if each is None else _opened(each, keys) for each in documents]


def subjects_of(document: Document) -> set[UUID]:
    """Whose keys open an enrichment's document."""
    owners = {subject_of(part) for part in _parts(document)}
    return {owner for owner in owners if owner is not None}


def opened_document(document: Document, keys: SubjectKeys) -> Document | None:
    """As it was before it was sealed, without executives who were shredded.

    Each who is left tells as `of` whose key they are under. None where its own person was shredded.
    """
    request = keys.opened(_REQUEST, document["request"])
    person = document["person"] and keys.opened(_PERSON, document["person"])
    if request is None or (person is None) is not (document["person"] is None):
        return None
    executives = [(subject_of(it), keys.opened(_PERSON, it)) for it in document["executives"]]
    known = [{**each, _OF: str(owner)} if owner else each for owner, each in executives if each]
    return {**document, "request": request, "person": person, "executives": known}


def sealed_again(stored: Document, opened: Document, keys: SubjectKeys) -> Mapping[str, Document]:
    """The columns of one that was opened and changed: each part as it was stored, or in clear."""
    if not is_sealed(stored["request"]):
        return {"request": opened["request"], "result": opened}
    owner = subject_of(stored["request"])
    key: Key = keys.at_rest if owner is None else keys.of[owner]
    executives = [_executive_again(each, keys) for each in opened["executives"]]
    named = _named(opened["request"]["keys"], keys.at_rest)
    columns = _sealed({**opened, "executives": executives}, key, named)
    return {"request": columns[0], "result": columns[1]}


def _executive_again(opened: Document, keys: SubjectKeys) -> Mapping[str, str]:
    plain = {name: value for name, value in opened.items() if name != _OF}
    key: Key = keys.of[UUID(opened[_OF])] if _OF in opened else keys.at_rest
    return sealed_document(key, _PERSON, plain)


def _parts(document: Document) -> Sequence[object]:
    return (document["request"], document["person"], *document["executives"])


def _opened(document: Document, keys: SubjectKeys) -> Enrichment | None:
    opened = opened_document(document, keys)
    return None if opened is None else read_enrichment(opened)


def _named(asked: Mapping[str, str | None], at_rest: AtRest) -> Mapping[str, str | None]:
    return {"email": blind_email(at_rest, asked.get("email")), "domain": asked.get("domain")}
