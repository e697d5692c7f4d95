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
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.tables import completions
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
    return (await connection.execute(_WAKE, asdict(answered))).rowcount


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
        given_up = delete(completions).where(
            completions.c.due_at <= func.clock_timestamp(), completions.c.tries >= MOST_TRIES
        )

        async def work(connection: AsyncConnection) -> Sequence[Due]:
            await connection.execute(given_up)
            rows = (await connection.execute(claimed)).all()
            return [Due(row.account_id, row.enrichment_id) for row in rows]

        return await in_transaction(self._engine, work)

    async def settle(self, enrichment: Enrichment) -> None:
        """Forget an enrichment that nobody owes an answer, or that was tried often enough."""
        waiting = any(o.outcome is OutcomeKind.PENDING for o in enrichment.outcomes)
        statement = delete(completions).where(
            completions.c.account_id == enrichment.account_id,
            completions.c.enrichment_id == enrichment.id,
        )
        if waiting:
            statement = statement.where(completions.c.tries >= MOST_TRIES)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(statement)

        await in_transaction(self._engine, work)
