"""Endpoints and events that tests of outgoing webhooks put into the database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState, Endpoint
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.deliveries import Settlement
from roleferry_enrich.storage.endpoints import EndpointRepository, NewEndpoint
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries, webhook_endpoints

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUARANTINED = EventType.PROVIDER_QUARANTINED


def new_endpoint(account_id: UUID, *events: EventType, **changed) -> NewEndpoint:
    given = {"url": "https://receiver.test/hook", "description": None, "secret": b"sealed"}
    wanted = events or (QUARANTINED,)
    return NewEndpoint(account_id=account_id, id=uuid4(), events=wanted, **given | changed)


async def endpoint_of(
    engine: AsyncEngine, account_id: UUID, *events: EventType, **changed
) -> Endpoint:
    return await EndpointRepository(engine).add(new_endpoint(account_id, *events, **changed))


def event(key: str | None = None) -> Event:
    return Event(
        type=QUARANTINED,
        key=key or uuid4().hex,
        occurred_at=NOW,
        data={"provider": "acme", "reason": "unauthorised"},
    )


async def announced(engine: AsyncEngine, account_id: UUID, count: int = 1) -> list[Event]:
    events = [event() for _ in range(count)]
    async with engine.begin() as connection:
        for each in events:
            await announce(connection, account_id, each)
    return events


async def deliveries_become(engine: AsyncEngine, endpoint: Endpoint, **values: object) -> None:
    table = webhook_deliveries.c
    mine = (table.account_id == endpoint.account_id, table.endpoint_id == endpoint.id)
    async with engine.begin() as connection:
        await connection.execute(update(webhook_deliveries).where(*mine).values(**values))


async def deliveries_are_due(engine: AsyncEngine, endpoint: Endpoint) -> None:
    """As when the time of their retry, or of their lease, has come."""
    past = func.clock_timestamp() - timedelta(seconds=1)
    await deliveries_become(engine, endpoint, due_at=past)


async def endpoint_becomes(engine: AsyncEngine, endpoint: Endpoint, **values: object) -> None:
    table = webhook_endpoints.c
    mine = (table.account_id == endpoint.account_id, table.id == endpoint.id)
    async with engine.begin() as connection:
        await connection.execute(update(webhook_endpoints).where(*mine).values(**values))


def settlement(**changed) -> Settlement:
    given = {
        "status": 200,
        "failure": None,
        "duration": timedelta(milliseconds=30),
        "state": DeliveryState.DELIVERED,
        "retry_in": timedelta(0),
        "disabled_after": timedelta(hours=120),
    }
    return Settlement(**given | changed)


def failure(**changed) -> Settlement:
    given = {"status": 500, "failure": "status", "state": DeliveryState.WAITING}
    return settlement(**{"retry_in": timedelta(seconds=5)} | given | changed)
