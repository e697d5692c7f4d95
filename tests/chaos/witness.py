"""What PostgreSQL itself saw of each item: a trigger writes down every change, as it commits.

The product clears an item's tries when it settles it, so that only somebody who looked on can
say which calls were made for one item, and how often it was settled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from roleferry_enrich.storage.engine import driver_url
from roleferry_enrich.storage.statements import sql

# With the rights of whoever owns the tables: an item ends under those of its account.
_TRIGGER = """
    CREATE TABLE seen (
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        job_id uuid NOT NULL, number integer NOT NULL, epoch integer NOT NULL,
        deaths smallint NOT NULL, before text NOT NULL, state text NOT NULL,
        lease_ended timestamptz, try uuid
    );
    CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO seen (job_id, number, epoch, deaths, before, state, lease_ended, try)
        VALUES (new.job_id, new.number, new.epoch, new.deaths, old.state, new.state,
            old.lease_until, new.tries[cardinality(new.tries)]);
        RETURN NULL;
    END $$;
    CREATE TRIGGER seen AFTER UPDATE ON job_items
    FOR EACH ROW WHEN (old.state <> new.state OR old.epoch <> new.epoch) EXECUTE FUNCTION see();
    CREATE TABLE booked (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE FUNCTION book() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO booked (id) VALUES (new.id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER booked AFTER INSERT OR UPDATE ON provider_calls
    FOR EACH ROW WHEN (new.cost > 0 AND new.outcome <> 'lost') EXECUTE FUNCTION book();
    CREATE TABLE noted (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO noted (id) VALUES (new.id) ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;
    CREATE TRIGGER noted AFTER INSERT ON call_intents
    FOR EACH ROW WHEN (new.reply IS NULL) EXECUTE FUNCTION note();
"""
_SETTLED_TWICE = """
    SELECT count(*) FROM (
        SELECT FROM seen WHERE state NOT IN ('queued', 'running')
        GROUP BY job_id, number HAVING count(*) > 1
    ) AS twice
"""
# All paid calls whose answers came, with their items.
_ANSWERED = """
    SELECT DISTINCT seen.job_id, seen.number, calls.id,
        coalesce(noted.at, calls.sent_at) AS noted_at, booked.at AS booked_at
    FROM seen
    JOIN provider_calls AS calls ON calls.enrichment_id = seen.try
    JOIN booked ON booked.id = calls.id
    LEFT JOIN noted ON noted.id = calls.id
    WHERE seen.state = 'running' AND calls.cost > 0 AND calls.outcome <> 'lost'
"""
# The second was noted although the answer of the first was in the books. One that came only after
# the call was given up, because its worker stood still, was charged, and nobody could know.
_BOUGHT_AGAIN = f"""
    WITH answered AS ({_ANSWERED})
    SELECT count(DISTINCT (first.job_id, first.number))
    FROM answered AS first JOIN answered AS second USING (job_id, number)
    WHERE second.id <> first.id AND second.noted_at > first.booked_at
"""
_WORTH = f"SELECT count(DISTINCT (job_id, number)) FROM ({_ANSWERED}) AS answered"
_BOOKS = """
    SELECT count(*) FILTER (WHERE cost > 0 AND outcome <> 'lost') AS charged,
        count(*) FILTER (WHERE cost > 0 AND outcome = 'lost') AS lost,
        coalesce(sum(cost), 0)::bigint AS cost,
        (SELECT coalesce(sum(cost), 0)::bigint FROM job_items) AS told
    FROM provider_calls
"""
_UNENDED = "SELECT count(*) FROM job_items WHERE state IN ('queued', 'running')"
_UNDER_WAY = "SELECT count(*) FROM call_intents WHERE reply IS NULL"
# An item that died with its worker, from the last time its lease was renewed to its next one.
_DEATHS = """
    SELECT extract(epoch FROM died.lease_ended)::float AS lease_ended,
        extract(epoch FROM again.at)::float AS again
    FROM seen AS died
    JOIN seen AS again USING (job_id, number)
    WHERE died.before = 'running' AND died.state = 'queued' AND died.deaths > (
            SELECT max(deaths) FROM seen AS run
            WHERE run.job_id = died.job_id AND run.number = died.number
                AND run.epoch = died.epoch AND run.state = 'running'
        )
        AND again.state = 'running' AND again.epoch = died.epoch + 1
"""
_CREDITS = "SELECT coalesce(sum(charged), 0)::bigint FROM credit_charges"
_SETTLED_AT = """
    SELECT extract(epoch FROM at)::float AS at FROM seen
    WHERE state NOT IN ('queued', 'running') ORDER BY at
"""


@dataclass(frozen=True)
class Findings:
    settled_twice: int
    bought_again: int
    """Items for which a call was made though the answer to it was in the books."""
    worth: int
    """Items that one paid call was enough for."""
    charged: int
    """Calls in the books whose answer came and cost something."""
    lost: int
    """Calls in the books that nobody settled, in full."""
    cost: int
    told: int
    """Micro-dollars, by the books and by the items."""
    unbalanced: int
    """Accounts whose ledger of credits does not add up."""
    credits: int
    """Charged; an item costs one."""
    deaths: Sequence[tuple[float, float]]
    """Of each lease that ended by itself: when, and when the item was leased again."""
    settled_at: Sequence[float]


class Witness:
    def __init__(self, url: str) -> None:
        self._url = driver_url(url)

    async def look_on(self) -> None:
        await self._ask(_TRIGGER)

    async def unended(self) -> int:
        return await self._count(_UNENDED)

    async def under_way(self) -> int:
        return await self._count(_UNDER_WAY)

    async def testify(self) -> Findings:
        """Of a run that has come to rest."""
        (books,) = await self._rows(_BOOKS)
        return Findings(
            settled_twice=await self._count(_SETTLED_TWICE),
            bought_again=await self._count(_BOUGHT_AGAIN),
            worth=await self._count(_WORTH),
            unbalanced=len(await self._rows(sql("unbalanced_credits"))),
            credits=await self._count(_CREDITS),
            deaths=[(row["lease_ended"], row["again"]) for row in await self._rows(_DEATHS)],
            settled_at=[row["at"] for row in await self._rows(_SETTLED_AT)],
            **books,
        )

    async def _count(self, query: str) -> int:
        ((count,),) = await self._rows(query)
        return count

    async def _rows(self, query: str) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(self._url)
        try:
            return await connection.fetch(query)
        finally:
            await connection.close()

    async def _ask(self, query: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(query)
        finally:
            await connection.close()
