"""Draws the plan of a dry run, for a person and for a spreadsheet."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from roleferry_enrich.terminal.printing import Sheet
from roleferry_enrich.terminal.tables import rows

# The API's JSON as any client gets it: the command line is one of its clients.
Json = Mapping[str, Any]

_COLUMNS = ("step", "provider", "asked for", "needs", "chance", "expected", "most")


def table(plan: Json) -> RenderableType:
    """Who would be asked in which order, what that fills and costs, and who would not be."""
    asks = ([*_line(ask), *_money(ask["cost"])] for ask in plan["asks"])
    fill = ((name, _percent(share)) for name, share in plan["expected_fill"].items())
    silent = ((one["provider"], one["capability"], one["reason"]) for one in plan["not_asked"])
    return Group(
        rows("Would be asked", _COLUMNS, asks),
        rows("Would be known", ("field", "chance"), fill),
        rows("Would not be asked", ("provider", "asked for", "why"), silent),
        _summary(plan),
    )


def sheet(plan: Json) -> Sheet:
    """A row for each question that may be asked."""
    columns = ("step", "provider", "capability", "needs", "chance", *plan["cost"])
    lines = [[*_cells(ask), *ask["cost"].values()] for ask in plan["asks"]]
    return Sheet(columns, lines)


def _cells(ask: Json) -> list[object]:
    return [ask[name] for name in ("step", "provider", "capability", "needs", "chance")]


def _line(ask: Json) -> list[object]:
    *cells, chance = _cells(ask)
    return [*cells, _percent(float(str(chance)))]


def _money(cost: Json) -> tuple[str, str]:
    return f"${cost['expected_usd']:.4f}", f"${cost['max_usd']:.4f}"


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _summary(plan: Json) -> Text:
    cost, named = plan["cost"], plan["waterfall"]
    how = f"{plan['strategy']} {named}" if named else plan["strategy"]
    expected, most = _money(cost)
    return Text(
        f"{how}: {expected} expected, at least ${cost['min_usd']:.4f} and at most {most}. "
        "Nobody was asked."
    )
