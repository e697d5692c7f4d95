"""Finds a person from whatever is known of them, and all else by which they are known here.

What is found is looked for again: a mailbox leads to a stored person, who has a profile, by
which another account knows the same person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import or_
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.records import ContactKind, GoldenPerson
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.patterns import patterns_of
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage import golden, tables
from roleferry_enrich.storage.identities import Subject
from roleferry_enrich.storage.searching import Place, Wanted, read_rows
from roleferry_enrich.storage.transactions import in_transaction

_IDENTITIES = Place(table=tables.identities, texts=("value",), ids=("subject_id",))
_POINTS = Place(table=tables.contact_points, texts=("value",))
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
        keys = await _keys(engine, account_id, stored)
        learned = known
        for someone, person in stored.items():
            theirs = traces.of_golden(person) | keys[someone[1]]
            # Whoever gives a number means who has it, whatever sort of number it is.
            if sought.are_of(traces.phones_of(person)) or known.are_of(theirs):
                people |= {someone}
                learned |= theirs
        if learned == known:
            break
        known = learned
    return StoredSubject(traces=known, people=people)


async def traces_of_stored(engine: AsyncEngine, account_id: UUID, person_id: UUID) -> Traces:
    """By what one stored person is known; nothing where there is no such one."""
    stored = await _stored(engine, [(account_id, person_id)])
    keys = await _keys(engine, account_id, stored)
    return reduce(or_, map(traces.of_golden, stored.values()), keys[person_id])


async def _candidates(
    engine: AsyncEngine, account_id: UUID | None, known: Traces
) -> frozenset[Someone]:
    wanted = Wanted(account_id=account_id, patterns=patterns_of(known))
    by_key = {
        (row.account_id, row.subject_id)
        async for row in read_rows(engine, _IDENTITIES, wanted)
        if row.subject == Subject.PERSON and known.are_of(traces.of_identity(row.kind, row.value))
    }
    by_point = {
        (row.account_id, row.person_id)
        async for row in read_rows(engine, _POINTS, wanted)
        if row.kind != ContactKind.EMAIL
    }
    return frozenset(by_key | by_point)


async def _stored(engine: AsyncEngine, people: Iterable[Someone]) -> Mapping[Someone, GoldenPerson]:
    by_account: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for account_id, person_id in people:
        by_account[account_id].append(person_id)

    async def work(connection: AsyncConnection) -> Mapping[Someone, GoldenPerson]:
        return {
            (account_id, person_id): person
            for account_id, ids in by_account.items()
            for person_id, person in (await golden.lock_people(connection, account_id, ids))[
                0
            ].items()
        }

    return await in_transaction(engine, work)


async def _keys(
    engine: AsyncEngine, account_id: UUID | None, people: Collection[Someone]
) -> Mapping[UUID, Traces]:
    """By what else they are recognised."""
    ids = {person_id for _, person_id in people}
    found: defaultdict[UUID, Traces] = defaultdict(Traces)
    if ids:
        wanted = Wanted(account_id=account_id, patterns=(), ids=ids)
        async for row in read_rows(engine, _IDENTITIES, wanted):
            found[row.subject_id] |= traces.of_identity(row.kind, row.value)
    return found
