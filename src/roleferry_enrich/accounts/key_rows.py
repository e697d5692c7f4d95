"""The rows of API keys: how they are read, and the steps by which they are added and replaced."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.accounts.account import Account, IssuedKey
from roleferry_enrich.accounts.keys import Mode
from roleferry_enrich.errors import Conflict, NotFound
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.tables import accounts, api_keys

MOST_LIVE = 100
"""Keys of one account that work at the same time."""
_MOST_LISTED = 200
_KEY = api_keys.c

# Any: the columns are of several types.
NewRow = Mapping[str, Any]


async def listed(
    connection: AsyncConnection, account_id: UUID, now: datetime
) -> Sequence[IssuedKey]:
    """The live ones first, then those that have ended; the newest of each first."""
    order = (_live(now).desc(), _KEY.created_at.desc(), _KEY.id)
    statement = select(api_keys).where(_KEY.account_id == account_id).order_by(*order)
    return tuple(map(issued, await connection.execute(statement.limit(_MOST_LISTED))))


async def added(connection: AsyncConnection, row: NewRow, now: datetime) -> IssuedKey:
    """The key that this row is; safe to repeat. Raises Conflict for one too many, and NotFound."""
    await _lock(connection, row["account_id"])
    mine = (_KEY.account_id == row["account_id"]) & (_KEY.id != row["id"])
    count = select(func.count()).where(mine, _live(now))
    if (await connection.scalar(count) or 0) >= MOST_LIVE:
        raise Conflict(f"an account has at most {MOST_LIVE} live keys")
    await connection.execute(insert(api_keys).values(row).on_conflict_do_nothing())
    return issued(await found(connection, row["account_id"], row["id"]))


async def found(connection: AsyncConnection, account_id: UUID, key_id: str) -> AnyRow:
    mine = (_KEY.account_id == account_id) & (_KEY.id == key_id)
    row = (await connection.execute(select(api_keys).where(mine))).one_or_none()
    if row is None:
        raise NotFound("there is no such key")
    return row


async def known(connection: AsyncConnection, key_id: str) -> bool:
    return await connection.scalar(select(_KEY.id).where(_KEY.id == key_id)) is not None


async def end_at(connection: AsyncConnection, key_id: str, moment: datetime) -> None:
    """No later than that; one that ends sooner stays as it is."""
    sooner = func.least(func.coalesce(_KEY.expires_at, moment), moment)
    await connection.execute(update(api_keys).where(_KEY.id == key_id).values(expires_at=sooner))


def require_live(row: AnyRow, now: datetime) -> None:
    if row.revoked_at is not None or expired(row.expires_at, now):
        raise Conflict("the key has ended: make a new one")


def lifetime(row: AnyRow) -> timedelta | None:
    """How long the key was to live when it was made; None where for ever."""
    return None if row.expires_at is None else row.expires_at - row.created_at


def expired(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and expires_at <= now


def account_of(row: AnyRow) -> Account:
    return Account(
        id=row.account_id,
        name=row.account_name,
        scopes=frozenset(row.scopes),
        key_id=row.id,
    )


def issued(row: AnyRow) -> IssuedKey:
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


def _live(now: datetime) -> ColumnElement[bool]:
    return _KEY.revoked_at.is_(None) & or_(_KEY.expires_at.is_(None), _KEY.expires_at > now)


async def _lock(connection: AsyncConnection, account_id: UUID) -> None:
    """So that two who come at once cannot both make the last key that is allowed."""
    owner = select(accounts.c.id).where(accounts.c.id == account_id)
    if await connection.scalar(owner.with_for_update(key_share=True)) is None:
        raise NotFound("there is no such account")
