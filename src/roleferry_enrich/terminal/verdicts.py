"""Draws what is known of addresses, for a person and for a spreadsheet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from roleferry_enrich.terminal.printing import Sheet
from roleferry_enrich.terminal.tables import rows

# The API's JSON as any client gets it: the command line is one of its clients.
Json = Mapping[str, Any]

_COLUMNS = ("email", "status", "reasons", "confidence", "sources", "checked_on")
_PLANNED = ("provider", "expected", "most")


def added(results: Sequence[Json], meta: Json, spent: float, held: float) -> dict[str, Any]:
    """One answer of several: every result, and what all of them took."""
    counts = Counter(each["status"] for each in results)
    named = {name: counts[name] for name in ("valid", "invalid", "risky", "unknown")}
    pending = sum("pending" in each["reasons"] for each in results)
    return {
        "results": results,
        "meta": {
            "status": meta["status"],
            "counts": {**named, "pending": pending},
            "cost_usd": round(spent, 6),
            "late_cost_usd": round(held, 6),
        },
    }


def table(answer: Json) -> RenderableType:
    lines = ([*_cells(each)] for each in answer["results"])
    return Group(rows("Addresses", _COLUMNS, lines), _summary(answer["meta"]))


def sheet(answer: Json) -> Sheet:
    """A row for each address, in the order given."""
    return Sheet(
        (*_COLUMNS, "cost_usd"),
        [[*_cells(each), each["cost_usd"]] for each in answer["results"]],
    )


def added_plans(plans: Sequence[Json]) -> Json:
    """What several lists would cost together."""
    asks: dict[str, Counter[str]] = {}
    for each in plans:
        for ask in each["asks"]:
            asks.setdefault(ask["provider"], Counter()).update(ask["cost"])
    total = Counter[str]()
    for each in plans:
        total.update(each["cost"])
    return {
        "dry_run": True,
        "addresses": sum(each["addresses"] for each in plans),
        "asks": [{"provider": name, "cost": dict(cost)} for name, cost in asks.items()],
        "cost": dict(total),
    }


def plan(answer: Json) -> RenderableType:
    lines = ((ask["provider"], *_money(ask["cost"])) for ask in answer["asks"])
    expected, most = _money(answer["cost"])
    told = (
        f"{answer['addresses']} addresses: {expected} expected, at most {most}. Nobody was asked."
    )
    return Group(rows("Would be asked", _PLANNED, lines), Text(told))


def plan_sheet(answer: Json) -> Sheet:
    lines = [[ask["provider"], *ask["cost"].values()] for ask in answer["asks"]]
    return Sheet(("provider", *answer["cost"]), lines)


def _cells(result: Json) -> list[object]:
    cells = {**result, "sources": [_source(each) for each in result["sources"]]}
    return [cells[name] for name in _COLUMNS]


def _source(source: Json) -> str:
    return f"{source['provider']}: {source['deliverability']}"


def _summary(meta: Json) -> Text:
    counts = ", ".join(f"{count} {name}" for name, count in meta["counts"].items() if count)
    late = meta["late_cost_usd"]
    behind = f", and at most ${late:.4f} for what was checked behind an answer" if late else ""
    return Text(f"{counts} for ${meta['cost_usd']:.4f}{behind}")


def _money(cost: Json) -> tuple[str, str]:
    return f"${cost['expected_usd']:.4f}", f"${cost['max_usd']:.4f}"
