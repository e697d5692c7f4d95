"""Credits of accounts: a ledger that is only added to, and beside it the balance.

An entry and the balance it changes are written by one statement, so that the sum of an account's
entries is its balance at any moment. Nothing is read to be written back.

    grant, adjustment       an operator's doing
    reserve                 before anybody is asked: the most that may be charged
    settle, release         in the transaction that records what was found
    release                 by the sweep, where whoever reserved has died
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Interval, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.domain.credits import Balance, Bill, EntryKind, LedgerEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.errors import Conflict, NotFound
from roleferry_enrich.storage.credit_tables import (
    account_plans,
    credit_balances,
    credit_charges,
    credit_ledger,
)
from roleferry_enrich.storage.cursors import Number, check_limit
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

OWED_FOR = timedelta(hours=1)
"""How long credits stay held for a provider that will know later."""
_SWEPT_AT_ONCE = 500
_SETTLE = statement("settle_credits").bindparams(bindparam("owed_for", type_=Interval))
_RELEASE = statement("release_credits")
_UNBALANCED = statement("unbalanced_credits")


async def settle(connection: AsyncConnection, account_id: UUID, bill: Bill) -> None:
    """In the transaction that records what was found: charge it, once however often said."""
    given = {
        "account_id": account_id,
        "charge_id": bill.charge_id,
        "credits": bill.credits,
        "parts": orjson.dumps(dict(bill.parts)).decode(),
        "is_final": bill.is_final and not bill.is_owed,
        "is_owed": bill.is_owed,
        "owed_for": OWED_FOR,
    }
    await connection.execute(_SETTLE, given)


class CreditRepository:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def settle(self, account_id: UUID, bill: Bill) -> None:
        """Where nothing is recorded but the charge. Raises ServiceUnavailable."""

        async def work(connection: AsyncConnection) -> None:
            await settle(connection, account_id, bill)

        await in_transaction(self._engine, work)

    async def grant(self, account_id: UUID, credits: int, note: str | None = None) -> Balance:
        """Add credits; from the first time on the account pays. Raises NotFound."""
        if credits <= 0:
            raise ValueError("a grant adds credits")
        return await self._change(account_id, EntryKind.GRANT, credits, note)

    async def adjust(self, account_id: UUID, credits: int, note: str | None = None) -> Balance:
        """Correct a balance. Raises NotFound, and Conflict where it would fall below zero."""
        return await self._change(account_id, EntryKind.ADJUSTMENT, credits, note)

    async def balance(self, account_id: UUID) -> Balance | None:
        """None where the account does not pay in credits."""

        async def work(connection: AsyncConnection) -> Balance | None:
            return await _balance(connection, account_id)

        return await in_transaction(self._engine, work)

    async def ledger(
        self, account_id: UUID, *, after: str | None = None, limit: int = 25
    ) -> Page[LedgerEntry]:
        """The entries, the newest first. Raises InvalidQuery for a cursor we did not give out."""
        check_limit(limit)
        table = credit_ledger.c
        statement = select(credit_ledger).where(table.account_id == account_id)
        if after is not None:
            statement = statement.where(table.id < Number.of(after).value)
        statement = statement.order_by(table.id.desc()).limit(limit + 1)

        async def work(connection: AsyncConnection) -> Page[LedgerEntry]:
            found = [_entry(row) for row in await connection.execute(statement)]
            is_more = len(found) > limit
            return Page(
                items=tuple(found[:limit]),
                next=Number(found[limit - 1].id).cursor() if is_more else None,
            )

        return await in_transaction(self._engine, work)

    async def sweep(self) -> int:
        """Give back what is held by who died; how many reservations. Raises ServiceUnavailable."""

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(_RELEASE, {"most": _SWEPT_AT_ONCE})).rowcount

        return await in_transaction(self._engine, work)

    async def unbalanced(self) -> Sequence[UUID]:
        """The accounts whose books do not add up. There are none, or there is a bug."""

        async def work(connection: AsyncConnection) -> Sequence[UUID]:
            return (await connection.execute(_UNBALANCED)).scalars().all()

        return await in_transaction(self._engine, work)

    async def _change(
        self, account_id: UUID, kind: EntryKind, credits: int, note: str | None
    ) -> Balance:
        entry_id = uuid4()

        async def work(connection: AsyncConnection) -> Balance:
            await _open(connection, account_id)
            if not await _is_noted(connection, account_id, entry_id):
                await _add(connection, account_id, kind, credits, note, entry_id)
            balance = await _balance(connection, account_id)
            assert balance is not None
            return balance

        try:
            return await in_transaction(self._engine, work)
        except IntegrityError as error:
            raise NotFound("there is no such account") from error


async def _open(connection: AsyncConnection, account_id: UUID) -> None:
    balance = insert(credit_balances).values(account_id=account_id, balance=0, granted=0, grants=0)
    await connection.execute(balance.on_conflict_do_nothing())
    plan = insert(account_plans).values(account_id=account_id, is_metered=True)
    await connection.execute(
        plan.on_conflict_do_update(
            index_elements=["account_id"],
            set_={"is_metered": True, "updated_at": func.now()},
            where=~account_plans.c.is_metered,
        )
    )


async def _is_noted(connection: AsyncConnection, account_id: UUID, entry_id: UUID) -> bool:
    """Whether an earlier try has been committed, though its answer was lost."""
    # Who else changes this balance waits, so that what is asked next stays true.
    mine = credit_balances.c.account_id == account_id
    await connection.execute(select(credit_balances.c.account_id).where(mine).with_for_update())
    noted = select(credit_ledger.c.id).where(
        credit_ledger.c.account_id == account_id,
        credit_ledger.c.charge_id == entry_id,
    )
    return await connection.scalar(noted) is not None


async def _add(
    connection: AsyncConnection,
    account_id: UUID,
    kind: EntryKind,
    credits: int,
    note: str | None,
    entry_id: UUID,
) -> None:
    table = credit_balances.c
    after = table.balance + credits
    change = update(credit_balances).where(table.account_id == account_id, after >= 0)
    values = {"balance": after}
    if credits > 0:
        held = select(func.coalesce(func.sum(credit_charges.c.held), 0)).where(
            credit_charges.c.account_id == account_id, credit_charges.c.held > 0
        )
        values |= {"granted": after + held.scalar_subquery(), "grants": table.grants + 1}
        change = change.values(is_refused=False)
    balance = await connection.scalar(change.values(values).returning(table.balance))
    if balance is None:
        raise Conflict("the account has fewer credits than that")
    entry = insert(credit_ledger).values(
        account_id=account_id,
        kind=kind.value,
        amount=credits,
        balance=balance,
        charge_id=entry_id,
        note=None if note is None else storable(note),
    )
    await connection.execute(entry)


async def _balance(connection: AsyncConnection, account_id: UUID) -> Balance | None:
    mine = credit_charges.c.account_id == account_id
    held, charged = (
        select(func.coalesce(func.sum(column), 0)).where(mine).scalar_subquery()
        for column in (credit_charges.c.held, credit_charges.c.charged)
    )
    statement = select(
        credit_balances.c.balance,
        credit_balances.c.granted,
        held.label("held"),
        charged.label("charged"),
    ).where(credit_balances.c.account_id == account_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    return Balance(
        available=row.balance, held=int(row.held), charged=int(row.charged), granted=row.granted
    )


def _entry(row: AnyRow) -> LedgerEntry:
    return LedgerEntry(
        id=row.id,
        kind=EntryKind(row.kind),
        amount=row.amount,
        charged=row.charged,
        balance=row.balance,
        # Of a grant it is only there to know it again.
        charge_id=row.charge_id if row.kind in _OF_CHARGES else None,
        note=row.note,
        at=row.at,
    )


_OF_CHARGES = frozenset({EntryKind.RESERVE, EntryKind.SETTLE, EntryKind.RELEASE})
