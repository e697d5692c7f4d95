"""Events as an operator sees them: listed, looked at, tried again, and forgotten when old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.transactions import in_transaction
from roleferry_enrich.storage.webhook_tables import webhook_events

_SHOWN = (
    *("provider", "event_id", "kind", "subject", "occurred_at", "received_at"),
    *("state", "effect", "reason", "tries", "settled_at"),
)
_COLUMNS = tuple(webhook_events.c[name] for name in _SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    provider: str
    event_id: str
    kind: str
    subject: str | None
    occurred_at: datetime
    received_at: datetime
    state: str
    """waiting, done or dead."""
    effect: str | None
    reason: str | None
    tries: int
    settled_at: datetime | None


class WebhookDesk:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def latest(
        self, *, provider: str | None, state: str | None, limit: int
    ) -> Sequence[Kept]:
        """The events received last come first."""
        event = webhook_events.c
        wanted = [] if provider is None else [event.provider == provider]
        wanted += [] if state is None else [event.state == state]
        statement = (
            select(*_COLUMNS)
            .where(*wanted)
            .order_by(event.received_at.desc(), event.event_id)
            .limit(limit)
        )

        async def work(connection: AsyncConnection) -> Sequence[Kept]:
            rows = (await connection.execute(statement)).mappings()
            return [Kept(**row) for row in rows]

        return await in_transaction(self._engine, work)

    async def one(self, provider: str, event_id: str) -> tuple[Kept, bytes] | None:
        """An event with its body, which is sealed."""
        event = webhook_events.c
        statement = select(*_COLUMNS, event.body).where(
            event.provider == provider, event.event_id == event_id
        )

        async def work(connection: AsyncConnection) -> tuple[Kept, bytes] | None:
            row = (await connection.execute(statement)).mappings().one_or_none()
            if row is None:
                return None
            return Kept(**{name: row[name] for name in _SHOWN}), row["body"]

        return await in_transaction(self._engine, work)

    async def replay(self, provider: str, event_id: str | None) -> int:
        """Have an event worked through once more, or all that are dead; how many they are."""
        event = webhook_events.c
        which = event.state == "dead" if event_id is None else event.event_id == event_id
        statement = (
            update(webhook_events)
            .where(event.provider == provider, which)
            # A new epoch: whoever still has it at work must not end it.
            .values(
                state="waiting",
                tries=0,
                epoch=event.epoch + 1,
                due_at=func.clock_timestamp(),
                settled_at=None,
                reason=None,
                effect=None,
            )
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await in_transaction(self._engine, work)

    async def forget(self, older_than: timedelta, most: int) -> int:
        """Drop settled events that were received so long ago; how many."""
        event = webhook_events.c
        old = (
            select(event.provider, event.event_id)
            .where(
                event.received_at < func.clock_timestamp() - older_than, event.state != "waiting"
            )
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("old")
        )
        statement = delete(webhook_events).where(
            event.provider == old.c.provider, event.event_id == old.c.event_id
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await in_transaction(self._engine, work)
