"""The list over a real PostgreSQL and Redis: added, released, heard of, and never skipped."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.polling import becomes

from roleferry_enrich.errors import ConfigurationError, InvalidQuery, ServiceUnavailable
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.storage.engine import create_engine

SECRET = b"a secret of these tests"
JANE = NormalForm("email", "jane@corp.test")
PHONE = NormalForm("phone", "+442079460000")
ANN = NormalForm("email", "ann@corp.test")


@pytest.fixture
async def suppressions(engine: AsyncEngine) -> Suppressions:
    """Over an empty list."""
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM suppressions"))
        await connection.execute(text("UPDATE suppression_state SET version = 0, key_id = NULL"))
    made = Suppressions(engine, None, SECRET)
    await made.refresh()
    return made


def _true(condition: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    async def is_true() -> bool:
        return condition()

    return is_true


async def _add(
    suppressions: Suppressions,
    *forms: NormalForm,
    account_id: UUID | None = None,
    source: str = "test",
    reference: str | None = None,
) -> UUID:
    addition = suppressions.addition(
        forms, account_id=account_id, reason="objected", source=source, reference=reference
    )
    await suppressions.add(addition)
    return addition.entry_id


async def test_who_was_added_is_known_by_every_form(suppressions: Suppressions) -> None:
    await _add(suppressions, JANE, PHONE)

    assert suppressions.of(uuid4(), [PHONE, ANN, JANE]) == {JANE, PHONE}


async def test_an_account_suppresses_for_itself_alone(
    suppressions: Suppressions, account_id: UUID
) -> None:
    await _add(suppressions, JANE, account_id=account_id)

    assert suppressions.of(account_id, [JANE]) == {JANE}
    assert suppressions.of(uuid4(), [JANE]) == frozenset()


async def test_nothing_is_answered_from_a_list_that_was_not_read(engine: AsyncEngine) -> None:
    with pytest.raises(ServiceUnavailable):
        Suppressions(engine, None, SECRET).of(uuid4(), [JANE])


async def test_a_process_without_its_database_starts_and_refuses() -> None:
    nowhere = create_engine("postgresql://nobody@127.0.0.1:1/none")
    suppressions = Suppressions(nowhere, None, SECRET)

    async with suppressions.kept_up():
        with pytest.raises(ServiceUnavailable):
            suppressions.of(uuid4(), [JANE])
    await nowhere.dispose()


async def test_a_list_of_another_secret_is_refused(
    suppressions: Suppressions, engine: AsyncEngine
) -> None:
    await _add(suppressions, JANE)
    other = Suppressions(engine, None, b"another secret")

    with pytest.raises(ConfigurationError, match="secret"):
        await other.refresh()
    with pytest.raises(ServiceUnavailable):
        other.of(uuid4(), [JANE])
    with pytest.raises(ConfigurationError, match="secret"):
        await _add(other, ANN)


async def test_a_fresh_process_knows_what_others_added(
    suppressions: Suppressions, engine: AsyncEngine, account_id: UUID
) -> None:
    await _add(suppressions, JANE)
    await _add(suppressions, ANN, account_id=account_id)
    other = Suppressions(engine, None, SECRET)
    await other.refresh()

    assert other.of(account_id, [JANE, ANN, PHONE]) == {JANE, ANN}


async def test_a_process_that_looks_again_sees_additions_and_releases(
    suppressions: Suppressions, engine: AsyncEngine
) -> None:
    other = Suppressions(engine, None, SECRET)
    await other.refresh()
    entry = await _add(suppressions, JANE)
    await other.refresh()
    assert other.of(uuid4(), [JANE]) == {JANE}

    assert await suppressions.release(None, entry)
    await other.refresh()
    assert other.of(uuid4(), [JANE]) == suppressions.of(uuid4(), [JANE]) == frozenset()
    assert not await suppressions.release(None, entry)


async def test_who_was_added_twice_is_released_twice(suppressions: Suppressions) -> None:
    """A deletion list that takes a person back does not undo what the operator was asked."""
    mine = await _add(suppressions, JANE, source="operator")
    await _add(suppressions, JANE, source="drop", reference="w1")

    assert await suppressions.release_references("drop", ["w1", "w2"])
    assert suppressions.of(uuid4(), [JANE]) == {JANE}
    await suppressions.release(None, mine)
    assert suppressions.of(uuid4(), [JANE]) == frozenset()


async def test_adding_again_is_the_same_entry(suppressions: Suppressions) -> None:
    entry = await _add(suppressions, JANE, PHONE)
    assert await _add(suppressions, PHONE, JANE) == entry

    await suppressions.release_forms(None, [JANE, PHONE])
    assert suppressions.of(uuid4(), [JANE]) == frozenset()
    assert await _add(suppressions, JANE, PHONE) == entry
    assert suppressions.of(uuid4(), [JANE]) == {JANE}


async def test_entries_are_listed_newest_first_by_pages(
    suppressions: Suppressions, account_id: UUID
) -> None:
    people = [NormalForm("email", f"{number}@corp.test") for number in range(3)]
    added = [await _add(suppressions, person, account_id=account_id) for person in people]
    await _add(suppressions, JANE)

    first, after = await suppressions.page(account_id, after=None, limit=2)
    rest, end = await suppressions.page(account_id, after=after, limit=2)
    assert [entry.id for entry in (*first, *rest)] == added[::-1]
    assert end is None
    assert [kind for kind, _ in first[0].digests] == ["email"]
    with pytest.raises(InvalidQuery):
        await suppressions.page(account_id, after="nonsense", limit=2)


async def test_nothing_readable_is_kept(suppressions: Suppressions, engine: AsyncEngine) -> None:
    await _add(suppressions, JANE, PHONE)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT s::text FROM suppressions s"))).scalars()
        kept = " ".join(rows)

    assert kept.count("objected") == 2
    for part in ("jane", "corp", "7946", JANE.value.encode().hex()):
        assert part not in kept


async def test_other_processes_hear_of_it(
    suppressions: Suppressions, engine: AsyncEngine, redis: Redis, account_id: UUID
) -> None:
    here, there = Suppressions(engine, redis, SECRET), Suppressions(engine, redis, SECRET)
    async with here.kept_up(), there.kept_up():
        await asyncio.gather(here.held.until_read(), there.held.until_read())
        entry = await _add(here, JANE, account_id=account_id)
        await becomes(_true(lambda: there.of(account_id, [JANE]) == {JANE}))
        await here.release(account_id, entry)
        await becomes(_true(lambda: not there.of(account_id, [JANE])))


async def test_what_nobody_tells_is_seen_all_the_same(
    suppressions: Suppressions, engine: AsyncEngine
) -> None:
    deaf = Suppressions(engine, None, SECRET)
    async with deaf.kept_up():
        await deaf.held.until_read()
        await _add(suppressions, JANE)
        await becomes(_true(lambda: deaf.of(uuid4(), [JANE]) == {JANE}))


async def test_a_database_that_was_set_back_is_read_anew(
    suppressions: Suppressions, engine: AsyncEngine
) -> None:
    await _add(suppressions, JANE)
    await suppressions.refresh()
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM suppressions"))
        await connection.execute(text("UPDATE suppression_state SET version = 0"))
    await suppressions.refresh()

    assert suppressions.of(uuid4(), [JANE]) == frozenset()
