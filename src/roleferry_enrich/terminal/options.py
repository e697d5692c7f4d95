"""Options that several commands have, each with its help."""

from typing import Annotated

import typer

from roleferry_enrich.terminal.printing import Format

Url = Annotated[
    str | None,
    typer.Option(envvar="RFE_URL", help="A running service. Without it: in this process."),
]
Key = Annotated[str | None, typer.Option(envvar="RFE_KEY", help="An API key of that service.")]
Output = Annotated[Format, typer.Option("--format", "-f", help="How to print the answer.")]
MaxCost = Annotated[
    float | None, typer.Option(min=0, max=1_000_000, help="The most to spend, in US dollars.")
]
