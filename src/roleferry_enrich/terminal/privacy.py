"""The `privacy` commands, with their help. Imports are inside the commands, as in `cli.py`."""

from pathlib import Path
from typing import Annotated

import typer

from roleferry_enrich.terminal.printing import Format
from roleferry_enrich.terminal.subject_options import Given, of_somebody

privacy = typer.Typer(
    name="privacy", help="People's rights: erase, export, tell them.", no_args_is_help=True
)

Account = Annotated[str | None, typer.Option(help="Id of an account; else all of them.")]


@privacy.command("erase")
@of_somebody
def erase(given: Given, *, account: Account = None) -> None:
    """Erase a person from everything, and suppress them; prints the receipt."""
    from roleferry_enrich.terminal.rights import erase as run

    run(given, account)


@privacy.command("export")
@of_somebody
def export(given: Given, *, account: Account = None) -> None:
    """Everything that is known of a person, as JSON, for them."""
    from roleferry_enrich.terminal.rights import export as run

    run(given, account)


@privacy.command("unnoticed")
def unnoticed(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    *,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="How to print them.")
    ] = Format.TABLE,
) -> None:
    """Who has not been told yet that their data is kept."""
    from roleferry_enrich.terminal.rights import unnoticed as run

    run(account, output)


@privacy.command("replay")
def replay(
    folder: Annotated[
        Path | None, typer.Argument(help="Of another journal; else that of the data directory.")
    ] = None,
) -> None:
    """After a backup was put back: erase again who was erased since. A start does it too."""
    from roleferry_enrich.terminal.rights import replay as run

    run(folder)
