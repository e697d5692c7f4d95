"""Runs migrations for `storage.migrate`, which brings a connection, and for the alembic command,
which is its own root and reads the URL from the environment."""

import asyncio
import os
import time

from alembic import context
from sqlalchemy import Connection, func, select

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage import (  # noqa: F401 - they declare tables of their own
    account_tables,
    credit_tables,
    erasure_tables,
    handling,
    job_tables,
    key_tables,
    outgoing_tables,
    suppression_tables,
    webhook_tables,
)
from roleferry_enrich.storage.engine import create_unpooled_engine
from roleferry_enrich.storage.row_security import lock
from roleferry_enrich.storage.tables import accounts

# An arbitrary number that only this product's migrations use in its database.
_LOCK = 7_265_381_042
_PAUSE_S = 0.1


def _run(connection: Connection) -> None:
    # Held by the session, not by a transaction: a migration may have to commit in between (to
    # build an index concurrently). Closing the connection releases it.
    # Tried again and again: an index built concurrently waits for every statement under way, and
    # so for one that waits for the lock.
    while not connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
        connection.commit()
        time.sleep(_PAUSE_S)
    connection.commit()
    context.configure(
        connection=connection, target_metadata=accounts.metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    lock(connection)


async def _run_alone() -> None:
    url = os.environ.get("ROLEFERRY_DATABASE_URL")
    if not url:
        raise ConfigurationError("set ROLEFERRY_DATABASE_URL")
    engine = create_unpooled_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
    finally:
        await engine.dispose()


given: Connection | None = context.config.attributes.get("connection")
if given is None:
    asyncio.run(_run_alone())
else:
    _run(given)
