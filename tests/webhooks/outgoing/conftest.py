"""The same real PostgreSQL as the storage tests."""

from tests.storage.conftest import (
    account_id,
    database_url,
    engine,
    other_account_id,
    server_url,
)

__all__ = ["account_id", "database_url", "engine", "other_account_id", "server_url"]
