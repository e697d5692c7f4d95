"""Keeps the endpoints of outgoing webhooks. Secrets come and go sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.outgoing_webhooks import DisabledBy, Endpoint, EndpointChange
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import Conflict
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.outgoing_tables import webhook_endpoints
from roleferry_enrich.storage.tables import accounts
from roleferry_enrich.storage.transactions import Alongside, in_transaction

MOST_ENDPOINTS = 20
"""Of one account."""

_TABLE = webhook_endpoints.c


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint:
    account_id: UUID
    id: UUID
    url: str
    description: str | None
    events: tuple[EventType, ...]
    secret: bytes


class EndpointRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, new: NewEndpoint, alongside: Alongside[Endpoint] | None = None) -> Endpoint:
        """Raises Conflict where the account has as many as it may have."""
        row = {
            "account_id": new.account_id,
            "id": new.id,
            "url": new.url,
            "description": None if new.description is None else storable(new.description),
            "events": [event.value for event in new.events],
            "secret": new.secret,
        }
        statement = insert(webhook_endpoints).values(row).on_conflict_do_nothing()
        # Locked, so that two who come at once cannot both be the last that is let in.
        owner = select(accounts.c.id).where(accounts.c.id == new.account_id)
        mine = (_TABLE.account_id == new.account_id, _TABLE.id != new.id, ~_TABLE.is_callback)
        count = select(func.count()).where(*mine)

        async def work(connection: AsyncConnection) -> Endpoint:
            await connection.execute(owner.with_for_update(key_share=True))
            if (await connection.scalar(count) or 0) >= MOST_ENDPOINTS:
                raise Conflict(f"an account has at most {MOST_ENDPOINTS} webhook endpoints")
            await connection.execute(statement)
            found = await _found(connection, new.account_id, new.id)
            assert found is not None
            if alongside is not None:
                await alongside(connection, found)
            return found

        return await in_transaction(self._engine, work)

    async def all(self, account_id: UUID) -> Sequence[Endpoint]:
        """The oldest first; without that of callbacks, which nobody has made."""
        statement = (
            select(webhook_endpoints)
            .where(_TABLE.account_id == account_id, ~_TABLE.is_callback)
            .order_by(_TABLE.created_at, _TABLE.id)
        )

        async def work(connection: AsyncConnection) -> Sequence[Endpoint]:
            return [_endpoint(row) for row in (await connection.execute(statement)).all()]

        return await in_transaction(self._engine, work)

    async def get(self, account_id: UUID, endpoint_id: UUID) -> Endpoint | None:
        async def work(connection: AsyncConnection) -> Endpoint | None:
            return await _found(connection, account_id, endpoint_id)

        return await in_transaction(self._engine, work)

    async def change(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        change: EndpointChange,
        alongside: Alongside[Endpoint] | None = None,
    ) -> Endpoint | None:
        """As it is afterwards; None where there is none. Enabling forgets past failures."""
        values = _changed(change)

        async def work(connection: AsyncConnection) -> Endpoint | None:
            if values:
                statement = update(webhook_endpoints).values(values).where(~_TABLE.is_callback)
                await connection.execute(_of(statement, account_id, endpoint_id))
            found = await _found(connection, account_id, endpoint_id)
            if alongside is not None and found is not None:
                await alongside(connection, found)
            return found

        return await in_transaction(self._engine, work)

    async def remove(
        self, account_id: UUID, endpoint_id: UUID, alongside: Alongside[None] | None = None
    ) -> bool:
        """With its deliveries; False where there is none."""
        statement = _of(delete(webhook_endpoints), account_id, endpoint_id)
        statement = statement.where(~_TABLE.is_callback)

        async def work(connection: AsyncConnection) -> bool:
            is_removed = (await connection.execute(statement)).rowcount > 0
            if alongside is not None and is_removed:
                await alongside(connection, None)
            return is_removed

        return await in_transaction(self._engine, work)

    async def rotate(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        secret: bytes,
        overlap: timedelta,
        alongside: Alongside[Endpoint] | None = None,
    ) -> Endpoint | None:
        """Put another secret in the place of the one in use, which goes on signing for a while."""
        is_new = _TABLE.secret != secret  # the same again, where a commit's answer was lost
        statement = update(webhook_endpoints).values(
            secret=secret,
            old_secret=_TABLE.secret,
            old_secret_until=func.clock_timestamp() + overlap,
        )

        async def work(connection: AsyncConnection) -> Endpoint | None:
            await connection.execute(_of(statement, account_id, endpoint_id).where(is_new))
            found = await _found(connection, account_id, endpoint_id)
            if alongside is not None and found is not None:
                await alongside(connection, found)
            return found

        return await in_transaction(self._engine, work)


# Any: whichever of SQLAlchemy's statements it is, it is given back as it came.
def _of(statement: Any, account_id: UUID, endpoint_id: UUID) -> Any:
    return statement.where(_TABLE.account_id == account_id, _TABLE.id == endpoint_id)


async def _found(
    connection: AsyncConnection, account_id: UUID, endpoint_id: UUID
) -> Endpoint | None:
    statement = _of(select(webhook_endpoints), account_id, endpoint_id)
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _endpoint(row)


def _changed(change: EndpointChange) -> dict[str, object]:
    values: dict[str, object] = {}
    if change.events is not None:
        values["events"] = [event.value for event in change.events]
    if change.description is not None:
        values["description"] = storable(change.description)
    if change.enabled is True:
        values |= dict.fromkeys(("disabled_at", "disabled_by", "failing_since", "paused_until"))
    if change.enabled is False:
        # Disabled already, it stays so for the reason it has.
        values["disabled_at"] = func.coalesce(_TABLE.disabled_at, func.clock_timestamp())
        values["disabled_by"] = func.coalesce(_TABLE.disabled_by, DisabledBy.REQUEST.value)
    return values


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(
        id=row.id,
        account_id=row.account_id,
        url=row.url,
        description=row.description,
        events=tuple(map(EventType, row.events)),
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_by=DisabledBy(row.disabled_by) if row.disabled_by else None,
        failing_since=row.failing_since,
        old_secret_until=row.old_secret_until,
        is_callback=row.is_callback,
    )
