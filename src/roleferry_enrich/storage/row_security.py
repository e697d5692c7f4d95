"""The second lock on the rows of accounts: PostgreSQL's row-level security.

A transaction for one account takes a role that may see that account's rows alone, so that a query
that forgets its `account_id` finds nothing of another's. Transactions for nobody in particular
keep the login's own rights: whoever owns the tables passes the lock.
"""

from typing import Any

import asyncpg
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from roleferry_enrich.acting import acting_account
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.driver import LOST
from roleferry_enrich.storage.statements import sql

# Of this database alone: roles belong to the whole server, on which others may have one.
_ROLE = "('roleferry_account_' || current_database())::name::text"
_ACT = (
    f"SELECT set_config('role', {_ROLE}, true), "
    "set_config('roleferry.account', '{account}', true);"
)
_OPEN_TABLES = text(sql("open_tables"))
_MAKE_ROLE = text(sql("make_account_role"))
_INSUFFICIENT_PRIVILEGE = "42501"


# Any: asyncpg has no types.
class AccountConnection(asyncpg.Connection):  # type: ignore[misc]
    """Begins each transaction as the account that the task acts for, in one round trip."""

    async def execute(self, query: str, *values: Any, **options: Any) -> Any:
        account = acting_account() if query.startswith("BEGIN") else None
        if account is None:
            return await super().execute(query, *values, **options)
        try:
            return await super().execute(query + _ACT.format(account=account), **options)
        except BaseException:
            # Begun perhaps, by somebody who may not go on.
            self.terminate()
            raise

    async def set_type_codec(self, typename: str, **options: Any) -> None:
        """As SQLAlchemy does when it opens a connection, passing on what goes wrong as it is."""
        try:
            await super().set_type_codec(typename, **options)
        except LOST as error:
            raise ConnectionAbortedError("the connection was lost as it was opened") from error


def is_locked(connection: Connection) -> bool:
    """Whether every table has the lock that it needs."""
    return not connection.execute(_OPEN_TABLES).all()


def lock(connection: Connection) -> None:
    """Puts the lock on each table that has none. Raises ConfigurationError without the right to.

    Beside the migrations, not in them: a table of a later one is not forgotten, and a database
    that was restored without its role gets it back.
    """
    tables = connection.execute(_OPEN_TABLES).all()
    if tables:
        _make_role(connection)
    connection.commit()
    for table in tables:
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        connection.execute(
            text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table.name} TO {table.role}")
        )
        if table.owner_column is not None and not table.has_policy:
            _restrict(connection, table.name, table.owner_column)
        connection.commit()


def _make_role(connection: Connection) -> None:
    try:
        connection.execute(_MAKE_ROLE)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _INSUFFICIENT_PRIVILEGE:
            raise
        raise ConfigurationError(
            "the database user may not create roles: let one that may run `migrate` once, "
            "or make the role by hand as docs/production.md says"
        ) from None


def _restrict(connection: Connection, table: str, column: str) -> None:
    # Empty, not absent, after the first transaction of a session that had set it.
    mine = f"{column} = NULLIF(current_setting('roleferry.account', true), '')::uuid"
    connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))
    connection.execute(text(f"CREATE POLICY own_account ON {table} USING ({mine})"))
