"""Keeps accounts and their API keys, and tells whose key a caller presents."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.accounts.account import Account, IssuedKey, KeyWish
from roleferry_enrich.accounts.key_rows import (
    NewRow,
    account_of,
    added,
    end_at,
    expired,
    found,
    issued,
    known,
    lifetime,
    listed,
    require_live,
)
from roleferry_enrich.accounts.keys import Key, Mode, digest, mint, parse, same, sealed
from roleferry_enrich.accounts.known_keys import KnownKey, KnownKeys
from roleferry_enrich.accounts.names import AccountNames
from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.errors import NotFound, ServiceUnavailable, Unauthenticated
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.tables import accounts, api_keys
from roleferry_enrich.storage.transactions import Alongside, in_transaction

ShownKey = tuple[IssuedKey, str]
"""A new key, and its text, which is not shown again."""

_NOBODY = bytes(32)
"""Compared in place of an unknown key's digest, so that the work is the same."""


def _now() -> datetime:
    return datetime.now(UTC)


class AccountRepository:
    def __init__(
        self,
        engine: AsyncEngine,
        pepper: bytes,
        *,
        now: Callable[[], datetime] = _now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not pepper:
            raise ValueError("without a pepper the stored digests protect nothing")
        self._engine = engine
        self._pepper = pepper
        self._now = now
        self._clock = clock
        self._known = KnownKeys(clock)
        self._names = AccountNames(engine, clock)
        self._reading: dict[bytes, asyncio.Task[KnownKey | None]] = {}

    async def create_account(self, name: str) -> UUID:
        account_id = uuid4()

        async def work(connection: AsyncConnection) -> UUID:
            values = {"id": account_id, "name": storable(name)}
            await connection.execute(insert(accounts).values(values).on_conflict_do_nothing())
            return account_id

        return await in_transaction(self._engine, work)

    async def create_key(
        self,
        account_id: UUID,
        name: str,
        scopes: Collection[str],
        *,
        expires_at: datetime | None = None,
        mode: Mode = Mode.LIVE,
    ) -> str:
        """The new key as text. It is not stored and cannot be shown again."""
        key, now = mint(mode), self._now()
        row = self._row(key, account_id, name, scopes, expires_at)
        await in_transaction(self._engine, lambda connection: added(connection, row, now))
        return key.token()

    async def issue_key(
        self, account_id: UUID, wish: KeyWish, alongside: Alongside[ShownKey] | None = None
    ) -> ShownKey:
        """The new key, and its text. Raises NotFound, and Conflict for one too many."""
        key, now = mint(Mode.LIVE), self._now()
        days = wish.expires_in_days
        row = self._row(key, account_id, wish.name, wish.scopes, _in_days(now, days))

        async def work(connection: AsyncConnection) -> ShownKey:
            shown = await added(connection, row, now), key.token()
            if alongside is not None:
                await alongside(connection, shown)
            return shown

        return await in_transaction(self._engine, work)

    async def rotate_key(
        self,
        account_id: UUID,
        key_id: str,
        *,
        overlap: timedelta,
        expires_in_days: int | None = None,
        may_replace: Callable[[IssuedKey], None] = lambda _: None,
        alongside: Alongside[ShownKey] | None = None,
    ) -> ShownKey:
        """A key with the name and scopes of the old one, which lives on for the overlap.

        Unless days are given it is to live as long as the old one was. `may_replace` raises what
        speaks against it. Raises NotFound, and Conflict for a key that has ended.
        """
        secret, now = mint(Mode.LIVE), self._now()

        async def work(connection: AsyncConnection) -> ShownKey:
            old = await found(connection, account_id, storable(key_id))
            may_replace(issued(old))
            key, life = replace(secret, mode=Mode(old.mode)), lifetime(old)
            until = _in_days(now, expires_in_days) if expires_in_days or not life else now + life
            row = self._row(key, account_id, old.name, old.scopes, until)
            if not await known(connection, key.id):  # else this is done, and its answer was lost
                require_live(old, now)
                await end_at(connection, old.id, now + overlap)
            shown = await added(connection, row, now), key.token()
            if alongside is not None:
                await alongside(connection, shown)
            return shown

        shown = await in_transaction(self._engine, work)
        self._known.forget(key_id)
        return shown

    async def list_keys(self, account_id: UUID) -> Sequence[IssuedKey]:
        """The account's live keys, then those that have ended; 200 at most."""
        now = self._now()
        return await in_transaction(
            self._engine, lambda connection: listed(connection, account_id, now)
        )

    async def revoke_key(
        self, account_id: UUID, key_id: str, alongside: Alongside[None] | None = None
    ) -> None:
        """Ends a key: at once in this process, within five seconds in every other."""
        key = api_keys.c
        statement = (
            update(api_keys)
            .where(key.account_id == account_id, key.id == storable(key_id))
            .values(revoked_at=func.coalesce(key.revoked_at, self._now()))
        )

        async def work(connection: AsyncConnection) -> None:
            if not (await connection.execute(statement)).rowcount:
                raise NotFound("there is no such key")
            if alongside is not None:
                await alongside(connection, None)

        await in_transaction(self._engine, work)
        self._known.forget(key_id)

    def _row(
        self,
        key: Key,
        account_id: UUID,
        name: str,
        scopes: Collection[str],
        expires_at: datetime | None,
    ) -> NewRow:
        return {
            "id": key.id,
            "account_id": account_id,
            "name": storable(name),
            "mode": key.mode,
            "digest": digest(key, self._pepper),
            "scopes": sorted(Scope(scope) for scope in scopes),
            "created_at": self._now(),
            "expires_at": expires_at,
        }

    async def authenticate(self, token: str) -> Account:
        """Whose key this is. Raises Unauthenticated, the same for whatever is wrong with it."""
        # Of the whole text, so that what was good a moment ago need not be taken apart again.
        seal = sealed(token, self._pepper)
        known = self._known.get(seal) or await self._looked_up(token, seal)
        if known is None or expired(known.expires_at, self._now()):
            raise _refusal()
        return known.account

    async def on_behalf(self, operator: Account, account_id: UUID) -> Account:
        """That account, with what the operator's key may do. Raises NotFound where it is none."""
        return replace(operator, id=account_id, name=await self._names.of(account_id))

    async def _looked_up(self, token: str, seal: bytes) -> KnownKey | None:
        try:
            return await self._read_once(token, seal)
        except ServiceUnavailable:
            believed = self._known.believed(seal)
            if believed is None:
                raise
            return believed

    async def _read_once(self, token: str, seal: bytes) -> KnownKey | None:
        """A burst of one caller's requests is one look-up, not as many as there are connections."""
        key = parse(token)
        if key is None:
            return None
        reading = self._reading.get(seal)
        if reading is None:
            with acting_for(None):  # whose key it is remains to be seen
                reading = asyncio.create_task(self._read(key, seal))
            self._reading[seal] = reading
            reading.add_done_callback(lambda _: self._reading.pop(seal, None))
        return await asyncio.shield(reading)

    async def _read(self, key: Key, seal: bytes) -> KnownKey | None:
        read_at, offered = self._clock(), digest(key, self._pepper)
        row = await in_transaction(self._engine, partial(_look_up, key_id=key.id))
        right = same(_NOBODY if row is None else row.digest, offered)
        if row is None or not right or not self._usable(row, key):
            return None
        if row.last_used_on != (today := self._now().date()):
            await in_transaction(self._engine, partial(_mark_used, key_id=key.id, day=today))
        return self._known.keep(seal, account_of(row), row.expires_at, read_at)

    def _usable(self, row: AnyRow, key: Key) -> bool:
        ended = row.revoked_at is not None or expired(row.expires_at, self._now())
        return row.mode == key.mode and not ended


async def _look_up(connection: AsyncConnection, *, key_id: str) -> AnyRow | None:
    statement = (
        select(api_keys, accounts.c.name.label("account_name"))
        .join(accounts, accounts.c.id == api_keys.c.account_id)
        .where(api_keys.c.id == key_id)
    )
    return (await connection.execute(statement)).one_or_none()


async def _mark_used(connection: AsyncConnection, *, key_id: str, day: date) -> None:
    key = api_keys.c
    await connection.execute(
        update(api_keys)
        .where(key.id == key_id, key.last_used_on.is_distinct_from(day))
        .values(last_used_on=day)
    )


def _in_days(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _refusal() -> Unauthenticated:
    return Unauthenticated("present a valid API key as a bearer token")
