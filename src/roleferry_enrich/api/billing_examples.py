"""Examples of credits and usage for the documentation, rendered as real answers are."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from roleferry_enrich.api.answers.billing import credits_data, usage_data, usage_sheet
from roleferry_enrich.domain.credits import (
    AccountPlan,
    Balance,
    Caps,
    EntryKind,
    LedgerEntry,
    Prices,
)
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.usage import By, Usage, UsageLine

_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_CHARGE_ID = UUID("0f8a4c2e-93b7-4d15-a6e8-1b7c5d3f9e20")
PLAN = AccountPlan(
    is_metered=True,
    prices=Prices(enrichment=1, fields={"phone": 5}),
    caps=Caps(day=MicroUsd(25_000_000)),
)
BALANCE = Balance(available=994, held=0, charged=6, granted=1_000)
_KINDS = (
    (EntryKind.SETTLE, 0, 6, 994),
    (EntryKind.RESERVE, -6, 0, 994),
    (EntryKind.GRANT, 1_000, 0, 1_000),
)

REQUESTS: Mapping[str, Mapping[str, object]] = {}


def answers() -> Mapping[str, Mapping[str, object]]:
    return {
        "getCredits": {"metered": credits_data(PLAN, BALANCE, ledger())},
        "getUsage": {"a_day": usage_data(usage())},
    }


def texts() -> Mapping[str, str]:
    return {"text/csv": usage_sheet(usage())}


def ledger() -> Page[LedgerEntry]:
    entries = tuple(
        LedgerEntry(
            id=3 - place,
            kind=kind,
            amount=amount,
            charged=charged,
            balance=balance,
            charge_id=None if kind is EntryKind.GRANT else _CHARGE_ID,
            note="March" if kind is EntryKind.GRANT else None,
            at=_NOW,
        )
        for place, (kind, amount, charged, balance) in enumerate(_KINDS)
    )
    return Page(items=entries, next=None)


def usage() -> Usage:
    day = date(2026, 3, 2)
    return Usage(
        since=day,
        until=day,
        lines=(
            _line(By.DAY, day.isoformat(), 2, 3, 30_000, 6),
            _line(By.PROVIDER, "apollo", 0, 1, 25_000, 0),
            _line(By.PROVIDER, "hunter", 0, 2, 5_000, 0),
            _line(By.FIELD, "enrichment", 0, 0, 0, 1),
            _line(By.FIELD, "phone", 1, 0, 0, 5),
            _line(By.KEY, "4eC39HqLyjWDarjtT1zdp7dc", 2, 3, 30_000, 6),
        ),
        credit_value=MicroUsd(10_000),
    )


def _line(by: By, value: str, enrichments: int, calls: int, cost: int, credits: int) -> UsageLine:
    return UsageLine(
        by=by,
        value=value,
        enrichments=enrichments,
        cached=0,
        calls=calls,
        cost=MicroUsd(cost),
        credits=credits,
    )
