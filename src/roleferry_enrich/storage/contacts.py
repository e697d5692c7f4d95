"""Reads the stored people of an account: one, a page of them, and what has changed about one."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, cast, literal, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.records import Confidence, ContactKind, Value
from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.storage.at_rest import AtRest, at_rest_of
from roleferry_enrich.storage.contact_points import known_of
from roleferry_enrich.storage.cursors import Moment, Number, check_limit
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.golden import AnyRow, person_fields, words
from roleferry_enrich.storage.identities import Subject
from roleferry_enrich.storage.sealed import HISTORY, SubjectKeys, keys_of
from roleferry_enrich.storage.tables import contact_points, field_history, people
from roleferry_enrich.storage.transactions import in_transaction

_MOST_QUERY_WORDS = 10


class ContactRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self,
        account_id: UUID,
        *,
        after: str | None = None,
        limit: int = 100,
        company_id: UUID | None = None,
        query: str | None = None,
    ) -> Page[StoredContact]:
        """Newest first. `query`: beginnings of words in the name, title or company, or an address.

        Raises InvalidQuery for a cursor that is not this list's and for a limit beyond 100.
        """
        check_limit(limit)
        everyone = select(people).where(people.c.account_id == account_id)
        if company_id is not None:
            everyone = everyone.where(people.c.company_id == company_id)
        everyone = _newest_first(everyone, after).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[StoredContact]:
            wanted = _matching(everyone, query, at_rest_of(connection))
            rows = (await connection.execute(wanted)).all()
            more = len(rows) > limit
            last = rows[limit - 1] if more else None
            return Page(
                items=await _contacts(connection, account_id, rows[:limit]),
                next=Moment(last.created_at, last.id).cursor() if last else None,
            )

        page = await in_transaction(self._engine, work)
        shown = tuple(each for each in page.items if self.may_be_shown(account_id, each))
        return replace(page, items=shown)

    async def of_company(
        self, account_id: UUID, company_id: UUID, *, after: str | None = None, limit: int = 100
    ) -> Page[StoredContact]:
        return await self.page(account_id, company_id=company_id, after=after, limit=limit)

    async def get(self, account_id: UUID, contact_id: UUID) -> StoredContact | None:
        statement = select(people).where(
            people.c.account_id == account_id, people.c.id == contact_id
        )

        async def work(connection: AsyncConnection) -> StoredContact | None:
            rows = (await connection.execute(statement)).all()
            return next(iter(await _contacts(connection, account_id, rows)), None)

        contact = await in_transaction(self._engine, work)
        return contact if contact and self.may_be_shown(account_id, contact) else None

    def may_be_shown(self, account_id: UUID, contact: StoredContact) -> bool:  # noqa: ARG002
        """Of whom nothing may be said is as if they were not there."""
        return True

    async def history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None = None, limit: int = 100
    ) -> Page[FieldChange]:
        """What has changed about one person, latest first."""
        check_limit(limit)
        change = field_history.c
        statement = select(field_history).where(
            change.account_id == account_id,
            change.subject_id == contact_id,
            change.subject == Subject.PERSON,
        )
        if after is not None:
            statement = statement.where(change.id < Number.of(after).value)
        statement = statement.order_by(change.id.desc()).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[FieldChange]:
            rows = (await connection.execute(statement)).all()
            more = len(rows) > limit
            keys = await keys_of(connection, account_id, {contact_id} if rows else ())
            return Page(
                items=tuple(found for row in rows[:limit] if (found := _change(row, keys))),
                next=Number(rows[limit - 1].id).cursor() if more else None,
            )

        return await in_transaction(self._engine, work)


def _matching(
    statement: Select[*tuple[object, ...]], query: str | None, at_rest: AtRest
) -> Select[*tuple[object, ...]]:
    if query is None:
        return statement
    address = parse_email(query) if "@" in query else None
    if address is not None:
        point = contact_points.c
        having = (
            select(point.person_id)
            .where(point.account_id == people.c.account_id, point.kind == ContactKind.EMAIL)
            .where(point.digest == at_rest.blind(ContactKind.EMAIL, address))
        )
        return statement.where(people.c.id.in_(having))
    # Words are letters and digits only, so there is nothing to quote.
    wanted = " & ".join(f"{word}:*" for word in words(query)[:_MOST_QUERY_WORDS])
    if not wanted:
        return statement.where(literal(False))
    return statement.where(people.c.words.op("@@")(cast(wanted, TSQUERY)))


def _newest_first(
    statement: Select[*tuple[object, ...]], after: str | None
) -> Select[*tuple[object, ...]]:
    place = tuple_(people.c.created_at, people.c.id)
    if after is not None:
        last = Moment.of(after)
        statement = statement.where(place < tuple_(literal(last.created_at), literal(last.id)))
    return statement.order_by(people.c.created_at.desc(), people.c.id.desc())


async def _contacts(
    connection: AsyncConnection, account_id: UUID, rows: Sequence[AnyRow]
) -> tuple[StoredContact, ...]:
    """Without those whose key was shredded: nothing is known of them any more."""
    known = await known_of(connection, account_id, [row.id for row in rows])
    return tuple(
        StoredContact(
            id=row.id,
            fields=fields,
            contact_points=known.points.get(row.id, ()),
            confidence=Confidence(row.confidence),
            company_id=row.company_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
        if (fields := person_fields(row, known.keys)) is not None
    )


def _change(row: AnyRow, keys: SubjectKeys) -> FieldChange | None:
    """None where the key was shredded."""
    new = keys.opened(HISTORY, row.new)
    if new is None:
        return None
    return FieldChange(
        field=row.field,
        old=_value(keys.opened(HISTORY, row.old)),
        new=_value(new),
        enrichment_id=row.enrichment_id,
        changed_at=row.changed_at,
    )


def _value(document: object) -> Value | None:
    # msgspec takes the union itself, which the type system cannot name as a class.
    return None if document is None else read(document, Value)  # type: ignore[arg-type]
