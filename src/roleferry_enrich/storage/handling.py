"""Keeps how each account handles people's data."""

from uuid import UUID

from sqlalchemy import Column, Table, Text, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.handling import Handling, LawfulBasis
from roleferry_enrich.storage.columns import account, metadata, moment, text
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.transactions import Alongside, in_transaction

account_handling = Table(
    "account_handling",
    metadata,
    account(),
    text("purpose", nullable=True),
    text("lawful_basis", nullable=True),
    Column("providers_off", ARRAY(Text), nullable=False, server_default="{}"),
    moment("changed_at", now=True),
)


class HandlingRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, account_id: UUID) -> Handling:
        """That of an account which has said nothing is empty. Raises ServiceUnavailable."""
        own = select(account_handling).where(account_handling.c.account_id == account_id)

        async def work(connection: AsyncConnection) -> Handling:
            row = (await connection.execute(own)).one_or_none()
            if row is None:
                return Handling()
            return Handling(
                purpose=row.purpose,
                lawful_basis=LawfulBasis(row.lawful_basis) if row.lawful_basis else None,
                providers_off=frozenset(row.providers_off),
            )

        return await in_transaction(self._engine, work)

    async def put(
        self, account_id: UUID, handling: Handling, alongside: Alongside[Handling] | None = None
    ) -> None:
        """Raises ServiceUnavailable."""
        said = {
            "purpose": None if handling.purpose is None else storable(handling.purpose),
            "lawful_basis": handling.lawful_basis,
            "providers_off": sorted(handling.providers_off),
        }
        row = insert(account_handling).values(account_id=account_id, **said)
        row = row.on_conflict_do_update(
            index_elements=["account_id"], set_={**said, "changed_at": func.now()}
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(row)
            if alongside is not None:
                await alongside(connection, handling)

        await in_transaction(self._engine, work)
