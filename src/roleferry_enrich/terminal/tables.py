"""Draws the API's answers as tables for a person at a terminal."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

# The API's JSON as any client gets it: the command line is one of its clients.
Json = Mapping[str, Any]

_NOTHING = Text("Nothing was found.", style="yellow")
_NO_KEY = "not_configured"
# With the direction overrides, which show a text as another one.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_STYLE = {
    "found": "green",
    "not_found": "dim",
    "skipped": "dim",
    "pending": "yellow",
    "rate_limited": "yellow",
    "timed_out": "yellow",
}


def enrichment(answer: Json) -> RenderableType:
    """A contact: each known field with who said it, how sure that is, and how recent."""
    fields = _fields("Contact", answer, answer["provenance"])
    return _with_account(answer["meta"], fields if answer["provenance"] else _NOTHING)


def executives(answer: Json) -> RenderableType:
    """A company and who leads it, each with the sources that agree."""
    if not answer["company"] and not answer["executives"]:
        return _with_account(answer["meta"], _NOTHING)
    people = Table(title="Executives", title_justify="left")
    for column in ("name", "title", "office", "e-mail", "sure", "said by"):
        people.add_column(column, overflow="fold")
    for person in answer["executives"]:
        people.add_row(
            _value(person["full_name"]),
            _value(person["title"]),
            _value(person["role"]),
            _value(first_email(person)),
            _percent(person["confidence"]),
            _value(person["sources"]),
        )
    company = answer["company"] or {"firmographics": {}, "provenance": {}}
    fields = _fields("Company", company["firmographics"], company["provenance"])
    return _with_account(answer["meta"], fields, people)


def rows(title: str, columns: tuple[str, ...], lines: Iterable[Iterable[object]]) -> Table:
    """Any list as a table."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in lines:
        table.add_row(*(_value(cell) for cell in line))
    return table


def _fields(title: str, values: Json, provenance: Json) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("field", "value", "sure", "said by", "as of"):
        table.add_column(column, overflow="fold")
    for name, known in provenance.items():
        table.add_row(name, _value(values[name]), *_support(known))
    return table


def _support(known: Json) -> tuple[str, str, str]:
    providers = dict.fromkeys(source["provider"] for source in known["sources"])
    newest = max(source["as_of"] for source in known["sources"])
    mark = " ✓" if known["verified"] else ""
    return _percent(known["confidence"]) + mark, ", ".join(providers), newest


def _providers(meta: Json) -> Table:
    table = Table(title="Providers", title_justify="left")
    for column in ("provider", "asked for", "outcome", "why"):
        table.add_column(column, overflow="fold")
    for column in ("calls", "ms", "cost"):
        table.add_column(column, justify="right")
    for line in meta["providers"]:
        if line["reason"] == _NO_KEY:
            continue
        outcome = Text(line["outcome"], style=_STYLE.get(line["outcome"], "red"))
        table.add_row(
            line["provider"],
            line["capability"],
            outcome,
            _value(_why(line)),
            str(line["calls"]),
            str(round(line["latency_ms"])),
            _dollars(line["cost_usd"]),
        )
    return table


def _with_account(meta: Json, *known: RenderableType) -> RenderableType:
    """What is known, then what each provider did for it and what it took."""
    silent = dict.fromkeys(
        line["provider"] for line in meta["providers"] if line["reason"] == _NO_KEY
    )
    hint = Text(
        f"Not asked, because they have no key: {', '.join(silent)}. "
        "Set ROLEFERRY_PROVIDERS__<NAME>__API_KEY, or try `roleferry-enrich demo`.",
        style="yellow",
    )
    return Group(*known, _providers(meta), *([hint] if silent else []), _summary(meta))


def _why(line: Json) -> Any:
    if not line["cached"]:
        return line["reason"]
    days = (line["age_s"] or 0) // 86_400
    return f"from {line['cached']}" + (f", stale: {days} days old" if line["stale"] else "")


def _summary(meta: Json) -> Text:
    took, cost = round(meta["processing_time_ms"]), _dollars(meta["cost_usd"]) or "$0"
    marked = "  SAMPLE DATA: invented, no provider answered" if meta["sample"] else ""
    return Text(f"{meta['status']} in {took} ms for {cost}  ({meta['enrichment_id']}){marked}")


def first_email(person: Json) -> str:
    points = person["contact_points"]
    return next((point["value"] for point in points if point["kind"] == "email"), "")


def _value(value: object) -> Text:
    """As text only: to rich brackets are markup, and to a terminal controls are orders."""
    if value is None:
        return Text()
    items = value if isinstance(value, list | tuple) else [value]
    return Text(_CONTROL.sub("?", ", ".join(str(item) for item in items)))


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _dollars(amount: object) -> str:
    value = float(str(amount))
    return f"${value:.4f}" if value else ""
