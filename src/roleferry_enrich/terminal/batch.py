"""The `batch` command, with its help.

Imports are inside it, as in `cli.py`.
"""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.options import Key, MaxCost, Url

_STDOUT = Path("-")

File = Annotated[Path, typer.Argument(help="CSV, or a JSON object a line (NDJSON).")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Else FILE.enriched.csv beside FILE; - is stdout."),
]
Form = Annotated[
    RowForm | None,
    typer.Option("--format", "-f", help="Of the output; else by its extension, or as FILE."),
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        "-c",
        metavar="NAME=FIELD",
        help="Which field a column is, where its heading does not tell; FIELD none leaves it out. "
        "May be given several times.",
    ),
]
Strategy = Annotated[
    Literal["parallel", "waterfall"] | None, typer.Option(help="For rows that name none.")
]
Waterfall = Annotated[str | None, typer.Option(help="Of waterfalls, the one named so.")]
Priority = Annotated[
    Literal["low", "normal", "high"] | None, typer.Option(help="Among your own jobs.")
]
Again = Annotated[bool, typer.Option("--again", help="Send it anew, though it was sent before.")]
AsJson = Annotated[bool, typer.Option("--json", help="Sum it up as JSON on stdout.")]


def batch(
    file: File,
    *,
    out: Out = None,
    form: Form = None,
    column: Column = None,
    strategy: Strategy = None,
    waterfall: Waterfall = None,
    max_cost: MaxCost = None,
    priority: Priority = None,
    again: Again = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
) -> None:
    """Enrich a file of contacts.

    Every row comes out in its place with all its columns, and what was found in columns named
    enriched_...; NDJSON gets one member, enriched, with the whole answer. Which column is taken
    for what is told first. Rows that make no sense stay, with their reason.

    Ctrl-C leaves the work to the service, or in the database; the same command again goes on and
    pays for nothing twice. More than 10,000 rows are several jobs, which share --max-cost.

    Exit code 0: every row was answered; 1: rows were refused or failed; 2: nothing was written.

    Example: roleferry-enrich batch leads.csv --max-cost 20
    """
    from roleferry_enrich.terminal.batches.enriching import Asked, LeftRunning, Wish, enrich_file
    from roleferry_enrich.terminal.batches.run import Terms

    if as_json and out == _STDOUT:
        raise typer.BadParameter("--json and --out - both write to stdout")
    said = {"strategy": strategy, "waterfall": waterfall}
    added = {name: value for name, value in said.items() if value is not None}
    where = Asked(url, key, again=again)
    try:
        wish = Wish(file, out, form, column or (), added, Terms(max_cost, priority), where)
        report = enrich_file(wish, as_json=as_json)
    except LeftRunning as left:
        sys.stderr.write(f"roleferry-enrich: {left}\n")
        raise typer.Exit(left.code) from None
    if not report.is_whole:
        raise typer.Exit(1)
