"""The `resolve` command, with its help.

Imports are inside it, as in `cli.py`.
"""

from pathlib import Path
from typing import Annotated

import typer

from roleferry_enrich.records.forms import RowForm


def resolve(
    file: Annotated[Path, typer.Argument(help="CSV, or a JSON object a line; - reads stdin.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write; - is stdout.")
    ] = Path("-"),
    form: Annotated[
        RowForm | None, typer.Option("--format", "-f", help="Of the output; else the input's.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            "-c",
            metavar="NAME=FIELD",
            help="Which field a column is, where its heading does not tell; FIELD none leaves it "
            "out. May be given several times.",
        ),
    ] = None,
) -> None:
    """Tell which rows of a file are of one person.

    Every row comes out in its place with all its columns, and three more: cluster_id (equal for
    rows of one person), cluster_confidence (0 to 1) and why. JSON output also has decision
    (joined, alone or abstained) and alternatives.

    The first line names the columns. Compared are: full_name, first_name, last_name (or surname),
    email, phone, date_of_birth (or dob), company, company_number, domain, address, city, postcode,
    linkedin_url, identifier, under these and other usual headings; which column was taken for
    which is told first. Other columns pass through. Slips of the keys, empty cells and
    exchanged columns are expected. A name alone never joins two rows.

    Example: roleferry-enrich resolve contacts.csv --output resolved.csv
    """
    from roleferry_enrich.terminal.resolving import resolve_file

    resolve_file(file, output, form, column or ())
