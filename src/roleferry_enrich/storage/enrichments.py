"""Keeps enrichments with everything they rest on: calls, observations, golden records, history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Report
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.storage import bulk, rows, tables
from roleferry_enrich.storage.completions import schedule
from roleferry_enrich.storage.credit_tables import enrichment_usage
from roleferry_enrich.storage.credits import settle
from roleferry_enrich.storage.enrichment_events import EnrichmentAnnouncer
from roleferry_enrich.storage.opt_outs import opt_out_rows
from roleferry_enrich.storage.people_keys import read_enrichments
from roleferry_enrich.storage.sealed import keys_of
from roleferry_enrich.storage.subjects import gather
from roleferry_enrich.storage.transactions import Alongside, in_transaction

# What a fuller version of the same enrichment, or of the same person, replaces.
_REPLACED = frozenset(
    {
        tables.enrichments,
        tables.conversations,
        tables.people,
        tables.companies,
        tables.contact_points,
        enrichment_usage,
    }
)


class EnrichmentRepository:
    def __init__(self, engine: AsyncEngine, *, new_id: Callable[[], UUID] = uuid4) -> None:
        self._engine = engine
        self._new_id = new_id
        self._announcer = EnrichmentAnnouncer()

    async def record(
        self,
        enrichment: Enrichment,
        reports: Sequence[Report],
        *,
        observations: Observations,
        event: EventType | None = None,
        bill: Bill | None = None,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        """Store it all in one transaction; the enrichment with the ids of its subjects.

        `event` is announced in the same, to the account's endpoints that want it, and `alongside`
        writes in it; `bill` says what the account is charged for it, and whose key asked.

        Recording again is safe: a later version replaces the result, and adds the calls and
        observations that are new.
        """
        if enrichment.sample:
            raise ValueError("an invented answer is never stored")

        async def work(connection: AsyncConnection) -> Enrichment:
            subjects = await gather(connection, enrichment, self._new_id)
            known = replace(
                enrichment, person_id=subjects.person_id, company_id=subjects.company_id
            )
            books = {
                tables.enrichments: [
                    rows.enrichment_row(known, subjects.executive_ids, subjects.keys)
                ],
                tables.conversations: rows.conversation_rows(known, reports),
                tables.provider_calls: rows.call_rows(known, reports),
                tables.opt_outs: opt_out_rows(known, subjects.keys.at_rest),
                enrichment_usage: [] if bill is None else [rows.usage_row(known, bill)],
                tables.observations: rows.observation_rows(
                    known, observations, subjects.owners, subjects.keys
                ),
            }
            await bulk.write(connection, {**subjects.rows(known), **books}, replacing=_REPLACED)
            await schedule(connection, known)
            if event is not None:
                await self._announcer.announce(connection, event, known)
            if alongside is not None:
                await alongside(connection, known)
            # Last: until the end nobody else of this account can be charged.
            if bill is not None and bill.is_metered:
                await settle(connection, known.account_id, bill)
            return known

        return await in_transaction(self._engine, work)

    async def get(self, account_id: UUID, enrichment_id: UUID) -> Enrichment | None:
        table = tables.enrichments.c
        statement = select(table.result).where(
            table.account_id == account_id, table.id == enrichment_id
        )

        async def work(connection: AsyncConnection) -> Enrichment | None:
            result = await connection.scalar(statement)
            (found,) = await read_enrichments(connection, account_id, [result])
            return found

        return await in_transaction(self._engine, work)

    async def observations(self, account_id: UUID, enrichment_id: UUID) -> Observations:
        """Everything that was observed for an enrichment, in the order it was recorded."""
        table = tables.observations.c
        statement = (
            select(tables.observations)
            .where(table.account_id == account_id, table.enrichment_id == enrichment_id)
            .order_by(table.observed_at, table.conversation, table.ordinal)
        )

        async def work(connection: AsyncConnection) -> Observations:
            found = (await connection.execute(statement)).all()
            keys = await keys_of(
                connection, account_id, {row.person_id for row in found if row.person_id}
            )
            return rows.observations_of(found, keys)

        return await in_transaction(self._engine, work)
