"""The `privacy` commands about who must not be looked up, with their help."""

from pathlib import Path
from typing import Annotated

import typer

from roleferry_enrich.terminal.printing import Format
from roleferry_enrich.terminal.privacy import Account, privacy
from roleferry_enrich.terminal.subject_options import Given, of_somebody

__all__ = ["privacy"]


@privacy.command("suppress")
@of_somebody
def suppress(
    given: Given,
    *,
    reason: Annotated[str, typer.Option(help="Why; kept as it is, so name nobody.")] = "objected",
    account: Account = None,
) -> None:
    """Never look a person up again: no provider is asked, nothing of them is kept or told."""
    from roleferry_enrich.terminal.suppressing import suppress as run

    run(given, reason, account)


@privacy.command("list")
def list_suppressions(
    *,
    account: Account = None,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="How to print them.")
    ] = Format.TABLE,
) -> None:
    """The suppressions that hold, newest first, as digests and dates."""
    from roleferry_enrich.terminal.suppressing import list_suppressions as run

    run(account, output)


@privacy.command("release")
def release(
    suppression: Annotated[str, typer.Argument(help="Its id, as listed.")],
    *,
    account: Account = None,
) -> None:
    """End a suppression."""
    from roleferry_enrich.terminal.suppressing import release as run

    run(suppression, account)


@privacy.command("import")
def import_lists(
    files: Annotated[list[Path], typer.Argument(help="The download, or its CSV files.")],
    *,
    reports: Annotated[Path, typer.Option(help="Where to write the files to upload.")] = Path(
        "reports"
    ),
    exempt: Annotated[
        list[str] | None, typer.Option(help="Id of an account whose data is exempt; repeat.")
    ] = None,
) -> None:
    """Honour deletion lists of California's platform (DROP), and write what to report."""
    from roleferry_enrich.terminal.suppressing import import_lists as run

    run(files, reports, exempt or [])


@privacy.command("handling")
def handling(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    *,
    purpose: Annotated[str | None, typer.Option(help="To what end it looks people up.")] = None,
    basis: Annotated[
        str | None, typer.Option(help="The ground: consent, contract, legitimate_interests, ...")
    ] = None,
    off: Annotated[
        list[str] | None, typer.Option(help="A provider that is told nothing; repeat.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take back all that was said.")] = False,
) -> None:
    """Show how an account handles people's data; with an option, say it anew as a whole."""
    from roleferry_enrich.terminal.suppressing import handling as run

    run(account, purpose, basis, off or [], clear=clear)
