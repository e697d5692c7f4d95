"""Of each account the one endpoint whose messages have URLs of their own: those given with jobs."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.storage.outgoing_tables import webhook_endpoints
from roleferry_enrich.storage.transactions import in_transaction

_TABLE = webhook_endpoints.c
_DESCRIPTION = "callback URLs of batch jobs"


class CallbackRepository:
    """Secrets come and go sealed. Raises ServiceUnavailable."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, account_id: UUID) -> tuple[UUID, bytes] | None:
        """Its id and secret; None where the account has had no callback yet."""

        async def work(connection: AsyncConnection) -> tuple[UUID, bytes] | None:
            return await _found(connection, account_id)

        return await in_transaction(self._engine, work)

    async def add(self, account_id: UUID, endpoint_id: UUID, secret: bytes) -> tuple[UUID, bytes]:
        """The one that there is then: who comes at the same moment may have been first."""
        row = {
            "account_id": account_id,
            "id": endpoint_id,
            "url": "",
            "description": _DESCRIPTION,
            "events": [],
            "secret": secret,
            "is_callback": True,
        }

        async def work(connection: AsyncConnection) -> tuple[UUID, bytes]:
            await connection.execute(insert(webhook_endpoints).values(row).on_conflict_do_nothing())
            found = await _found(connection, account_id)
            assert found is not None
            return found

        return await in_transaction(self._engine, work)

    async def replace(self, account_id: UUID, unreadable: bytes, secret: bytes) -> None:
        """Put another secret in the place of one that nobody can read any more."""
        renewed = update(webhook_endpoints).values(secret=secret)
        mine = (_TABLE.account_id == account_id, _TABLE.is_callback, _TABLE.secret == unreadable)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(renewed.where(*mine))

        await in_transaction(self._engine, work)


async def _found(connection: AsyncConnection, account_id: UUID) -> tuple[UUID, bytes] | None:
    mine = select(_TABLE.id, _TABLE.secret).where(
        _TABLE.account_id == account_id, _TABLE.is_callback
    )
    row = (await connection.execute(mine)).one_or_none()
    return None if row is None else (row.id, row.secret)
