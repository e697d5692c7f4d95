"""Credits and usage as the API shows them."""

from collections.abc import Iterator
from decimal import Decimal

from roleferry_enrich.api.schemas.billing import (
    CapsData,
    CreditsData,
    LedgerEntryData,
    PricesData,
    UsageData,
    UsageLineData,
)
from roleferry_enrich.domain.credits import AccountPlan, Balance, Caps, LedgerEntry, Prices
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.domain.usage import By, Usage, UsageLine
from roleferry_enrich.records.spreadsheets import csv_row

USAGE_COLUMNS = (
    *("by", "value", "enrichments", "cached", "calls"),
    *("cost_usd", "credits", "revenue_usd", "margin_usd"),
)
_MICRO = 1_000_000


def credits_data(
    plan: AccountPlan, balance: Balance | None, page: Page[LedgerEntry]
) -> CreditsData:
    return {
        "metered": plan.is_metered,
        "balance": balance.available if balance else None,
        "held": balance.held if balance else None,
        "charged": balance.charged if balance else None,
        "prices": _prices(plan.prices),
        "caps": _caps(plan.caps),
        "items": [_entry(entry) for entry in page.items],
        "next": page.next,
    }


def usage_data(usage: Usage) -> UsageData:
    return {
        "since": usage.since,
        "until": usage.until,
        "total": _line(usage, usage.total()),
        "days": _lines(usage, By.DAY),
        "providers": _lines(usage, By.PROVIDER),
        "fields": _lines(usage, By.FIELD),
        "keys": _lines(usage, By.KEY),
    }


def usage_sheet(usage: Usage) -> str:
    """The same as CSV, all in one table."""
    rows = ([str(cell) for cell in row] for row in usage_rows(usage))
    return "".join([csv_row(USAGE_COLUMNS), *map(csv_row, rows)])


def usage_rows(usage: Usage) -> Iterator[tuple[object, ...]]:
    """By its columns; money in full, not in the powers of ten of a float."""
    total = usage.total()
    for by, line in [("total", total), *((line.by.value, line) for line in usage.lines)]:
        yield (
            *(by, line.value or "", line.enrichments, line.cached, line.calls),
            *(_exactly(line.cost), line.credits),
            *(_exactly(usage.revenue(line)), _exactly(usage.margin(line))),
        )


def _lines(usage: Usage, by: By) -> list[UsageLineData]:
    return [_line(usage, line) for line in usage.of(by)]


def _line(usage: Usage, line: UsageLine) -> UsageLineData:
    return {
        "value": line.value,
        "enrichments": line.enrichments,
        "cached": line.cached,
        "calls": line.calls,
        "cost_usd": line.cost / _MICRO,
        "credits": line.credits,
        "revenue_usd": _dollars(usage.revenue(line)),
        "margin_usd": _dollars(usage.margin(line)),
    }


def _entry(entry: LedgerEntry) -> LedgerEntryData:
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "amount": entry.amount,
        "charged": entry.charged,
        "balance": entry.balance,
        "enrichment_id": entry.charge_id,
        "note": entry.note,
        "at": entry.at,
    }


def _prices(prices: Prices) -> PricesData:
    return {
        "enrichment": prices.enrichment,
        "fields": dict(prices.fields),
        "cached": prices.cached,
        "verification": prices.verification,
    }


def _caps(caps: Caps) -> CapsData:
    return {
        "request_usd": _dollars(caps.request),
        "job_usd": _dollars(caps.job),
        "day_usd": _dollars(caps.day),
        "month_usd": _dollars(caps.month),
    }


def _dollars(micro: MicroUsd | None) -> float | None:
    return None if micro is None else micro / _MICRO


def _exactly(micro: MicroUsd | None) -> str:
    return "" if micro is None else f"{Decimal(micro) / _MICRO:f}"
