"""Events as they are taken in and worked through: each once, whatever ends in between.

The row is there before the sender is answered, and its effect is written with the end of its
waiting, in one transaction. A claim is a lease on the database's clock.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Interval, Update, bindparam, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement

from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction
from roleferry_enrich.storage.webhook_tables import webhook_events

MOST_TRIES = 8
_LEASE = timedelta(seconds=30)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_TAKE_IN = statement("take_in_events")
_CLAIM = statement("claim_events").bindparams(bindparam("lease", type_=Interval))
_GIVE_UP = text("""
    UPDATE webhook_events
    SET state = 'dead', reason = 'worker_died', settled_at = clock_timestamp()
    WHERE state = 'waiting' AND due_at <= clock_timestamp() AND tries >= :most
""")

Apply = Callable[[AsyncConnection], Awaitable[str]]
"""Has an event's effect, within the transaction that ends its waiting; what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An event as it is kept: sealed, and told from others by what is no secret."""

    event_id: str
    kind: str
    subject: str | None
    occurred_at: datetime | None
    digest: bytes
    body: bytes
    nonce: bytes | None = None
    fault: str | None = None
    """Why nothing can be made of it, if so: it is kept to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    new: int
    differing: Sequence[str] = ()
    """Ids that had come before with another content, which stands."""
    is_reused: bool = False
    """Whether what serves once came with a second event; nothing was kept then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    provider: str
    event_id: str
    occurred_at: datetime
    body: bytes
    tries: int
    epoch: int


class WebhookEvents:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take_in(self, provider: str, arrived: Sequence[Arrived]) -> Taken:
        """Keep what is new, in one statement. Raises ServiceUnavailable."""
        events = list({event.event_id: event for event in arrived}.values())

        async def work(connection: AsyncConnection) -> Taken:
            rows = await connection.execute(_TAKE_IN, _columns(provider, events))
            new = set(rows.scalars())
            known = [event for event in events if event.event_id not in new]
            if not known:
                return Taken(new=len(new))
            return await _compared(connection, provider, known, len(new))

        return await in_transaction(self._engine, work)

    async def claim(self, limit: int) -> Sequence[Claimed]:
        """Events that are due, for this worker alone until the lease ends."""
        given = {"most": limit, "lease": _LEASE}

        async def work(connection: AsyncConnection) -> Sequence[Claimed]:
            # Whoever was claimed so often and never settled ends the workers that claim it.
            await connection.execute(_GIVE_UP, {"most": MOST_TRIES})
            rows = (await connection.execute(_CLAIM, given)).all()
            return [Claimed(**row._mapping) for row in rows]  # noqa: SLF001 - a Row's public name

        return await in_transaction(self._engine, work)

    async def finish(self, event: Claimed, apply: Apply) -> bool:
        """Have the effect and end the waiting, together; False where another has the lease now."""

        async def work(connection: AsyncConnection) -> bool:
            held = select(webhook_events.c.epoch).where(*_lease_of(event)).with_for_update()
            if await connection.scalar(held) is None:
                return False
            effect = await apply(connection)
            ended = {"state": "done", "effect": effect, "reason": None}
            await connection.execute(_settled(event, ended))
            return True

        return await in_transaction(self._engine, work)

    async def bury(self, event: Claimed, reason: str) -> None:
        """Nothing can come of it, however often it is tried."""
        await self._write(event, {"state": "dead", "reason": reason})

    async def put_off(self, event: Claimed, reason: str) -> None:
        """Try again later, each time later; never again after so many times."""
        if event.tries >= MOST_TRIES:
            await self.bury(event, reason)
            return
        pause = min(_FIRST_PAUSE * 2**event.tries, _LONGEST_PAUSE)
        statement = (
            update(webhook_events)
            .where(*_lease_of(event))
            .values(due_at=func.clock_timestamp() + pause, reason=reason)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await in_transaction(self._engine, work)

    async def _write(self, event: Claimed, ended: Mapping[str, object]) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_settled(event, ended))

        await in_transaction(self._engine, work)


async def empty(connection: AsyncConnection, event: Claimed) -> None:
    """Keep that it came, and not what it says."""
    await connection.execute(update(webhook_events).where(*_lease_of(event)).values(body=b""))


def _columns(provider: str, events: Sequence[Arrived]) -> dict[str, object]:
    return {
        "provider": provider,
        "event_ids": [event.event_id for event in events],
        "kinds": [event.kind for event in events],
        "subjects": [event.subject for event in events],
        "occurred": [event.occurred_at for event in events],
        "digests": [event.digest for event in events],
        "nonces": [event.nonce for event in events],
        "bodies": [event.body for event in events],
        "reasons": [event.fault for event in events],
    }


async def _compared(
    connection: AsyncConnection, provider: str, known: Sequence[Arrived], new: int
) -> Taken:
    """A second statement, because it sees what others committed while the first one waited."""
    event = webhook_events.c
    ids = [one.event_id for one in known]
    rows = await connection.execute(
        select(event.event_id, event.digest).where(
            event.provider == provider, event.event_id.in_(ids)
        )
    )
    digests = {row.event_id: row.digest for row in rows}
    differing = [one.event_id for one in known if digests.get(one.event_id) != one.digest]
    strangers = [one for one in known if one.event_id not in digests]
    return Taken(new=new, differing=differing, is_reused=bool(strangers))


def _lease_of(event: Claimed) -> tuple[ColumnElement[bool], ...]:
    """The event, as long as nobody else has leased it since."""
    column = webhook_events.c
    return (
        column.provider == event.provider,
        column.event_id == event.event_id,
        column.state == "waiting",
        column.epoch == event.epoch,
    )


def _settled(event: Claimed, ended: Mapping[str, object]) -> Update:
    return (
        update(webhook_events)
        .where(*_lease_of(event))
        .values(settled_at=func.clock_timestamp(), **ended)
    )
