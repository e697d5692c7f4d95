"""H22, H23: a key is one request's; its answer outlives the process, not its subject."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from tests.storage.job_examples import items

from roleferry_enrich.domain.batches import NewJob
from roleferry_enrich.errors import Conflict, InvalidQuery
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage.account_tables import idempotent_requests
from roleferry_enrich.storage.idempotency import (
    About,
    Claim,
    IdempotencyRepository,
    KeptAnswer,
    KeyInUse,
    KeyPlace,
    forget_answers,
)
from roleferry_enrich.storage.job_tables import jobs
from roleferry_enrich.storage.jobs import JobRepository

SECRET = b"a secret of this test"
ONE, OTHER = b"fingerprint", b"another"
ANSWER = KeptAnswer(
    202, {"content-type": "application/json"}, b'{"email":"ada@canary.test"}', subjects=[]
)
CANARY_KEY = "key-of-ada@canary.test"


@pytest.fixture
def answers(engine) -> IdempotencyRepository:
    return repository(engine)


def repository(engine, secret: bytes = SECRET) -> IdempotencyRepository:
    """Of any process: it remembers nothing."""
    return IdempotencyRepository(engine, KeyRing([secret]), SECRET)


@pytest.fixture
def scope(account_id) -> KeyPlace:
    return KeyPlace(account_id, "POST /enrich/batch", CANARY_KEY)


async def changed(engine, scope: KeyPlace, what: str) -> None:
    async with engine.begin() as connection:
        mine = {"account_id": scope.account_id}
        sql = f"UPDATE idempotent_requests SET {what} WHERE account_id = :account_id"
        assert (await connection.execute(text(sql), mine)).rowcount == 1


async def made(engine, answers, claim: Claim) -> None:
    """A job, with the answer to who asked for it."""

    async def keep(connection, _) -> None:
        await answers.keep(connection, claim, ANSWER, About())

    await JobRepository(engine).create(claim.place.account_id, NewJob(items=items(1)), keep)


async def count_of_jobs(engine, scope: KeyPlace) -> int:
    async with engine.connect() as connection:
        mine = jobs.c.account_id == scope.account_id
        return await connection.scalar(select(func.count()).select_from(jobs).where(mine))


async def test_h22_a_hundred_at_once_are_one(engine, answers, scope):
    async def request() -> str:
        try:
            claim = await answers.claim(scope, ONE)
        except KeyInUse:
            return "in use"
        if isinstance(claim, KeptAnswer):
            assert claim == ANSWER
            return "replayed"
        await made(engine, answers, claim)
        return "done"

    said = await asyncio.gather(*(request() for _ in range(100)))

    assert said.count("done") == 1
    assert await count_of_jobs(engine, scope) == 1
    assert await answers.claim(scope, ONE) == ANSWER


async def test_h23_what_was_committed_is_answered_though_its_process_ended(engine, answers, scope):
    await made(engine, answers, await answers.claim(scope, ONE))

    assert await repository(engine).claim(scope, ONE) == ANSWER
    assert await count_of_jobs(engine, scope) == 1


async def test_h23_a_process_that_ended_before_holds_the_key_for_its_lease(engine, answers, scope):
    await answers.claim(scope, ONE)
    with pytest.raises(KeyInUse) as refused:
        await repository(engine).claim(scope, ONE)
    assert refused.value.retry_after.total_seconds() == 1

    await changed(engine, scope, "claimed_until = clock_timestamp()")
    assert isinstance(await repository(engine).claim(scope, ONE), Claim)


async def test_who_was_slower_than_its_lease_undoes_what_it_did(engine, answers, scope):
    slow = await answers.claim(scope, ONE)
    await changed(engine, scope, "claimed_until = clock_timestamp()")
    quick = await answers.claim(scope, ONE)

    with pytest.raises(Conflict, match="took its place"):
        await made(engine, answers, slow)
    with pytest.raises(Conflict, match="took its place"):
        await answers.settle(slow, ANSWER, About())
    assert await count_of_jobs(engine, scope) == 0

    await answers.release(slow)  # is not its own to release
    await made(engine, answers, quick)
    assert await count_of_jobs(engine, scope) == 1


async def test_another_request_is_refused_also_while_the_first_is_done(answers, scope):
    claim = await answers.claim(scope, ONE)
    with pytest.raises(InvalidQuery, match="belongs to another"):
        await answers.claim(scope, OTHER)
    await answers.settle(claim, ANSWER, About())
    with pytest.raises(InvalidQuery, match="belongs to another"):
        await answers.claim(scope, OTHER)


async def test_other_accounts_and_routes_have_keys_of_their_own(answers, scope, other_account_id):
    await answers.claim(scope, ONE)
    for other in (
        KeyPlace(other_account_id, scope.operation, scope.key),
        KeyPlace(scope.account_id, "POST /enrich", scope.key),
        KeyPlace(scope.account_id, scope.operation, "another"),
    ):
        assert isinstance(await answers.claim(other, OTHER), Claim)


async def test_what_came_to_nothing_leaves_the_key_free(answers, scope):
    claim = await answers.claim(scope, ONE)
    await answers.release(claim)
    assert isinstance(await answers.claim(scope, OTHER), Claim)


async def test_the_answer_that_was_given_is_the_one_that_is_kept(engine, answers, scope):
    claim = await answers.claim(scope, ONE)
    await made(engine, answers, claim)
    given = KeptAnswer(200, {}, b"as given", subjects=[b"digest"])
    await answers.settle(claim, given, About(subjects=[b"digest"]))
    async with engine.begin() as connection:
        await answers.keep(connection, claim, ANSWER, About())  # recorded late
    await answers.release(claim)
    assert await answers.claim(scope, ONE) == given
    await answers.drop(scope)
    assert isinstance(await answers.claim(scope, OTHER), Claim)


async def test_what_is_written_twice_is_written_once(engine, answers, scope):
    claim = await answers.claim(scope, ONE)
    for _ in range(2):  # a commit whose answer was lost
        async with engine.begin() as connection:
            await answers.keep(connection, claim, ANSWER, About())
    assert await answers.claim(scope, ONE) == ANSWER


async def test_after_72_hours_it_is_forgotten_swept_or_not(engine, answers, scope):
    await answers.settle(await answers.claim(scope, ONE), ANSWER, About())
    await changed(engine, scope, "created_at = clock_timestamp() - interval '71 hours'")
    assert await answers.sweep(100) == 0
    assert await answers.claim(scope, ONE) == ANSWER

    old = "created_at = clock_timestamp() - interval '73 hours'"
    await changed(engine, scope, old)
    assert isinstance(await answers.claim(scope, OTHER), Claim)
    await changed(engine, scope, old)
    assert await answers.sweep(100) == 1


async def test_neither_answers_nor_keys_can_be_read_in_the_table(engine, answers, scope):
    await answers.settle(await answers.claim(scope, ONE), ANSWER, About())
    async with engine.connect() as connection:
        mine = idempotent_requests.c.account_id == scope.account_id
        (row,) = await connection.execute(select(idempotent_requests).where(mine))
    assert not any(b"canary" in bytes(value) for value in (row.key, row.body))
    assert "canary" not in str(tuple(row))


async def test_an_answer_that_no_key_opens_is_not_made_again(engine, answers, scope):
    await answers.settle(await answers.claim(scope, ONE), ANSWER, About())
    with pytest.raises(Conflict, match="cannot be read"):
        await repository(engine, b"another secret").claim(scope, ONE)


@pytest.mark.parametrize("by", ["enrichment", "subject"])
async def test_an_answer_is_erased_with_whom_it_is_about(
    engine, answers, scope, other_account_id, by
):
    enrichment, subject = uuid4(), b"digest"
    about = About(enrichment) if by == "enrichment" else About(subjects=[subject, b"x"])
    await answers.settle(await answers.claim(scope, ONE), ANSWER, about)

    async def forget(account_id) -> int:
        async with engine.begin() as connection:
            return await forget_answers(connection, account_id, [enrichment], [subject])

    assert await forget(other_account_id) == 0
    assert await forget(scope.account_id if by == "subject" else None) == 1
    assert isinstance(await answers.claim(scope, ONE), Claim)
