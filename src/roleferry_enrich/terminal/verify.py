"""The `verify` command, with its help.

Imports are inside it, as in `cli.py`.
"""

from typing import Annotated

import typer

from roleferry_enrich.terminal.options import Key, MaxCost, Output, Url
from roleferry_enrich.terminal.printing import Format


def verify(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|ADDRESS...",
            help="Addresses, or files of them: CSV, or a JSON object a line; - reads stdin.",
        ),
    ],
    *,
    strategy: Annotated[
        str, typer.Option(help="waterfall asks the cheapest verifier, parallel all.")
    ] = "waterfall",
    max_cost: MaxCost = None,
    wait: Annotated[
        int, typer.Option(min=0, max=3600, help="Seconds to wait for a list that takes long.")
    ] = 300,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would cost.")
    ] = False,
    url: Url = None,
    key: Key = None,
    output: Output = Format.TABLE,
) -> None:
    """Tell which addresses receive mail: valid, invalid, risky or unknown, and why.

    A file names its columns in the first line; the addresses are in the one named email.

    Examples: roleferry-enrich verify orla.fenwick@quillmere.test

    roleferry-enrich verify contacts.csv --format csv > verified.csv
    """
    from roleferry_enrich.terminal.verifying import Asked, plan_all, verify_all

    given = {"strategy": strategy, "max_cost": max_cost}
    asked = Asked({name: it for name, it in given.items() if it is not None}, wait, url, key)
    (plan_all if dry_run else verify_all)(what, asked, output)
