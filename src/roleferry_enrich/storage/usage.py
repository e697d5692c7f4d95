"""Tells what an account used, and subscribers when much of what it may use is."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.credits import Caps, levels_reached
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.usage import By, Usage, UsageLine
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.credit_tables import usage_alerts
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

_USAGE = statement("usage")
_LEVELS = statement("usage_levels")
_USUAL = timedelta(days=29)
_LONGEST = timedelta(days=366)
_CALENDAR_ENDS = date.max - timedelta(days=1)


class UsageRepository:
    def __init__(
        self, engine: AsyncEngine, *, caps: Caps, credit_value: MicroUsd | None = None
    ) -> None:
        """`caps` are those of accounts that have none of their own."""
        self._engine = engine
        self._caps = caps
        self._credit_value = credit_value

    async def report(self, account_id: UUID, since: date | None, until: date | None) -> Usage:
        """From one day to another, both included, UTC; without them the last thirty.

        Raises InvalidQuery for days that are too many or none.
        """

        async def work(connection: AsyncConnection) -> Usage:
            now = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            first, last = _days(since, until, now.astimezone(UTC).date())
            given = {
                "account_id": account_id,
                "since": _midnight(first),
                "until": _midnight(last + timedelta(days=1)),
            }
            return Usage(
                since=first,
                until=last,
                lines=tuple(_line(row) for row in await connection.execute(_USAGE, given)),
                credit_value=self._credit_value,
            )

        return await in_transaction(self._engine, work)

    async def alert(self) -> int:
        """Tell of 50, 80 and 100 hundredths, each once a period; how often that was.

        A period of credits ends when more are granted, one of spending with the day or month.
        """
        given = {"cap_day": self._caps.day, "cap_month": self._caps.month}

        async def work(connection: AsyncConnection) -> int:
            count = 0
            for row in (await connection.execute(_LEVELS, given)).all():
                reached = levels_reached(row.used, row.most, refused=row.is_refused)
                for percent in (level for level in reached if level > row.told):
                    count += await _tell(connection, row, percent)
            return count

        return await in_transaction(self._engine, work)


async def _tell(connection: AsyncConnection, row: AnyRow, percent: int) -> bool:
    told = insert(usage_alerts).values(
        account_id=row.account_id, limit=row.limit, period=row.period, percent=percent
    )
    if not (await connection.execute(told.on_conflict_do_nothing())).rowcount:
        return False
    event = Event(
        type=EventType.USAGE_THRESHOLD,
        key=f"{row.account_id}:{row.limit}:{row.period}:{percent}",
        occurred_at=row.now,
        data={"limit": row.limit, "percent": percent},
    )
    await announce(connection, row.account_id, event)
    return True


def _days(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    last = min(until or today, _CALENDAR_ENDS)
    # The calendar has a first day too.
    first = since or max(last, date.min + _USUAL) - _USUAL
    if not timedelta(0) <= last - first <= _LONGEST:
        expected = "at most 366 days, of which `until` is the last"
        raise InvalidQuery(expected, faults=(Fault("since", "invalid_period", expected),))
    return first, last


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
