"""The ledger of credits, against a real PostgreSQL: exact under any order of events."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from roleferry_enrich.domain.credits import Bill, EntryKind
from roleferry_enrich.errors import Conflict, InvalidQuery, NotFound
from roleferry_enrich.storage.credit_tables import credit_ledger
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.reservations import Reservations
from roleferry_enrich.storage.tables import accounts
from roleferry_enrich.storage.wire import Wire


@pytest.fixture
def credits(engine) -> CreditRepository:
    return CreditRepository(engine)


@pytest.fixture
async def wires(database_url):
    opened = [Wire(database_url, is_durable=False) for _ in range(4)]
    yield opened
    for wire in opened:
        await wire.close()


@pytest.fixture
def reservations(wires) -> Reservations:
    return Reservations(wires[0])


def bill(charge_id, *, is_final=True, is_owed=False, **parts) -> Bill:
    return Bill(
        charge_id=charge_id,
        key_id="key",
        is_metered=True,
        is_final=is_final,
        is_owed=is_owed,
        fields=(),
        is_cached=False,
        parts=parts,
    )


async def kinds(credits, account_id) -> list[tuple[str, int, int, int]]:
    page = await credits.ledger(account_id, limit=100)
    return [(e.kind.value, e.amount, e.charged, e.balance) for e in reversed(page.items)]


async def test_fifty_parallel_debits_of_ten_credits_are_exactly_ten(
    credits, wires, account_id
) -> None:
    await credits.grant(account_id, 10)
    charges = [uuid4() for _ in range(50)]
    processes = [Reservations(wire) for wire in wires]

    async def debit(number: int) -> bool:
        taken = await processes[number % 4].take(account_id, charges[number], 1, "key")
        if taken.is_granted:
            await credits.settle(account_id, bill(charges[number], enrichment=1))
        return taken.is_granted

    paid = await asyncio.gather(*(debit(number) for number in range(50)))
    balance = await credits.balance(account_id)
    assert sum(paid) == 10
    assert (balance.available, balance.held, balance.charged) == (0, 0, 10)
    assert account_id not in await credits.unbalanced()


async def test_what_was_found_is_charged_and_the_rest_comes_back(
    credits, reservations, account_id
) -> None:
    await credits.grant(account_id, 100, "first month")
    charge = uuid4()
    await reservations.take(account_id, charge, 9, "key")
    await credits.settle(account_id, bill(charge, enrichment=1, phone=3))
    assert await kinds(credits, account_id) == [
        ("grant", 100, 0, 100),
        ("reserve", -9, 0, 91),
        ("settle", 0, 4, 91),
        ("release", 5, 0, 96),
    ]
    assert account_id not in await credits.unbalanced()


async def test_a_charge_told_again_charges_nothing_more(credits, reservations, account_id) -> None:
    await credits.grant(account_id, 10)
    charge = uuid4()
    await reservations.take(account_id, charge, 5, "key")
    told = bill(charge, enrichment=2)
    await asyncio.gather(*(credits.settle(account_id, told) for _ in range(5)))
    balance = await credits.balance(account_id)
    assert (balance.available, balance.charged) == (8, 2)


async def test_late_answers_are_charged_on_top_and_never_beyond_what_was_reserved(
    credits, reservations, account_id
) -> None:
    await credits.grant(account_id, 10)
    charge = uuid4()
    await reservations.take(account_id, charge, 5, "key")
    await credits.settle(account_id, bill(charge, is_final=False, enrichment=1))
    held = await credits.balance(account_id)
    assert (held.available, held.held, held.charged) == (5, 4, 1)
    await credits.settle(account_id, bill(charge, enrichment=1, phone=9))
    ended = await credits.balance(account_id)
    assert (ended.available, ended.held, ended.charged) == (5, 0, 5)
    assert account_id not in await credits.unbalanced()


async def test_who_takes_up_the_work_of_one_that_died_finds_what_is_held(
    credits, reservations, account_id
) -> None:
    await credits.grant(account_id, 5)
    charge = uuid4()
    first = await reservations.take(account_id, charge, 5, "key")
    again = await reservations.take(account_id, charge, 5, "key")
    assert (first.is_granted, again.is_granted) == (True, True)
    await credits.settle(account_id, bill(charge, enrichment=1))
    assert (await credits.balance(account_id)).available == 4


async def test_a_dead_processes_reservation_comes_back_and_is_charged_no_more(
    credits, wires, account_id
) -> None:
    await credits.grant(account_id, 10)
    dead, alive = uuid4(), uuid4()
    await Reservations(wires[0], lease=timedelta(0)).take(account_id, dead, 4, "key")
    await Reservations(wires[0]).take(account_id, alive, 3, "key")
    assert await credits.sweep() >= 1
    assert (await credits.balance(account_id)).available == 7
    await credits.settle(account_id, bill(dead, enrichment=1))
    balance = await credits.balance(account_id)
    assert (balance.available, balance.held, balance.charged) == (7, 3, 0)
    assert account_id not in await credits.unbalanced()


async def test_credits_stay_held_while_a_provider_will_know_later(
    credits, wires, account_id
) -> None:
    await credits.grant(account_id, 10)
    charge = uuid4()
    await Reservations(wires[0], lease=timedelta(0)).take(account_id, charge, 4, "key")
    await credits.settle(account_id, bill(charge, is_owed=True, enrichment=1))
    await credits.sweep()
    assert (await credits.balance(account_id)).held == 3


async def test_too_few_credits_are_refused_whole(credits, reservations, account_id) -> None:
    await credits.grant(account_id, 3)
    refused = await reservations.take(account_id, uuid4(), 4, "key")
    assert (refused.is_granted, refused.balance) == (False, 3)
    assert (await reservations.take(account_id, uuid4(), 3, "key")).is_granted


async def test_a_correction_never_goes_below_zero(credits, account_id) -> None:
    await credits.grant(account_id, 3)
    with pytest.raises(Conflict):
        await credits.adjust(account_id, -4)
    assert (await credits.adjust(account_id, -3, "booked twice")).available == 0


async def test_no_account_no_credits(credits, account_id) -> None:
    assert await credits.balance(account_id) is None
    with pytest.raises(NotFound):
        await credits.grant(uuid4(), 1)


async def test_the_ledger_is_only_added_to(credits, engine, account_id) -> None:
    await credits.grant(account_id, 3)
    mine = credit_ledger.c.account_id == account_id
    for change in (update(credit_ledger).where(mine).values(amount=9), delete(credit_ledger)):
        with pytest.raises(DBAPIError, match="only added to"):
            async with engine.begin() as connection:
                await connection.execute(change.where(mine))
    async with engine.begin() as connection:
        await connection.execute(delete(accounts).where(accounts.c.id == account_id))
        assert not (await connection.execute(select(credit_ledger).where(mine))).all()


async def test_the_ledger_is_read_in_pages(credits, account_id) -> None:
    for credit in range(1, 6):
        await credits.grant(account_id, credit)
    first = await credits.ledger(account_id, limit=2)
    second = await credits.ledger(account_id, after=first.next, limit=2)
    last = await credits.ledger(account_id, after=second.next, limit=2)
    amounts = [entry.amount for page in (first, second, last) for entry in page.items]
    assert amounts == [5, 4, 3, 2, 1]
    assert last.next is None
    assert {entry.kind for entry in first.items} == {EntryKind.GRANT}
    with pytest.raises(InvalidQuery):
        await credits.ledger(account_id, after="no cursor")


async def test_books_that_do_not_add_up_are_found(credits, engine, account_id) -> None:
    await credits.grant(account_id, 3)
    async with engine.begin() as connection:
        stolen = text("UPDATE credit_balances SET balance = 1 WHERE account_id = :id")
        await connection.execute(stolen, {"id": account_id})
    assert account_id in await credits.unbalanced()
    async with engine.begin() as connection:
        await connection.execute(delete(accounts).where(accounts.c.id == account_id))
