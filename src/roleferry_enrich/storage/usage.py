"""Tells what an account used, and subscribers when much of what it may use is."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Date, bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.credits import Caps, levels_reached
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.usage import By, Usage, UsageLine
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.credit_tables import usage_alerts
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

_USAGE = statement("usage")
_LEVELS = statement("usage_levels").bindparams(bindparam("today", type_=Date))


class UsageRepository:
    def __init__(
        self, engine: AsyncEngine, *, caps: Caps, credit_value: MicroUsd | None = None
    ) -> None:
        """`caps` are those of accounts that have none of their own."""
        self._engine = engine
        self._caps = caps
        self._credit_value = credit_value

    async def report(self, account_id: UUID, since: date, until: date) -> Usage:
        """From one day to another, both included; UTC."""
        given = {
            "account_id": account_id,
            "since": _midnight(since),
            "until": _midnight(until + timedelta(days=1)),
        }

        async def work(connection: AsyncConnection) -> tuple[UsageLine, ...]:
            return tuple(_line(row) for row in await connection.execute(_USAGE, given))

        return Usage(
            since=since,
            until=until,
            lines=await in_transaction(self._engine, work),
            credit_value=self._credit_value,
        )

    async def alert(self, now: datetime) -> int:
        """Tell of 50, 80 and 100 hundredths, each once a period; how often that was.

        A period of credits ends when more are granted, one of spending with the day or month.
        """
        today = now.astimezone(UTC).date()
        given = {
            "today": today,
            "day": today.isoformat(),
            "month": f"{today:%Y-%m}",
            "cap_day": self._caps.day,
            "cap_month": self._caps.month,
        }

        async def work(connection: AsyncConnection) -> int:
            count = 0
            for row in (await connection.execute(_LEVELS, given)).all():
                reached = levels_reached(row.used, row.most, refused=row.is_refused)
                for percent in (level for level in reached if level > row.told):
                    count += await _tell(connection, row, percent, now)
            return count

        return await in_transaction(self._engine, work)


async def _tell(connection: AsyncConnection, row: AnyRow, percent: int, now: datetime) -> bool:
    told = insert(usage_alerts).values(
        account_id=row.account_id, limit=row.limit, period=row.period, percent=percent
    )
    if not (await connection.execute(told.on_conflict_do_nothing())).rowcount:
        return False
    event = Event(
        type=EventType.USAGE_THRESHOLD,
        key=f"{row.account_id}:{row.limit}:{row.period}:{percent}",
        occurred_at=now,
        data={"limit": row.limit, "percent": percent},
    )
    await announce(connection, row.account_id, event)
    return True


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _line(row: AnyRow) -> UsageLine:
    return UsageLine(
        by=By(row.by),
        value=row.value,
        enrichments=row.enrichments,
        cached=row.cached,
        calls=row.calls,
        cost=MicroUsd(row.cost),
        credits=row.credits,
    )
