"""The `credits` and `usage` commands, over the installation's own database."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from roleferry_enrich.accounts.billing import Billing, open_billing
from roleferry_enrich.api.answers.billing import USAGE_COLUMNS, usage_rows
from roleferry_enrich.configuration.credits import FieldPrices, micro
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.credits import Balance, LedgerEntry
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.errors import ConfigurationError, NotFound
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.terminal import tables
from roleferry_enrich.terminal.account_keys import account_id_of
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import Format, Sheet, console, show

T = TypeVar("T")
_BALANCE = ("account", "balance", "held", "charged", "adds_up")
_LEDGER = ("id", "at", "kind", "amount", "charged", "balance", "enrichment_id", "note")
_OWN = (
    *("enrichment_price", "cached_price", "verification_price", "field_prices"),
    *("cap_request", "cap_job", "cap_day", "cap_month"),
)


def grant(account: str, amount: int, note: str | None) -> None:
    _tell(_run(lambda billing: billing.credits.grant(account_id_of(account), amount, note)))


def adjust(account: str, amount: int, note: str | None) -> None:
    _tell(_run(lambda billing: billing.credits.adjust(account_id_of(account), amount, note)))


def balance(account: str, output: Format) -> None:
    async def look(billing: Billing) -> tuple[Balance | None, Sequence[UUID]]:
        found = await billing.credits.balance(account_id_of(account))
        return found, await billing.credits.unbalanced()

    found, wrong = _run(look)
    if found is None:
        raise NotFound("the account has no credits, and pays none; `credits grant` changes that")
    adds_up = account_id_of(account) not in wrong
    line = (account, found.available, found.held, found.charged, adds_up)
    _show("Credits", _BALANCE, [line], output)


def ledger(account: str, limit: int, output: Format) -> None:
    async def look(billing: Billing) -> list[LedgerEntry]:
        entries: list[LedgerEntry] = []
        after: str | None = None
        while len(entries) < limit:
            page = await billing.credits.ledger(account_id_of(account), after=after, limit=100)
            entries += page.items
            if (after := page.next) is None:
                break
        return entries[:limit]

    lines = [
        (e.id, e.at, e.kind.value, e.amount, e.charged, e.balance, e.charge_id, e.note)
        for e in _run(look)
    ]
    _show("Ledger", _LEDGER, lines, output)


def plan(
    account: str,
    prices: Mapping[str, int | None],
    fields: Sequence[str] | None,
    caps: Mapping[str, float | None],
    *,
    unmetered: bool,
    as_set: bool,
) -> None:
    changed: dict[str, object] = dict.fromkeys(_OWN) if as_set else {}
    changed |= {name: price for name, price in prices.items() if price is not None}
    changed |= {
        f"cap_{name}": micro(Decimal(str(cap))) for name, cap in caps.items() if cap is not None
    }
    if fields:
        changed["field_prices"] = _field_prices(",".join(fields))
    if unmetered:
        changed["is_metered"] = False
    if not changed:
        raise ConfigurationError("name a price or a cap; --help lists them")
    _run(lambda billing: billing.plans.change(account_id_of(account), changed))
    console().print("The plan is changed; every process follows within seconds.")


def usage(account: str, since: date | None, until: date | None, output: Format) -> None:
    found = _run(lambda billing: billing.usage(account_id_of(account), since, until))
    title = f"Usage from {found.since} to {found.until}"
    _show(title, USAGE_COLUMNS, list(usage_rows(found)), output)


def _field_prices(text: str) -> Mapping[str, int]:
    try:
        read: Mapping[str, int] = TypeAdapter(FieldPrices).validate_python(text)
    except ValidationError as error:
        raise ConfigurationError(
            "--field: " + error.errors()[0]["msg"].removeprefix("Value error, ")
        ) from None
    return read


def _tell(found: Balance) -> None:
    console().print(f"The balance is {found.available} credits; {found.held} more are held.")


# Any: cells of any kind, as a table or a program gets them.
def _show(
    title: str, columns: tuple[str, ...], lines: Sequence[Sequence[Any]], output: Format
) -> None:
    def sheet(_: object) -> Sheet:
        return Sheet(columns, lines)

    def table(_: object) -> Table:
        return tables.rows(title, columns, lines)

    items = [dict(zip(columns, line, strict=True)) for line in lines]
    show({"items": items}, output, table=table, sheet=sheet)


def _run(work: Callable[[Billing], Awaitable[T]]) -> T:
    settings = read_settings()
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            engine = create_engine(servers.database_url, pool_size=2)
            billing = open_billing(settings, servers.database_url, engine)
            try:
                return await work(billing)
            finally:
                await billing.close()
                await engine.dispose()

        return asyncio.run(run())
