"""Reads the stored companies of an account."""

from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.stored import StoredCompany
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.golden import AnyRow, fields_of
from roleferry_enrich.storage.tables import companies
from roleferry_enrich.storage.transactions import in_transaction


class CompanyRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, account_id: UUID, company_id: UUID) -> StoredCompany | None:
        async def work(connection: AsyncConnection) -> StoredCompany | None:
            found = await companies_of(connection, account_id, {company_id})
            return found.get(company_id)

        return await in_transaction(self._engine, work)


async def companies_of(
    connection: AsyncConnection, account_id: UUID, ids: set[UUID]
) -> dict[UUID, StoredCompany]:
    """The companies with these ids, as far as they are this account's."""
    if not ids:
        return {}
    statement = select(companies).where(
        companies.c.account_id == account_id,
        companies.c.id == any_(literal(list(ids), ARRAY(Uuid))),
    )
    return {row.id: _company(row) for row in await connection.execute(statement)}


def _company(row: AnyRow) -> StoredCompany:
    return StoredCompany(
        id=row.id,
        fields=fields_of(row),
        workforce=read(row.workforce, dict[str, float]),
        workforce_change=read(row.workforce_change, dict[str, float]),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
