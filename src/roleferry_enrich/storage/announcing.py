"""Writes down which endpoints are to be told of an event, in the transaction of what happened.

So there is no moment at which it has happened and nobody will hear of it, and nobody hears of
what was rolled back. The worker sends what is written here.
"""

from datetime import UTC
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Text, Uuid, any_, cast, func, literal, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState
from roleferry_enrich.domain.webhook_events import Event
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries, webhook_endpoints

_COLUMNS = (
    "account_id",
    "id",
    "endpoint_id",
    "event_id",
    "event",
    "url",
    "body",
    "state",
    "due_at",
)


async def announce(connection: AsyncConnection, account_id: UUID, event: Event) -> None:
    """Tell the endpoints of an account that are subscribed to it. Once, however often called."""
    await _announce(connection, event, webhook_endpoints.c.account_id == account_id)


async def announce_to_all(connection: AsyncConnection, event: Event) -> None:
    """The same for what concerns every account."""
    await _announce(connection, event, true())


async def announce_to_one(
    connection: AsyncConnection, account_id: UUID, endpoint_id: UUID, event: Event
) -> None:
    """Tell one endpoint, whatever it is subscribed to."""
    table = webhook_endpoints.c
    await _write(connection, event, (table.account_id == account_id) & (table.id == endpoint_id))


async def announce_to_callback(
    connection: AsyncConnection, account_id: UUID, url: str, event: Event
) -> None:
    """Tell a URL that was given with a job, under the account's secret for such."""
    table = webhook_endpoints.c
    await _write(connection, event, (table.account_id == account_id) & table.is_callback, url)


async def _announce(connection: AsyncConnection, event: Event, whose: ColumnElement[bool]) -> None:
    table = webhook_endpoints.c
    wanted = literal(event.type.value) == any_(table.events)
    await _write(connection, event, whose & wanted & table.disabled_at.is_(None))


async def _write(
    connection: AsyncConnection, event: Event, where: ColumnElement[bool], url: str | None = None
) -> None:
    table = webhook_endpoints.c
    rows = select(
        table.account_id,
        func.gen_random_uuid(),
        table.id,
        cast(event.id, Uuid),
        literal(event.type.value),
        literal(url, Text),
        literal(body_of(event)),
        literal(DeliveryState.WAITING.value),
        func.clock_timestamp(),
    ).where(where)
    statement = insert(webhook_deliveries).from_select(_COLUMNS, rows)
    await connection.execute(statement.on_conflict_do_nothing())


def body_of(event: Event) -> bytes:
    """The payload, of which the same bytes are signed and sent each time."""
    moment = event.occurred_at.astimezone(UTC)
    content = {"type": event.type.value, "timestamp": moment, "data": dict(event.data)}
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)
