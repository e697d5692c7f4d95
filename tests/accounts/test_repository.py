"""The life of an API key, against a real PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select
from tests.storage.job_examples import PRICES, created

from roleferry_enrich.accounts.account import Account, KeyWish
from roleferry_enrich.accounts.keys import Key, Mode, mint, parse
from roleferry_enrich.accounts.repository import AccountRepository
from roleferry_enrich.errors import (
    Conflict,
    MissingScope,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
)
from roleferry_enrich.storage.job_leases import LeaseRepository
from roleferry_enrich.storage.tables import api_keys

PEPPER = b"test-pepper"


class Time:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)

    def today(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def repository(engine, time) -> AccountRepository:
    return another_process(engine, time)


def another_process(engine, time) -> AccountRepository:
    return AccountRepository(engine, PEPPER, now=time.today, clock=time.monotonic)


@pytest.fixture
def statements(engine):
    """Every statement sent while the test runs."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    return sent


async def test_key_authenticates_its_account(repository) -> None:
    account_id = await repository.create_account("Acme")
    token = await repository.create_key(account_id, "production", {"enrich", "read"})
    account = await repository.authenticate(token)
    assert account == Account(
        id=account_id,
        name="Acme",
        scopes=frozenset({"enrich", "read"}),
        key_id=key_of(token).id,
    )


async def test_test_key_says_so(repository, account_id) -> None:
    token = await repository.create_key(account_id, "trial", (), mode=Mode.TEST)
    assert token.startswith("rfe_test_")
    assert (await repository.authenticate(token)).id == account_id


async def test_live_key_is_not_taken_as_a_test_key(repository, account_id) -> None:
    key = key_of(await repository.create_key(account_id, "production", ()))
    with pytest.raises(Unauthenticated):
        await repository.authenticate(Key(Mode.TEST, key.id, key.secret).token())


async def test_secret_is_not_stored(repository, engine, account_id) -> None:
    token = await repository.create_key(account_id, "production", ())
    async with engine.connect() as connection:
        found = await connection.execute(
            select(api_keys).where(api_keys.c.account_id == account_id)
        )
        (row,) = found.all()
    assert key_of(token).secret not in str(row)
    assert len(row.digest) == 32


async def test_whatever_is_wrong_the_answer_is_the_same(repository, time, account_id) -> None:
    good = key_of(await repository.create_key(account_id, "good", ()))
    revoked = await repository.create_key(account_id, "revoked", ())
    await repository.revoke_key(account_id, key_of(revoked).id)
    expired = await repository.create_key(
        account_id, "expired", (), expires_at=time.now - timedelta(seconds=1)
    )
    wrong_secret = Key(good.mode, good.id, mint(Mode.LIVE).secret).token()
    refused = ["", "x" * 10_000_000, good.token()[:-1] + "!", mint(Mode.LIVE).token()]
    answers = set()
    for token in [*refused, wrong_secret, revoked, expired]:
        with pytest.raises(Unauthenticated) as refusal:
            await repository.authenticate(token)
        answers.add((str(refusal.value), refusal.value.faults))
    assert len(answers) == 1


async def test_wrong_secret_costs_the_same_query_as_an_unknown_id(
    repository, account_id, statements
) -> None:
    token = await repository.create_key(account_id, "production", ())
    await repository.authenticate(token)
    sent = []
    for wrong in (Key(Mode.LIVE, key_of(token).id, mint(Mode.LIVE).secret), mint(Mode.LIVE)):
        statements.clear()
        with pytest.raises(Unauthenticated):
            await repository.authenticate(wrong.token())
        sent.append(tuple(statements))
    assert len(sent[0]) == 1
    assert sent[0] == sent[1]


async def test_a_burst_of_one_key_is_looked_up_once(repository, account_id, statements) -> None:
    token = await repository.create_key(account_id, "production", ())
    statements.clear()

    async with asyncio.TaskGroup() as group:
        known = [group.create_task(repository.authenticate(token)) for _ in range(100)]

    assert {task.result().id for task in known} == {account_id}
    assert sum("SELECT" in statement for statement in statements) == 1


async def test_repeated_key_is_not_looked_up_each_time(repository, account_id, statements) -> None:
    token = await repository.create_key(account_id, "production", ())
    await repository.authenticate(token)
    statements.clear()
    await repository.authenticate(token)
    assert statements == []


async def test_revoked_key_stops_at_once_here_and_within_five_seconds_elsewhere(
    repository, engine, time, account_id
) -> None:
    elsewhere = another_process(engine, time)
    token = await repository.create_key(account_id, "production", ())
    await repository.authenticate(token)
    await elsewhere.authenticate(token)
    await repository.revoke_key(account_id, key_of(token).id)
    with pytest.raises(Unauthenticated):
        await repository.authenticate(token)
    time.move(seconds=5)
    with pytest.raises(Unauthenticated):
        await elsewhere.authenticate(token)


async def test_h50_a_key_is_believed_for_two_minutes_while_the_database_is_away(
    repository, time, account_id, monkeypatch
) -> None:
    token, other = [await repository.create_key(account_id, "production", ()) for _ in range(2)]
    await repository.authenticate(token)

    async def away(*_: object) -> None:
        raise ServiceUnavailable("the database does not answer")

    with monkeypatch.context() as patched:
        patched.setattr("roleferry_enrich.accounts.repository.in_transaction", away)
        for _ in range(11):
            time.move(seconds=10)
            assert (await repository.authenticate(token)).id == account_id
        with pytest.raises(ServiceUnavailable):
            await repository.authenticate(other)
        time.move(seconds=11)
        with pytest.raises(ServiceUnavailable):
            await repository.authenticate(token)
    assert (await repository.authenticate(token)).id == account_id


async def test_key_expires_on_time_though_it_is_remembered(repository, time, account_id) -> None:
    soon = time.now + timedelta(seconds=2)
    token = await repository.create_key(account_id, "production", (), expires_at=soon)
    await repository.authenticate(token)
    time.move(seconds=2)
    with pytest.raises(Unauthenticated):
        await repository.authenticate(token)


async def test_day_of_last_use_is_written_once_a_day(
    repository, time, account_id, statements
) -> None:
    token = await repository.create_key(account_id, "production", ())
    for _ in range(5):
        await repository.authenticate(token)
        time.move(seconds=10)
    assert len([s for s in statements if "last_used_on=" in s]) == 1
    time.move(days=1)
    await repository.authenticate(token)
    (key,) = await repository.list_keys(account_id)
    assert key.last_used_on == time.now.date()


async def test_a_word_that_is_no_scope_makes_no_key(repository, account_id) -> None:
    with pytest.raises(ValueError, match="everything"):
        await repository.create_key(account_id, "production", {"everything"})


async def test_a_replaced_key_works_on_for_the_overlap_and_the_new_one_at_once(
    repository, engine, time, account_id
) -> None:
    old = await repository.create_key(account_id, "production", {"read"})
    made, new = await repository.rotate_key(account_id, key_of(old).id, overlap=timedelta(hours=1))
    assert (made.id, made.name, made.scopes) == (key_of(new).id, "production", {"read"})
    for token in (old, new):
        assert (await repository.authenticate(token)).id == account_id
    time.move(hours=1)
    with pytest.raises(Unauthenticated):
        await repository.authenticate(old)
    assert (await another_process(engine, time).authenticate(new)).id == account_id


async def test_h24_a_leaked_key_stops_within_five_seconds_when_replaced_at_once(
    repository, engine, time, account_id
) -> None:
    elsewhere = another_process(engine, time)
    old = await repository.create_key(account_id, "leaked", {"read"})
    await repository.authenticate(old)
    await elsewhere.authenticate(old)
    await repository.rotate_key(account_id, key_of(old).id, overlap=timedelta(0))
    with pytest.raises(Unauthenticated):
        await repository.authenticate(old)
    time.move(seconds=5)
    with pytest.raises(Unauthenticated):
        await elsewhere.authenticate(old)


async def test_h24_a_batch_goes_on_when_the_key_it_was_sent_with_is_revoked(
    repository, engine, account_id
) -> None:
    token = await repository.create_key(account_id, "importer", {"enrich"})
    job = await created(engine, (await repository.authenticate(token)).id)
    await repository.revoke_key(account_id, key_of(token).id)
    with pytest.raises(Unauthenticated):
        await repository.authenticate(token)
    leased = await LeaseRepository(engine, lease=timedelta(minutes=1)).take(10, PRICES)
    assert [item.job_id for item in leased] == [job.id] * job.total


async def test_a_key_is_replaced_for_as_long_as_it_was_to_live(repository, time, account_id):
    wish = KeyWish(name="quarter", scopes=frozenset({"read"}), expires_in_days=90)
    made, _ = await repository.issue_key(account_id, wish)
    time.move(days=80)
    again, _ = await repository.rotate_key(account_id, made.id, overlap=timedelta(days=30))
    keys = {key.id: key.expires_at for key in await repository.list_keys(account_id)}
    assert keys[again.id] == time.now + timedelta(days=90)
    assert keys[made.id] == time.now + timedelta(days=10)
    shorter, _ = await repository.rotate_key(
        account_id, again.id, overlap=timedelta(0), expires_in_days=7
    )
    assert shorter.expires_at == time.now + timedelta(days=7)


async def test_a_key_that_has_ended_is_not_replaced(repository, account_id) -> None:
    key_id = key_of(await repository.create_key(account_id, "production", ())).id
    await repository.revoke_key(account_id, key_id)
    with pytest.raises(Conflict):
        await repository.rotate_key(account_id, key_id, overlap=timedelta(0))


async def test_what_speaks_against_it_leaves_the_old_key_as_it_is(repository, account_id) -> None:
    token = await repository.create_key(account_id, "production", {"read"})

    def never(key) -> None:
        raise MissingScope(*key.scopes)

    with pytest.raises(MissingScope, match="read"):
        await repository.rotate_key(
            account_id, key_of(token).id, overlap=timedelta(0), may_replace=never
        )
    (key,) = await repository.list_keys(account_id)
    assert key.expires_at is None


async def test_an_account_has_so_many_live_keys_and_no_more(
    repository, account_id, monkeypatch
) -> None:
    monkeypatch.setattr("roleferry_enrich.accounts.key_rows.MOST_LIVE", 3)
    tasks = [repository.create_key(account_id, str(n), ()) for n in range(6)]
    made = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(it) for it in made].count(Conflict) == 3
    (token, *_) = [it for it in made if isinstance(it, str)]
    await repository.revoke_key(account_id, key_of(token).id)
    await repository.create_key(account_id, "in its place", ())
    keys = await repository.list_keys(account_id)
    assert [key.revoked_at is None for key in keys] == [True, True, True, False]


async def test_an_operator_acts_for_an_account_that_is_there(
    repository, account_id, other_account_id, statements
) -> None:
    token = await repository.create_key(account_id, "operator", {"operator", "read"})
    operator = await repository.authenticate(token)
    acting = await repository.on_behalf(operator, other_account_id)
    assert (acting.id, acting.scopes) == (other_account_id, operator.scopes)
    statements.clear()
    assert await repository.on_behalf(operator, other_account_id) == acting
    assert statements == []
    with pytest.raises(NotFound):
        await repository.on_behalf(operator, uuid4())


async def test_keys_of_another_account_are_out_of_reach(
    repository, account_id, other_account_id
) -> None:
    token = await repository.create_key(account_id, "production", ())
    with pytest.raises(NotFound):
        await repository.revoke_key(other_account_id, key_of(token).id)
    with pytest.raises(NotFound):
        await repository.rotate_key(other_account_id, key_of(token).id, overlap=timedelta(0))
    assert await repository.list_keys(other_account_id) == ()
    await repository.authenticate(token)


async def test_two_keys_work_while_one_is_replaced(repository, account_id) -> None:
    tokens = [await repository.create_key(account_id, name, ()) for name in ("old", "new")]
    accounts = [await repository.authenticate(token) for token in tokens]
    assert {account.id for account in accounts} == {account_id}
    await repository.revoke_key(account_id, key_of(tokens[0]).id)
    keys = {key.name: key.revoked_at for key in await repository.list_keys(account_id)}
    assert keys["old"] is not None
    assert keys["new"] is None


async def test_revoking_twice_keeps_the_first_time(repository, time, account_id) -> None:
    token = await repository.create_key(account_id, "production", ())
    await repository.revoke_key(account_id, key_of(token).id)
    first = time.now
    time.move(hours=1)
    await repository.revoke_key(account_id, key_of(token).id)
    (key,) = await repository.list_keys(account_id)
    assert key.revoked_at == first


async def test_key_for_no_account_is_refused(repository) -> None:
    with pytest.raises(NotFound):
        await repository.create_key(uuid4(), "production", ())


@pytest.mark.parametrize("text", ["'; DROP TABLE accounts; --", "a\0b", "line\r\nX: 1"])
async def test_hostile_names_are_stored_as_data(repository, text) -> None:
    account_id = await repository.create_account(text)
    token = await repository.create_key(account_id, text, ())
    account = await repository.authenticate(token)
    assert account.name == text.replace("\0", "")
    with pytest.raises(NotFound):
        await repository.revoke_key(account_id, text)


def test_pepper_must_be_given(engine) -> None:
    with pytest.raises(ValueError, match="pepper"):
        AccountRepository(engine, b"")


async def test_memory_of_keys_is_bounded(repository, account_id, monkeypatch) -> None:
    monkeypatch.setattr("roleferry_enrich.accounts.known_keys._MOST_KEPT", 3)
    for n in range(5):
        await repository.authenticate(await repository.create_key(account_id, str(n), ()))
    assert len(repository._known._known) == 3


def key_of(token: str) -> Key:
    key = parse(token)
    assert key is not None
    return key
