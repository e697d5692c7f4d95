"""Recognising somebody costs what they are known by, not what the account knows."""

import itertools

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from tests.storage.job_examples import run

from roleferry_enrich.storage.statements import sql

_MANY = """
    INSERT INTO identities
    SELECT :account_id, 'person', 'email', 'digest-' || n, gen_random_uuid()
    FROM generate_series(1, 3000) AS n
"""


def read(plan) -> int:
    """Rows that were read of the table, kept or not."""
    rows = 0
    if plan.get("Relation Name") == "identities":
        left_out = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Join Filter", 0
        )
        rows = (plan["Actual Rows"] + left_out) * plan["Actual Loops"]
    return rows + sum(map(read, plan.get("Plans", ())))


async def test_of_all_that_an_account_knows_only_what_is_asked_for_is_read(engine, account_id):
    await run(engine, _MANY, account_id=account_id)
    explained = text("EXPLAIN (ANALYZE, FORMAT JSON) " + sql("held_by_owners"))
    explained = explained.bindparams(bindparam("given", type_=JSONB))
    given = [
        {"subject": "person", "kind": "email", "value": f"digest-{n}"} for n in (7, 8, 3_001, 3_002)
    ]
    async with engine.connect() as connection:
        # As autovacuum does within a minute of such growth.
        await connection.execute(text("ANALYZE identities"))
        (found,) = (
            await connection.execute(explained, {"account_id": account_id, "given": given})
        ).scalars()
    assert 4 <= sum(map(read, (each["Plan"] for each in itertools.chain(found)))) <= 8
