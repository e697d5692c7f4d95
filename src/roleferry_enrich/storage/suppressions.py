"""Keeps the list of who must not be processed: digests, never what they were made of.

A released digest stays as a row, so that processes learn of the release as of an addition.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.cursors import Moment, check_limit
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.suppression_tables import suppression_state, suppressions
from roleferry_enrich.storage.transactions import Alongside, in_transaction

EVERYWHERE = UUID(int=0)
"""The scope that holds for every account."""
_MOST_AT_ONCE = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Digests that are added together, and released together."""

    entry_id: UUID
    scope: UUID
    digests: Sequence[tuple[str, bytes]]
    """Each with its kind."""
    reason: str
    source: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An addition as it is listed."""

    id: UUID
    scope: UUID
    digests: Sequence[tuple[str, bytes]]
    reason: str
    source: str
    reference: str | None
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that holds, by scope: digests in ascending order, without separator."""

    version: int
    packed: Mapping[UUID, bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    version: int
    holding: Sequence[tuple[UUID, bytes, bool]]
    """Scope, digest, and whether it holds now."""


class SuppressionRepository:
    def __init__(self, engine: AsyncEngine, key_id: bytes) -> None:
        """`key_id` tells the secret under which digests are made."""
        self._engine = engine
        self._key_id = key_id

    async def add(
        self, additions: Sequence[Addition], alongside: Alongside[None] | None = None
    ) -> int:
        """The list's new version. Adding again changes nothing. Raises ServiceUnavailable."""

        async def work(connection: AsyncConnection) -> int:
            version = await self.add_within(connection, additions)
            if alongside is not None:
                await alongside(connection, None)
            return version

        return await in_transaction(self._engine, work)

    async def add_within(self, connection: AsyncConnection, additions: Sequence[Addition]) -> int:
        """The same as part of a larger change. Others wait from here on until that commits."""
        version = await self._next_version(connection)
        rows = [row for each in additions for row in _rows(each, version)]
        for start in range(0, len(rows), _MOST_AT_ONCE):
            new = insert(suppressions).values(rows[start : start + _MOST_AT_ONCE])
            again = new.on_conflict_do_update(
                index_elements=["scope", "digest", "entry_id"],
                set_={"released_at": None, "version": version},
                where=suppressions.c.released_at.is_not(None),
            )
            await connection.execute(again)
        return version

    async def release(
        self, scope: UUID, entry_id: UUID, alongside: Alongside[None] | None = None
    ) -> bool:
        """Whether there was such an entry that held. Raises ServiceUnavailable."""
        table = suppressions.c
        which = (table.scope == scope) & (table.entry_id == entry_id)
        return await self._release(which, alongside) > 0

    async def release_references(self, source: str, references: Iterable[str]) -> int:
        """What a source has added under these references; how many digests that were."""
        table, wanted = suppressions.c, sorted(set(references))
        count = 0
        for start in range(0, len(wanted), _MOST_AT_ONCE):
            some = wanted[start : start + _MOST_AT_ONCE]
            count += await self._release((table.source == source) & table.reference.in_(some))
        return count

    async def release_digests(self, scope: UUID, digests: Iterable[bytes]) -> int:
        """Whoever added them; how many rows that were."""
        table = suppressions.c
        return await self._release((table.scope == scope) & table.digest.in_(list(digests)))

    async def attribute(self, entry_id: UUID, source: str, reference: str) -> None:
        """Who holds by it stays the same. Raises ServiceUnavailable."""
        theirs = (
            update(suppressions)
            .where(suppressions.c.entry_id == entry_id)
            .values(source=source, reference=reference)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(theirs)

        await in_transaction(self._engine, work)

    async def load(self) -> Loaded:
        """Raises ServiceUnavailable; ConfigurationError for a list of another secret."""

        async def work(connection: AsyncConnection) -> Loaded:
            # The version first: what is added meanwhile is then read once more.
            version = await self._version(connection)
            found = await connection.execute(_LOAD)
            return Loaded(version, {UUID(str(row.scope)): bytes(row.packed) for row in found})

        return await in_transaction(self._engine, work)

    async def changes(self, since: int) -> Changes | None:
        """What changed after that version; None where it is not one of this list's."""

        async def work(connection: AsyncConnection) -> Changes | None:
            version = await self._version(connection)
            if version <= since:
                return Changes(version, ()) if version == since else None
            found = await connection.execute(_CHANGED, {"since": since})
            return Changes(version, [(UUID(str(r.scope)), bytes(r.digest), r.holds) for r in found])

        return await in_transaction(self._engine, work)

    async def page(
        self, scope: UUID, *, after: str | None, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        """Entries that hold, newest first. Raises InvalidQuery for a cursor not of ours."""
        check_limit(limit)
        place = None if after is None else Moment.of(after)
        asked = {
            "scope": scope,
            "added_at": place.created_at if place else None,
            "entry_id": place.id if place else None,
            "most": limit + 1,
        }

        async def work(connection: AsyncConnection) -> list[Entry]:
            return [_entry(row) for row in await connection.execute(_LIST, asked)]

        found = await in_transaction(self._engine, work)
        more = found[limit:]
        entries = tuple(found[:limit])
        return entries, Moment(entries[-1].added_at, entries[-1].id).cursor() if more else None

    async def _release(
        self, which: ColumnElement[bool], alongside: Alongside[None] | None = None
    ) -> int:
        async def work(connection: AsyncConnection) -> int:
            version = await self._next_version(connection)
            released = (
                update(suppressions)
                .where(which, suppressions.c.released_at.is_(None))
                .values(released_at=func.now(), version=version)
            )
            count = (await connection.execute(released)).rowcount
            if alongside is not None and count:
                await alongside(connection, None)
            return count

        return await in_transaction(self._engine, work)

    async def _next_version(self, connection: AsyncConnection) -> int:
        state = suppression_state.c
        next_one = (
            update(suppression_state)
            .values(version=state.version + 1, key_id=func.coalesce(state.key_id, self._key_id))
            .returning(state.version, state.key_id)
        )
        row = (await connection.execute(next_one)).one()
        self._check(row.key_id)
        return int(row.version)

    async def _version(self, connection: AsyncConnection) -> int:
        row = (await connection.execute(select(suppression_state))).one()
        self._check(row.key_id)
        return int(row.version)

    def _check(self, key_id: bytes | None) -> None:
        if key_id is not None and bytes(key_id) != self._key_id:
            raise ConfigurationError(
                "the suppression list was made with another secret key, and would recognise "
                "nobody: set the ROLEFERRY_SECRET_KEY (or restore the file) it was made with"
            )


def _rows(addition: Addition, version: int) -> list[dict[str, object]]:
    return [
        {
            "scope": addition.scope,
            "digest": digest,
            "entry_id": addition.entry_id,
            "kind": kind,
            "reason": storable(addition.reason),
            "source": storable(addition.source),
            "reference": addition.reference,
            "version": version,
        }
        for digest, kind in {digest: kind for kind, digest in addition.digests}.items()
    ]


def _entry(row: AnyRow) -> Entry:
    return Entry(
        id=UUID(str(row.entry_id)),
        scope=UUID(str(row.scope)),
        digests=[(k, bytes(d)) for k, d in zip(row.kinds, row.digests, strict=True)],
        reason=row.reason,
        source=row.source,
        reference=row.reference,
        added_at=row.added_at,
    )


_LOAD = statement("load_suppressions")
_CHANGED = statement("changed_suppressions")
_LIST = statement("list_suppressions")
