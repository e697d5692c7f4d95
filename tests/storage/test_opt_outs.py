"""Who objected, by address: one account's own, in whatever spelling."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.storage.opt_outs import OptOutRepository

ORLA, BO = Email("orla@quillmere.test"), Email("bo@quillmere.test")


async def test_who_was_noted_is_found_among_others(engine: AsyncEngine, account_id: UUID) -> None:
    repository = OptOutRepository(engine)

    await repository.note(account_id, [ORLA])
    await repository.note(account_id, [ORLA, BO])

    spelt = Email("Orla@Quillmere.test")
    asked = [spelt, BO, Email("ada@quillmere.test")]
    assert await repository.among(account_id, asked) == {spelt, BO}


async def test_another_account_knows_nothing_of_it(
    engine: AsyncEngine, account_id: UUID, other_account_id: UUID
) -> None:
    repository = OptOutRepository(engine)
    await repository.note(account_id, [ORLA])

    assert await repository.among(other_account_id, [ORLA]) == set()


async def test_of_nobody_nobody_is_looked_up(engine: AsyncEngine, account_id: UUID) -> None:
    assert await OptOutRepository(engine).among(account_id, []) == set()
