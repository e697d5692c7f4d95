"""What became of each message: listed for whoever set the endpoint up, and sent again at a wish."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.outgoing_webhooks import Attempt, Delivery, DeliveryState
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce_to_one
from roleferry_enrich.storage.cursors import Moment, check_limit
from roleferry_enrich.storage.outgoing_tables import webhook_attempts, webhook_deliveries
from roleferry_enrich.storage.transactions import Alongside, in_transaction

_TABLE = webhook_deliveries.c


class DeliveryLog:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self, account_id: UUID, endpoint_id: UUID, *, after: str | None = None, limit: int = 100
    ) -> Page[Delivery]:
        """Newest first. Raises InvalidQuery for a cursor that is not this list's."""
        check_limit(limit)
        listed = _newest_first(_of_endpoint(account_id, endpoint_id), after).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[Delivery]:
            rows = (await connection.execute(listed)).all()
            last = rows[limit - 1] if len(rows) > limit else None
            return Page(
                items=tuple(await _with_attempts(connection, account_id, rows[:limit])),
                next=Moment(last.created_at, last.id).cursor() if last else None,
            )

        return await in_transaction(self._engine, work)

    async def replay(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        delivery_id: UUID,
        alongside: Alongside[Delivery] | None = None,
    ) -> Delivery | None:
        """Send it again, now, with the whole plan of retries before it; None where there is none.

        One that is being sent at this moment is left to that.
        """
        is_sent = _TABLE.leased_until > func.clock_timestamp()
        again = (
            update(webhook_deliveries)
            .where(
                _TABLE.account_id == account_id,
                _TABLE.endpoint_id == endpoint_id,
                _TABLE.id == delivery_id,
                or_(_TABLE.leased_until.is_(None), ~is_sent),
            )
            .values(
                state=DeliveryState.WAITING.value,
                due_at=func.clock_timestamp(),
                leased_until=None,
                tries=0,
            )
        )
        one = _of_endpoint(account_id, endpoint_id).where(_TABLE.id == delivery_id)

        async def work(connection: AsyncConnection) -> Delivery | None:
            await connection.execute(again)
            return await _single(connection, account_id, one, alongside)

        return await in_transaction(self._engine, work)

    async def test(
        self,
        account_id: UUID,
        endpoint_id: UUID,
        key: str,
        alongside: Alongside[Delivery] | None = None,
    ) -> Delivery | None:
        """Send the endpoint a test event of this key; None where there is no such endpoint."""

        async def work(connection: AsyncConnection) -> Delivery | None:
            event = Event(
                type=EventType.ENDPOINT_TEST,
                key=key,
                occurred_at=(await connection.execute(select(func.now()))).scalar_one(),
                data={"endpoint_id": str(endpoint_id)},
            )
            await announce_to_one(connection, account_id, endpoint_id, event)
            one = _of_endpoint(account_id, endpoint_id).where(_TABLE.event_id == event.id)
            return await _single(connection, account_id, one, alongside)

        return await in_transaction(self._engine, work)


# Any: a Select carries the types of its rows only for queries of fixed columns.
def _of_endpoint(account_id: UUID, endpoint_id: UUID) -> Select[Any]:
    return select(webhook_deliveries).where(
        _TABLE.account_id == account_id, _TABLE.endpoint_id == endpoint_id
    )


def _newest_first(statement: Select[Any], after: str | None) -> Select[Any]:
    if after is not None:
        place = Moment.of(after)
        here = tuple_(literal(place.created_at), literal(place.id))
        statement = statement.where(tuple_(_TABLE.created_at, _TABLE.id) < here)
    return statement.order_by(_TABLE.created_at.desc(), _TABLE.id.desc())


async def _single(
    connection: AsyncConnection,
    account_id: UUID,
    statement: Select[Any],
    alongside: Alongside[Delivery] | None,
) -> Delivery | None:
    rows = (await connection.execute(statement)).all()
    found = await _with_attempts(connection, account_id, rows)
    if alongside is not None and found:
        await alongside(connection, found[0])
    return found[0] if found else None


async def _with_attempts(
    connection: AsyncConnection, account_id: UUID, rows: Sequence[Row[Any]]
) -> Sequence[Delivery]:
    table = webhook_attempts.c
    statement = (
        select(webhook_attempts)
        .where(table.account_id == account_id, table.delivery_id.in_([row.id for row in rows]))
        .order_by(table.number)
    )
    attempts: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    for row in (await connection.execute(statement)).all():
        attempts[row.delivery_id].append(_attempt(row))
    return [_delivery(row, attempts[row.id]) for row in rows]


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        number=row.number,
        sent_at=row.sent_at,
        duration=row.duration,
        status=row.status,
        failure=row.failure,
    )


def _delivery(row: Row[Any], attempts: Sequence[Attempt]) -> Delivery:
    state = DeliveryState(row.state)
    return Delivery(
        id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        event=EventType(row.event),
        state=state,
        created_at=row.created_at,
        due_at=row.due_at if state is DeliveryState.WAITING else None,
        attempts=tuple(attempts),
    )
