"""The `audit` command, with its help; the import is inside it, as in `cli.py`."""

from typing import Annotated
from uuid import UUID

import typer

from roleferry_enrich.terminal.printing import Format


def audit(
    account: Annotated[UUID, typer.Argument(help="Id of the account.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000_000, help="The most entries.")] = 100,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="How to print them.")
    ] = Format.TABLE,
) -> None:
    """Who has read and changed what with an account's keys, the newest first."""
    from roleferry_enrich.terminal.auditing import print_log

    print_log(account, limit, output)
