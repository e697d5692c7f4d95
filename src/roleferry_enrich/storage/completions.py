"""Which enrichments are still owed an answer, and when to ask for it.

The table is the truth; a queue only wakes who reads it. A claim moves the due time on, so that a
worker that dies gives the enrichment back by itself.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.storage.announcing import announce
from roleferry_enrich.storage.at_rest import at_rest_of
from roleferry_enrich.storage.enrichment_events import of_enrichment
from roleferry_enrich.storage.people_keys import blind_email, read_enrichments
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.tables import completions, enrichments
from roleferry_enrich.storage.transactions import in_transaction

MOST_TRIES = 8
_LEASE = timedelta(seconds=60)
_SOONEST = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    account_id: UUID
    enrichment_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Who has told what was asked for: by its own name of that, or by whom it is about."""

    provider: str
    reference: str | None = None
    email: str | None = None
    domain: str | None = None


async def schedule(connection: AsyncConnection, enrichment: Enrichment) -> None:
    """In the transaction that records an enrichment: note when to ask those who said "later"."""
    waits = [
        outcome.retry_after or _SOONEST
        for outcome in enrichment.outcomes
        if outcome.outcome is OutcomeKind.PENDING
    ]
    if not waits:
        return
    due_at = func.clock_timestamp() + max(min(waits), _SOONEST)
    row = insert(completions).values(
        account_id=enrichment.account_id, enrichment_id=enrichment.id, due_at=due_at
    )
    await connection.execute(
        row.on_conflict_do_update(
            index_elements=[completions.c.account_id, completions.c.enrichment_id],
            set_={"due_at": row.excluded.due_at},
        )
    )


_WAKE = statement("wake_completions")


async def wake(connection: AsyncConnection, answered: Answered) -> int:
    """Let those be completed now who wait for what a provider has just told; how many."""
    email = blind_email(at_rest_of(connection), answered.email)
    given = {**asdict(answered), "email": email, "clear_email": answered.email}
    return (await connection.execute(_WAKE, given)).rowcount


async def _tell(connection: AsyncConnection, due: Due) -> None:
    """Nothing more is to come, although somebody owes an answer: that is told as any end is."""
    statement = select(enrichments.c.result).where(
        enrichments.c.account_id == due.account_id, enrichments.c.id == due.enrichment_id
    )
    result = (await connection.execute(statement)).scalar_one()
    (enrichment,) = await read_enrichments(connection, due.account_id, [result])
    if enrichment is None:
        return  # of a person whose key was shredded
    event = of_enrichment(EventType.ENRICHMENT_COMPLETED, enrichment)
    await announce(connection, due.account_id, event)


class CompletionRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def claim(self, limit: int) -> Sequence[Due]:
        """The enrichments that are due, for this worker alone until the lease ends."""
        key = tuple_(completions.c.account_id, completions.c.enrichment_id)
        due = (
            select(completions.c.account_id, completions.c.enrichment_id)
            .where(completions.c.due_at <= func.clock_timestamp())
            .order_by(completions.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = (
            update(completions)
            .where(key.in_(due))
            .values(due_at=func.clock_timestamp() + _LEASE, tries=completions.c.tries + 1)
            .returning(completions.c.account_id, completions.c.enrichment_id)
        )

        # Whoever took it so often and never settled it would do so for ever.
        given_up = (
            delete(completions)
            .where(completions.c.due_at <= func.clock_timestamp())
            .where(completions.c.tries >= MOST_TRIES)
            .returning(completions.c.account_id, completions.c.enrichment_id)
        )

        async def work(connection: AsyncConnection) -> Sequence[Due]:
            for row in (await connection.execute(given_up)).all():
                await _tell(connection, Due(row.account_id, row.enrichment_id))
            rows = (await connection.execute(claimed)).all()
            return [Due(row.account_id, row.enrichment_id) for row in rows]

        return await in_transaction(self._engine, work)

    async def settle(self, enrichment: Enrichment) -> None:
        """Forget an enrichment that nobody owes an answer, or that was tried often enough."""
        statement = delete(completions).where(
            completions.c.account_id == enrichment.account_id,
            completions.c.enrichment_id == enrichment.id,
        )
        if enrichment.is_owed:
            statement = statement.where(completions.c.tries >= MOST_TRIES)

        async def work(connection: AsyncConnection) -> None:
            is_forgotten = (await connection.execute(statement)).rowcount > 0
            if is_forgotten and enrichment.is_owed:
                await _tell(connection, Due(enrichment.account_id, enrichment.id))

        await in_transaction(self._engine, work)
