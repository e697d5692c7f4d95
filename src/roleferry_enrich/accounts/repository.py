"""Keeps accounts and their API keys, and tells whose key a caller presents."""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.accounts.account import Account, IssuedKey
from roleferry_enrich.accounts.keys import Key, Mode, digest, mint, parse, same
from roleferry_enrich.errors import NotFound, Unauthenticated
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.tables import accounts, api_keys
from roleferry_enrich.storage.transactions import in_transaction

_CACHED_FOR_S = 4.0
"""A revoked key must stop within five seconds in every process."""

_MOST_CACHED = 1_000

_NOBODY = bytes(32)
"""Compared in place of an unknown key's digest, so that the work is the same."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """A key that was good when it was read."""

    account: Account
    digest: bytes
    expires_at: datetime | None
    read_at: float


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
        self._known: dict[str, _Known] = {}
        self._reading: dict[bytes, asyncio.Task[_Known | None]] = {}

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
        key = mint(mode)
        row = {
            "id": key.id,
            "account_id": account_id,
            "name": storable(name),
            "mode": key.mode,
            "digest": digest(key, self._pepper),
            "scopes": sorted(storable(scope) for scope in scopes),
            "expires_at": expires_at,
        }

        async def work(connection: AsyncConnection) -> str:
            await connection.execute(insert(api_keys).values(row).on_conflict_do_nothing())
            return key.token()

        try:
            return await in_transaction(self._engine, work)
        except IntegrityError as error:
            raise NotFound("there is no such account") from error

    async def list_keys(self, account_id: UUID) -> tuple[IssuedKey, ...]:
        """All keys ever issued to the account, newest first."""
        statement = (
            select(api_keys)
            .where(api_keys.c.account_id == account_id)
            .order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        )

        async def work(connection: AsyncConnection) -> tuple[IssuedKey, ...]:
            return tuple(_issued(row) for row in await connection.execute(statement))

        return await in_transaction(self._engine, work)

    async def revoke_key(self, account_id: UUID, key_id: str) -> None:
        """Ends a key: at once in this process, within five seconds in every other."""
        key = api_keys.c
        statement = (
            update(api_keys)
            .where(key.account_id == account_id, key.id == storable(key_id))
            .values(revoked_at=func.coalesce(key.revoked_at, self._now()))
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        if not await in_transaction(self._engine, work):
            raise NotFound("there is no such key")
        self._known.pop(key_id, None)

    async def authenticate(self, token: str) -> Account:
        """Whose key this is. Raises Unauthenticated, the same for whatever is wrong with it."""
        key = parse(token)
        if key is None:
            raise _refusal()
        offered = digest(key, self._pepper)
        known = self._remembered(key, offered) or await self._read_once(key, offered)
        if known is None or _expired(known.expires_at, self._now()):
            raise _refusal()
        return known.account

    def _remembered(self, key: Key, offered: bytes) -> _Known | None:
        """Only for the right secret: a wrong one must take as long as for an unknown id."""
        known = self._known.get(key.id)
        if known is None or self._clock() - known.read_at > _CACHED_FOR_S:
            return None
        return known if same(known.digest, offered) else None

    async def _read_once(self, key: Key, offered: bytes) -> _Known | None:
        """A burst of one caller's requests is one look-up, not as many as there are connections."""
        reading = self._reading.get(offered)
        if reading is None:
            reading = asyncio.create_task(self._read(key, offered))
            self._reading[offered] = reading
            reading.add_done_callback(lambda _: self._reading.pop(offered, None))
        return await asyncio.shield(reading)

    async def _read(self, key: Key, offered: bytes) -> _Known | None:
        read_at = self._clock()
        row = await in_transaction(self._engine, partial(_look_up, key_id=key.id))
        right = same(_NOBODY if row is None else row.digest, offered)
        if row is None or not right or not self._usable(row, key):
            return None
        if row.last_used_on != (today := self._now().date()):
            await in_transaction(self._engine, partial(_mark_used, key_id=key.id, day=today))
        known = _Known(_account(row), row.digest, row.expires_at, read_at)
        self._remember(key.id, known)
        return known

    def _usable(self, row: AnyRow, key: Key) -> bool:
        ended = row.revoked_at is not None or _expired(row.expires_at, self._now())
        return row.mode == key.mode and not ended

    def _remember(self, key_id: str, known: _Known) -> None:
        self._known.pop(key_id, None)
        if len(self._known) >= _MOST_CACHED:
            del self._known[next(iter(self._known))]
        self._known[key_id] = known


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


def _expired(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now


def _refusal() -> Unauthenticated:
    return Unauthenticated("present a valid API key as a bearer token")


def _account(row: AnyRow) -> Account:
    return Account(
        id=row.account_id,
        name=row.account_name,
        scopes=frozenset(row.scopes),
        key_id=row.id,
    )


def _issued(row: AnyRow) -> IssuedKey:
    return IssuedKey(
        id=row.id,
        name=row.name,
        mode=Mode(row.mode),
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_on=row.last_used_on,
    )
