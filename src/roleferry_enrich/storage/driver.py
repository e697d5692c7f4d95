"""What asyncpg raises where a connection is lost, beside OSError."""

import asyncpg

LOST = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # Its state machine, where the server's farewell crosses our statement.
    asyncpg.InternalClientError,
)
