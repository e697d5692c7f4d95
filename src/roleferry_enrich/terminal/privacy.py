"""The `privacy` commands, with their help. Imports are inside the commands, as in `cli.py`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from roleferry_enrich.terminal.printing import Format

privacy = typer.Typer(
    name="privacy", help="People's rights: erase, export, tell them.", no_args_is_help=True
)

Email = Annotated[str | None, typer.Option(help="Their e-mail address.")]
Phone = Annotated[str | None, typer.Option(help="Their telephone number.")]
Profile = Annotated[str | None, typer.Option("--linkedin-url", help="Their profile.")]
Name = Annotated[str | None, typer.Option(help="Their name; with an employer.")]
Domain = Annotated[str | None, typer.Option(help="The employer's domain.")]
Company = Annotated[str | None, typer.Option(help="The employer's name.")]
Country = Annotated[str | None, typer.Option(help="Where the number is dialled: GB.")]
Account = Annotated[str | None, typer.Option(help="Id of an account; else all of them.")]


@privacy.command("erase")
def erase(
    *,
    email: Email = None,
    phone: Phone = None,
    linkedin_url: Profile = None,
    name: Name = None,
    domain: Domain = None,
    company: Company = None,
    country: Country = None,
    account: Account = None,
) -> None:
    """Erase a person from everything, and suppress them; prints the receipt."""
    from roleferry_enrich.terminal.rights import erase as run

    run(
        _given(
            email=email,
            phone=phone,
            linkedin_url=linkedin_url,
            full_name=name,
            domain=domain,
            company_name=company,
            country=country,
        ),
        account,
    )


@privacy.command("export")
def export(
    *,
    email: Email = None,
    phone: Phone = None,
    linkedin_url: Profile = None,
    name: Name = None,
    domain: Domain = None,
    company: Company = None,
    country: Country = None,
    account: Account = None,
) -> None:
    """Everything that is known of a person, as JSON, for them."""
    from roleferry_enrich.terminal.rights import export as run

    run(
        _given(
            email=email,
            phone=phone,
            linkedin_url=linkedin_url,
            full_name=name,
            domain=domain,
            company_name=company,
            country=country,
        ),
        account,
    )


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


# Any: options as they were typed.
def _given(**options: Any) -> dict[str, Any]:
    return options
