"""Tells the endpoints of accounts that a contact of theirs was erased, so that they erase it too.

Article 19 of the GDPR: whoever got the data is told. The event names the contact by its id alone.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.transactions import in_transaction


async def tell_of_erased(
    engine: AsyncEngine, people: Iterable[tuple[UUID, UUID]], now: datetime
) -> None:
    """Account and contact of each. Once, however often called. Raises ServiceUnavailable."""
    events = [(account_id, _event(person_id, now)) for account_id, person_id in people]

    async def work(connection: AsyncConnection) -> None:
        for account_id, event in events:
            await announce(connection, account_id, event)

    if events:
        await in_transaction(engine, work)


def _event(person_id: UUID, now: datetime) -> Event:
    return Event(
        type=EventType.CONTACT_ERASED,
        key=str(person_id),
        occurred_at=now,
        data={"contact_id": str(person_id)},
    )
