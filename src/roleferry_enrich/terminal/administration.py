"""The `keys`, `providers`, `webhooks` and `sealing` commands, with their help.

Imports are inside the commands, as in `cli.py`.
"""

from enum import StrEnum
from typing import Annotated

import typer

from roleferry_enrich.domain.scopes import USUAL, Scope
from roleferry_enrich.terminal.printing import Format, console

keys = typer.Typer(
    name="keys", help="API keys: make, list, replace and revoke them.", no_args_is_help=True
)
providers = typer.Typer(
    name="providers", help="The data providers and how they are set up.", no_args_is_help=True
)
webhooks = typer.Typer(
    name="webhooks", help="What providers have sent: list, show, replay.", no_args_is_help=True
)
sealing = typer.Typer(
    name="sealing", help="How what is kept of people is encrypted.", no_args_is_help=True
)

KeyId = Annotated[str, typer.Argument(help="Id of the key: the middle part of it.")]
Days = Annotated[
    int | None, typer.Option(min=1, max=3_650, help="How long it works; else until revoked.")
]
Sender = Annotated[str, typer.Argument(help="Who sent it: sendgrid, stripe, ...")]


class EventState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    account: Annotated[
        str | None, typer.Option(help="Id of an account; else a new one of the key's name.")
    ] = None,
    *,
    scope: Annotated[
        list[Scope] | None,
        typer.Option(help="What it may do; repeat. Usually enrich, read and webhooks."),
    ] = None,
    days: Days = None,
) -> None:
    """Make an API key. It is shown once."""
    from roleferry_enrich.terminal.account_keys import create_key as run

    run(name, account, scope or USUAL, days)


@keys.command("rotate")
def rotate_key(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    key_id: KeyId,
    *,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=720, help="How long the old one works on.")
    ] = 24,
    days: Days = None,
) -> None:
    """Make a key like another, which ends after the overlap. It is shown once."""
    from roleferry_enrich.terminal.account_keys import rotate_key as run

    run(account, key_id, overlap_hours, days)


@keys.command("list")
def list_keys(account: Annotated[str, typer.Argument(help="Id of the account.")]) -> None:
    """List an account's keys."""
    from roleferry_enrich.terminal.account_keys import list_keys as run

    run(account)


@keys.command("revoke")
def revoke_key(
    account: Annotated[str, typer.Argument(help="Id of the account.")],
    key_id: KeyId,
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
    from roleferry_enrich.configuration.settings import read_settings
    from roleferry_enrich.terminal.providers import check_providers as run

    run(read_settings(), ask=ask)


@providers.command("restore")
def restore_provider(
    name: Annotated[str, typer.Argument(help="The provider's short name: hunter.")],
) -> None:
    """End a provider's quarantine, and that of its keys, in every process within seconds."""
    from roleferry_enrich.configuration.settings import read_settings
    from roleferry_enrich.terminal.providers import restore_provider as run

    run(read_settings(), name)


@webhooks.command("list")
def list_events(
    *,
    provider: Annotated[str | None, typer.Option(help="Of this sender alone.")] = None,
    state: Annotated[EventState | None, typer.Option(help="Of this state alone.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most events.")] = 50,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="How to print them.")
    ] = Format.TABLE,
) -> None:
    """The events received last, without what they say."""
    from roleferry_enrich.terminal.webhooks import list_events as run

    run(provider, state, limit, output)


@webhooks.command("show")
def show_event(
    provider: Sender, event_id: Annotated[str, typer.Argument(help="Its id, as listed.")]
) -> None:
    """An event with all it says, as JSON. It may name people."""
    from roleferry_enrich.terminal.webhooks import show_event as run

    run(provider, event_id)


@webhooks.command("replay")
def replay_events(
    provider: Sender,
    event_id: Annotated[str | None, typer.Argument(help="Its id, as listed.")] = None,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="All that came to nothing.")] = False,
) -> None:
    """Have a worker work through an event once more, or through all dead ones of a sender."""
    from roleferry_enrich.terminal.webhooks import replay_events as run

    run(provider, event_id, dead=dead)


@sealing.command("status")
def show_sealing() -> None:
    """How many rows are not under the current key, by table."""
    from roleferry_enrich.terminal.sealing import show_state as run

    run()


@sealing.command("rotate")
def rotate_keys() -> None:
    """Bring all under the current key. May be interrupted, and run while everything else does."""
    from roleferry_enrich.terminal.sealing import rotate as run

    run()
