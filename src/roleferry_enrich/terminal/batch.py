"""The `batch` command, with its help.

Imports are inside it, as in `cli.py`.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.options import Key, MaxCost, Url

if TYPE_CHECKING:
    from roleferry_enrich.terminal.batches.enriching import Wish

File = Annotated[Path, typer.Argument(help="CSV, or a JSON object a line (NDJSON).")]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Else FILE.enriched.csv beside FILE; - is stdout."),
]
Form = Annotated[
    RowForm | None,
    typer.Option("--format", "-f", help="Of the output; else by its extension, or as FILE."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        "-c",
        metavar="NAME=FIELD",
        help="Which field a column is, where its heading does not tell; FIELD none leaves it "
        "out. May be given several times.",
    ),
]
Strategy = Annotated[
    Literal["parallel", "waterfall"] | None, typer.Option(help="For rows that name none.")
]
Waterfall = Annotated[str | None, typer.Option(help="Of waterfalls, the one named so.")]
Priority = Annotated[Literal["low", "normal", "high"] | None, typer.Option(help="Among your jobs.")]
Again = Annotated[bool, typer.Option("--again", help="Send it anew, though it was sent before.")]
AsJson = Annotated[bool, typer.Option("--json", help="Sum it up as JSON on stdout.")]


def batch(
    file: File,
    *,
    out: Out = None,
    form: Form = None,
    column: Columns = None,
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
    enriched_...; NDJSON gets one member, enriched, with the whole answer. Columns are recognised by
    their headings, which is told first. Rows that make no sense stay, with their reason.

    Ctrl-C leaves the work to the service, or in the database; the same command again goes on, and
    pays for nothing twice. The same file sent again is the same work: --again asks anew. More than
    10,000 rows are several jobs, which share --max-cost by their rows.

    Exit code 0: every row was answered; 1: written, but rows were refused or failed; 2: nothing
    was written.

    Example: roleferry-enrich batch leads.csv --max-cost 20
    """
    from roleferry_enrich.terminal.batches.enriching import Wish
    from roleferry_enrich.terminal.batches.run import Terms

    if as_json and out == Path("-"):
        raise typer.BadParameter("--json and --out - both write to stdout")
    said = {"strategy": strategy, "waterfall": waterfall}
    wish = Wish(
        source=file,
        output=out,
        form=form,
        columns=column or (),
        added={name: value for name, value in said.items() if value is not None},
        terms=Terms(max_cost=max_cost, priority=priority),
        again=again,
        url=url,
        key=key,
    )
    if not _is_whole(wish, as_json=as_json):
        raise typer.Exit(1)


def _is_whole(wish: "Wish", *, as_json: bool) -> bool:
    """Whether every row was answered."""
    from roleferry_enrich.terminal.batches.enriching import LeftRunning, enrich_file

    try:
        return enrich_file(wish, as_json=as_json).is_whole
    except LeftRunning as left:
        sys.stderr.write(f"roleferry-enrich: {left}\n")
        raise typer.Exit(left.code) from None
