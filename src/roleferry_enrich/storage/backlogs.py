"""How much waits to be done in the background, of all accounts together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

MOST_COUNTED = 100_000
_COUNT = statement("count_backlogs")


@dataclass(frozen=True, slots=True)
class Backlog:
    count: int
    """At most `MOST_COUNTED`."""
    age: timedelta
    """For how long what should have been next is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlogs:
    items: Backlog
    running: int
    messages: Backlog
    events: Backlog
    dead_events: int


class BacklogRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def count(self) -> Backlogs:
        """As of now. Raises ServiceUnavailable."""

        async def work(connection: AsyncConnection) -> Backlogs:
            row = (await connection.execute(_COUNT, {"most": MOST_COUNTED})).one()
            return Backlogs(
                items=Backlog(row.items, _age(row.item_due_at, row.now)),
                running=row.running,
                messages=Backlog(row.messages, _age(row.message_due_at, row.now)),
                events=Backlog(row.events, _age(row.event_due_at, row.now)),
                dead_events=row.dead_events,
            )

        return await in_transaction(self._engine, work)


def _age(due_at: datetime | None, now: datetime) -> timedelta:
    return timedelta(0) if due_at is None else max(timedelta(0), now - due_at)
