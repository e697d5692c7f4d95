"""The `keys` and `providers` commands, with their help.

Imports are inside the commands, as in `cli.py`.
"""

from typing import Annotated

import typer

from roleferry_enrich.terminal.printing import console

keys = typer.Typer(help="API keys: make, list and revoke them.", no_args_is_help=True)
providers = typer.Typer(help="The data providers and how they are set up.", no_args_is_help=True)


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    account: Annotated[
        str | None, typer.Option(help="Id of an account; else a new one of the key's name.")
    ] = None,
) -> None:
    """Make an API key. It is shown once."""
    from roleferry_enrich.terminal.account_keys import create_key as run

    run(name, account)


@keys.command("list")
def list_keys(account: Annotated[str, typer.Argument(help="Id of the account.")]) -> None:
    """List an account's keys."""
    from roleferry_enrich.terminal.account_keys import list_keys as run

    run(account)


@keys.command("revoke")
def revoke_key(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    key_id: Annotated[str, typer.Argument(help="Id of the key: the middle part of it.")],
) -> None:
    """End a key, within five seconds everywhere."""
    from roleferry_enrich.terminal.account_keys import revoke_key as run

    run(account, key_id)


@providers.command("list")
def list_providers() -> None:
    """What each provider can be asked, and at what price."""
    from roleferry_enrich.terminal.providers import offers_table

    console().print(offers_table())


@providers.command("check")
def check_providers(
    *,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask now, where it is free, what is left of the quota.")
    ] = False,
) -> None:
    """How each provider is set up here, and what is known of it; secrets are left out."""
    from roleferry_enrich.settings import read_settings
    from roleferry_enrich.terminal.providers import check_providers as run

    run(read_settings(), ask=ask)


@providers.command("restore")
def restore_provider(
    name: Annotated[str, typer.Argument(help="The provider's short name: hunter.")],
) -> None:
    """End a provider's quarantine, and that of its keys, in every process within seconds."""
    from roleferry_enrich.settings import read_settings
    from roleferry_enrich.terminal.providers import restore_provider as run

    run(read_settings(), name)
