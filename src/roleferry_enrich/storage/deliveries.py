"""Messages on their way to endpoints: leased to one sender, settled once, replayed on request.

A lease ends on the database's clock, and its epoch keeps a sender that was overtaken from
writing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Integer,
    Interval,
    Update,
    bindparam,
    case,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState, DisabledBy
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.outgoing_tables import (
    webhook_attempts,
    webhook_deliveries,
    webhook_endpoints,
)
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

# An arbitrary number that only claims of messages use in our database.
_LOCK = 5_118_402_663
_KEPT = timedelta(days=30)
_FORGOTTEN_AT_ONCE = 5_000
_DELIVERIES = webhook_deliveries.c
_ENDPOINTS = webhook_endpoints.c
_CLAIM = statement("claim_deliveries").bindparams(
    bindparam("slots", type_=Integer),
    bindparam("per_endpoint", type_=Integer),
    bindparam("per_account", type_=Integer),
    bindparam("lease", type_=Interval),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How much may be under way at once, from all processes together."""

    per_endpoint: int
    per_account: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One message to be sent now; its secrets are sealed."""

    account_id: UUID
    id: UUID
    endpoint_id: UUID
    epoch: int
    event_id: UUID
    body: bytes
    url: str
    is_callback: bool
    """One of many URLs of one endpoint: what it answers means nothing for the others."""
    secret: bytes
    old_secret: bytes | None
    tries: int
    """How often it was sent before, since its plan of retries began."""
    claimed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What came of sending a message, and what follows."""

    status: int | None
    failure: str | None
    duration: timedelta
    state: DeliveryState
    retry_in: timedelta
    """Counts where the message still waits."""
    pause: timedelta | None = None
    """How long the whole endpoint is left alone."""
    is_gone: bool = False
    """The endpoint wants no messages any more."""
    disabled_after: timedelta
    """How long an endpoint may do nothing but fail."""


class DeliveryRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, slots: int, shares: Shares, lease: timedelta) -> Sequence[Due]:
        """Messages that are due, for this sender alone until the lease ends."""
        given = {
            "slots": slots,
            "per_endpoint": shares.per_endpoint,
            "per_account": shares.per_account,
            "lease": lease,
        }

        async def work(connection: AsyncConnection) -> Sequence[Due]:
            await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            rows = (await connection.execute(_CLAIM, given)).mappings().all()
            return [Due(**row) for row in rows]

        return await in_transaction(self._engine, work)

    async def settle(self, due: Due, settlement: Settlement) -> DisabledBy | None:
        """Note what came of it; why that disables the endpoint, if it does.

        Nothing is noted where the lease has ended and the message is another sender's.
        """

        async def work(connection: AsyncConnection) -> DisabledBy | None:
            row = (await connection.execute(_settled(due, settlement))).one_or_none()
            if row is None:
                return None
            await connection.execute(
                insert(webhook_attempts).values(
                    account_id=due.account_id,
                    delivery_id=due.id,
                    number=row.sent,
                    sent_at=due.claimed_at,
                    duration=settlement.duration,
                    status=settlement.status,
                    failure=settlement.failure,
                )
            )
            return await _judge(connection, due, settlement)

        return await in_transaction(self._engine, work)

    async def forget_old(self) -> int:
        """Delete what is older than 30 days, with its log; how many that were."""
        old = (
            select(_DELIVERIES.account_id, _DELIVERIES.id)
            .where(_DELIVERIES.created_at < func.now() - _KEPT)
            .limit(_FORGOTTEN_AT_ONCE)
            .subquery()
        )
        forgotten = delete(webhook_deliveries).where(
            _DELIVERIES.account_id == old.c.account_id, _DELIVERIES.id == old.c.id
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(forgotten)).rowcount

        return await in_transaction(self._engine, work)


def _settled(due: Due, settlement: Settlement) -> Any:
    return (
        update(webhook_deliveries)
        .where(
            _DELIVERIES.account_id == due.account_id,
            _DELIVERIES.id == due.id,
            _DELIVERIES.epoch == due.epoch,
            _DELIVERIES.leased_until.is_not(None),
        )
        .values(
            state=settlement.state.value,
            due_at=func.clock_timestamp() + settlement.retry_in,
            leased_until=None,
            tries=_DELIVERIES.tries + 1,
            sent=_DELIVERIES.sent + 1,
        )
        .returning(_DELIVERIES.sent)
    )


async def _judge(
    connection: AsyncConnection, due: Due, settlement: Settlement
) -> DisabledBy | None:
    """What an answer means for the endpoint as a whole."""
    if due.is_callback:
        return None
    if settlement.failure is None:
        await connection.execute(_recovered(due))
        return None
    failed = (await connection.execute(_failed(due, settlement))).one_or_none()
    if failed is None or failed.disabled_by is None:
        return None
    disabled_by = DisabledBy(failed.disabled_by)
    event = Event(
        type=EventType.ENDPOINT_DISABLED,
        key=f"{due.endpoint_id}:{failed.disabled_at.isoformat()}",
        occurred_at=failed.disabled_at,
        data={"endpoint_id": str(due.endpoint_id), "reason": disabled_by.value},
    )
    await announce(connection, due.account_id, event)
    return disabled_by


def _recovered(due: Due) -> Update:
    """Only where there is something to forget: healthy endpoints are not written to."""
    troubled = _ENDPOINTS.failing_since.is_not(None) | _ENDPOINTS.paused_until.is_not(None)
    return (
        update(webhook_endpoints)
        .where(*_endpoint_of(due), troubled)
        .values(failing_since=None, paused_until=None)
    )


def _failed(due: Due, settlement: Settlement) -> Any:
    """Of an endpoint that is enabled; with why it is not any more, if so."""
    now = func.clock_timestamp()
    is_failing = _ENDPOINTS.failing_since < now - settlement.disabled_after
    why = (
        DisabledBy.GONE.value
        if settlement.is_gone
        else case((is_failing, DisabledBy.FAILING.value), else_=None)
    )
    pause = settlement.pause
    return (
        update(webhook_endpoints)
        .where(*_endpoint_of(due), _ENDPOINTS.disabled_at.is_(None))
        .values(
            failing_since=func.coalesce(_ENDPOINTS.failing_since, now),
            paused_until=_ENDPOINTS.paused_until if pause is None else now + pause,
            disabled_by=why,
            disabled_at=now if settlement.is_gone else case((is_failing, now), else_=None),
        )
        .returning(_ENDPOINTS.disabled_by, _ENDPOINTS.disabled_at)
    )


def _endpoint_of(due: Due) -> tuple[Any, Any]:
    return _ENDPOINTS.account_id == due.account_id, _ENDPOINTS.id == due.endpoint_id
