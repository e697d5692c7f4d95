"""The audit log is only added to; what is noted is written, and at the end in whole."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.polling import becomes

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.audit import AuditTrail, Deed
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.privacy.normal_forms import NormalForm, of_email
from roleferry_enrich.storage.audits import AuditRepository

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Digests:
    def digests(self, forms: Sequence[NormalForm]) -> list[bytes]:
        return [b"digest of " + form.kind.encode() for form in forms]


@pytest.fixture
async def audits(engine) -> AsyncIterator[AuditRepository]:
    yield AuditRepository(engine)
    await AuditRepository(engine).sweep(timedelta(0) - timedelta(days=36_500), 10_000)


@pytest.fixture
def deed(account_id) -> Deed:
    account = Account(id=account_id, name="Test", scopes=frozenset(), key_id="k1")
    return Deed(
        account=account, operation="enrichContact", whom=lambda: of_email("ada@engines.test")
    )


def entry(account_id, number: int = 1) -> AuditEntry:
    return AuditEntry(
        id=uuid4(),
        account_id=account_id,
        at=NOW + timedelta(seconds=number),
        key_id="k1",
        operation="getContact",
        resource=None,
        subjects=[b"\x00\xff", b"two"],
        status=200,
    )


def trail(repository) -> AuditTrail:
    return AuditTrail(repository, Digests(), lambda: NOW)


async def logged(audits, account_id) -> Sequence[AuditEntry]:
    return (await audits.page(account_id, after=None, limit=100)).items


async def test_entries_are_kept_as_they_are_and_listed_newest_first(
    audits, account_id, other_account_id
):
    made = [entry(account_id, number) for number in range(5)]
    for _ in range(2):
        await audits.add([*made, replace(made[0], account_id=other_account_id)])

    first = await audits.page(account_id, after=None, limit=3)
    rest = await audits.page(account_id, after=first.next, limit=3)
    assert [*first.items, *rest.items] == made[::-1]
    assert rest.next is None
    assert len(await logged(audits, other_account_id)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_log SET status = 500",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "DELETE FROM audit_log WHERE at < now()",
    ],
)
async def test_nobody_changes_the_log(engine, audits, account_id, change):
    await audits.add([entry(account_id)])
    with pytest.raises(DBAPIError, match="only added to"):
        async with engine.begin() as connection:
            await connection.execute(text(change))
    assert len(await logged(audits, account_id)) == 1


async def test_the_log_outlives_its_account_and_ends_with_its_retention(engine, audits, account_id):
    old, new = entry(account_id), replace(entry(account_id), at=datetime.now(UTC))
    await audits.add([old, new])
    async with engine.begin() as connection:
        mine = {"account_id": account_id}
        await connection.execute(text("DELETE FROM accounts WHERE id = :account_id"), mine)

    assert await audits.sweep(timedelta(days=1), 10_000) >= 1
    assert await logged(audits, account_id) == (new,)


async def test_what_is_noted_is_written_behind_it(audits, deed, account_id):
    kept = trail(audits)
    async with kept.kept():
        kept.note(deed, 200)

        async def written() -> bool:
            return bool(await logged(audits, account_id))

        await becomes(written)
    (known,) = await logged(audits, account_id)
    assert (known.operation, known.key_id, known.status) == ("enrichContact", "k1", 200)
    assert known.subjects == [b"digest of email"]


async def test_a_clean_stop_loses_nothing(audits, deed, account_id):
    kept = trail(audits)
    async with kept.kept():
        for _ in range(1_200):
            kept.note(deed, 200)
    first = await audits.page(account_id, after=None, limit=100)
    assert first.next is not None
    async with audits._engine.connect() as connection:
        count = text("SELECT count(*) FROM audit_log WHERE account_id = :account_id")
        assert await connection.scalar(count, {"account_id": account_id}) == 1_200


async def test_a_clean_stop_writes_also_what_was_noted_while_it_wrote(audits, deed, account_id):
    kept = trail(audits)
    written, add = [], audits.add

    async def noting_another(entries) -> None:
        if not written:
            kept.note(deed, 200)
        await add(entries)
        written.extend(entries)

    audits.add = noting_another
    async with kept.kept():
        kept.note(deed, 200)

    assert len(written) == 2


async def test_what_is_written_with_a_change_is_undone_with_it(engine, audits, deed, account_id):
    kept, entry_id = trail(audits), uuid4()

    async def change(*, fails: bool) -> None:
        async with engine.begin() as connection:
            await kept.write(connection, entry_id, deed, 201)
            if fails:
                raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        await change(fails=True)
    assert await logged(audits, account_id) == ()
    for _ in range(2):  # a commit whose answer was lost
        await change(fails=False)
    assert len(await logged(audits, account_id)) == 1


class Away:
    """A database that is away for the first few times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.entries: list[AuditEntry] = []

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        await asyncio.sleep(0)
        self.left -= 1
        if self.left >= 0:
            raise ServiceUnavailable("away")
        self.entries += entries


async def test_what_cannot_be_written_waits_for_the_database(deed):
    away = Away(2)
    kept = trail(away)
    async with kept.kept():
        kept.note(deed, 200)
        with pytest.raises(ServiceUnavailable):
            await kept.flush()
    assert len(away.entries) == 1
