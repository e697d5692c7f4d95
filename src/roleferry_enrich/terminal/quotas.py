"""The `quotas` commands, with their help.

Imports are inside the commands, as in `cli.py`.
"""

from typing import Annotated
from uuid import UUID

import typer

quotas = typer.Typer(
    name="quotas", help="How often accounts may ask: show and agree it.", no_args_is_help=True
)
_HELP = "Requests a {}; 0 is no limit. Left out, the usual."
Account = Annotated[UUID, typer.Argument(help="Id of the account.")]


@quotas.command("show")
def show_quota(account: Account) -> None:
    """Print the quota that is in force for an account."""
    from roleferry_enrich.terminal.agreeing import show_quota as run

    run(account)


@quotas.command("agree")
def agree_quota(
    account: Account,
    *,
    per_minute: Annotated[int | None, typer.Option(min=0, help=_HELP.format("minute"))] = None,
    per_hour: Annotated[int | None, typer.Option(min=0, help=_HELP.format("hour"))] = None,
    per_day: Annotated[int | None, typer.Option(min=0, help=_HELP.format("day"))] = None,
) -> None:
    """Agree a quota with an account, in place of an earlier one; in force within seconds.

    Without options it has the usual quota again.
    """
    from roleferry_enrich.accounts.quotas import Quota
    from roleferry_enrich.terminal.agreeing import agree_quota as run

    run(account, Quota(per_minute=per_minute, per_hour=per_hour, per_day=per_day))
