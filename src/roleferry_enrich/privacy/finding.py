"""Finds a person from whatever is known of them, and all else by which they are known here.

What is found is looked for again: a mailbox leads to a stored person, who has a profile, by
which another account knows the same person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.patterns import patterns_of
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage import golden, identities, tables
from roleferry_enrich.storage.at_rest import AtRest, at_rest_of
from roleferry_enrich.storage.companies import companies_of
from roleferry_enrich.storage.identities import Identity, Subject
from roleferry_enrich.storage.searching import Place, Wanted, read_rows
from roleferry_enrich.storage.sourced import read_company, read_person
from roleferry_enrich.storage.transactions import in_transaction

_IDENTITIES = Place(table=tables.identities, digests=("value",))
_POINTS = Place(table=tables.contact_points, texts=("value",))
_PEOPLE = Place(table=tables.people, texts=("full_name",))
_ANSWERS = Place(table=tables.enrichments, ids=("person_id",))
_MOST_ROUNDS = 5
Someone = tuple[UUID, UUID]
"""An account's id, and that of a person in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSubject:
    """One person as stored here."""

    traces: Traces
    people: frozenset[Someone]


async def find_subject(
    engine: AsyncEngine, account_id: UUID | None, sought: Traces
) -> StoredSubject:
    """Of one account, or of all where there is none."""
    known, people = sought, frozenset[Someone]()
    for _ in range(_MOST_ROUNDS):
        maybe = await _candidates(engine, account_id, known)
        stored = await _stored(engine, maybe - people)
        learned = known
        for someone, them in stored.items():
            # Whoever gives a number means who has it, whatever sort of number it is.
            if sought.are_of(them.phones) or known.are_of(them.traces):
                people |= {someone}
                learned |= them.traces
        if learned == known:
            break
        known = learned
    return StoredSubject(traces=known, people=people)


async def traces_of_stored(engine: AsyncEngine, account_id: UUID, person_id: UUID) -> Traces:
    """By what one stored person is known; nothing where there is no such one."""
    someone = account_id, person_id
    stored = await _stored(engine, [someone])
    return stored[someone].traces if stored else Traces()


def digests_of(known: Traces, at_rest: AtRest) -> frozenset[str]:
    """Those by which the same person may be recognised, as `storage/identities.py` writes them."""
    spelt = {it.written or it.value for it in known.forms if it.kind == "email"}
    spelt |= known.values("email")
    keys = {identities.of_mailbox(address) for address in spelt}
    for profile in known.values("profile"):
        keys.update(identities.of_person_claim(PersonClaim(linkedin_url=profile)))
    for form in known.forms:
        if form.kind.startswith("name_"):
            employer = form.value.partition("|")[2]
            said = (f"{name}|{employer}" for name in known.names)
            keys.update(Identity(Subject.PERSON, form.kind, each) for each in said)
    return frozenset(at_rest.blind(key.kind, key.value) for key in keys)


async def _candidates(
    engine: AsyncEngine, account_id: UUID | None, known: Traces
) -> frozenset[Someone]:
    wanted = Wanted(
        account_id=account_id,
        patterns=patterns_of(known),
        digests=digests_of(known, at_rest_of(engine)),
    )
    by_key = {
        (row.account_id, row.subject_id)
        async for row in read_rows(engine, _IDENTITIES, wanted)
        if row.subject == Subject.PERSON
    }
    by_point = {(row.account_id, row.person_id) async for row in read_rows(engine, _POINTS, wanted)}
    by_name = {(row.account_id, row.id) async for row in read_rows(engine, _PEOPLE, wanted)}
    return frozenset(by_key | by_point | by_name)


@dataclass(frozen=True, slots=True)
class _Known:
    traces: Traces
    phones: Traces


async def _stored(engine: AsyncEngine, people: Iterable[Someone]) -> Mapping[Someone, _Known]:
    by_account: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for account_id, person_id in people:
        by_account[account_id].append(person_id)
    found: dict[Someone, _Known] = {}
    for account_id, ids in by_account.items():
        read = partial(_read, account_id, ids)
        told = await _told(engine, account_id, ids)
        for person_id, known in (await in_transaction(engine, read)).items():
            found[account_id, person_id] = _Known(known.traces | told[person_id], known.phones)
    return found


async def _read(
    account_id: UUID, ids: Sequence[UUID], connection: AsyncConnection
) -> Mapping[UUID, _Known]:
    """Those among them that are stored, with where they work."""
    stored, _ = await golden.lock_people(connection, account_id, ids)
    table = tables.people.c
    mine = table.account_id == account_id, table.id == any_(literal(list(ids), ARRAY(Uuid)))
    works_at = (await connection.execute(select(table.id, table.company_id).where(*mine))).all()
    employers = {row.id: row.company_id for row in works_at if row.company_id is not None}
    known = await companies_of(connection, account_id, set(employers.values()))
    return {
        person_id: _Known(
            traces.of_golden(person, known.get(employers.get(person_id, person_id))),
            traces.phones_of(person),
        )
        for person_id, person in stored.items()
    }


async def _told(
    engine: AsyncEngine, account_id: UUID, ids: Collection[UUID]
) -> Mapping[UUID, Traces]:
    """By what else they were known when an answer told of them: an employer of then, a mailbox."""
    found: defaultdict[UUID, Traces] = defaultdict(Traces)
    wanted = Wanted(account_id=account_id, patterns=(), ids=ids)
    async for row in read_rows(engine, _ANSWERS, wanted):
        person, company = row.result["person"], row.result["company"]
        lists = row.result.get("sources")
        if person is not None:
            employer = None if company is None else read_company(company, lists)
            found[row.person_id] |= traces.of_golden(read_person(person, lists), employer)
    return found
