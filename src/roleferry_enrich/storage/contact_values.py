"""Every address and number stored, of every account."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.storage.searching import Place, Wanted, read_rows
from roleferry_enrich.storage.tables import contact_points

_KINDS = ("email", "phone")
_ALL = Wanted(account_id=None, patterns=())


async def contact_values(engine: AsyncEngine) -> AsyncIterator[tuple[UUID, UUID, str, str]]:
    """Account, person, kind and value. Raises KeyMissing, ServiceUnavailable."""
    async for row in read_rows(engine, Place(table=contact_points), _ALL):
        if row.kind in _KINDS:
            yield row.account_id, row.person_id, row.kind, row.value
