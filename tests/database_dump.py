"""All that a PostgreSQL database holds, as whoever reads its files would see it."""

import asyncpg

from roleferry_enrich.storage.engine import driver_url


async def everything(url: str) -> str:
    """The values of all rows of all tables, one a line; of bytes, the letters among them."""
    connection = await asyncpg.connect(driver_url(url))
    try:
        names = await connection.fetch(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        )
        tables = [await connection.fetch(f"SELECT * FROM {name[0]}") for name in names]
    finally:
        await connection.close()
    values = (value for rows in tables for row in rows for value in row.values())
    return "\n".join(
        value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values
    )
