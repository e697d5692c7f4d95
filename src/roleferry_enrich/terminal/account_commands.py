"""The `credits` and `usage` commands, with their help.

Imports are inside the commands, as in `cli.py`.
"""

from datetime import datetime
from typing import Annotated

import typer

from roleferry_enrich.terminal.printing import Format

credits = typer.Typer(
    name="credits", help="Credits of an account: grant, look, set prices.", no_args_is_help=True
)

Account = Annotated[str, typer.Argument(help="Id of the account.")]
Note = Annotated[str | None, typer.Option(help="What the ledger says of it.")]
Output = Annotated[Format, typer.Option("--format", "-f", help="How to print it.")]
Price = Annotated[int | None, typer.Option(min=0, help="In credits.")]
Dollars = Annotated[float | None, typer.Option(min=0, help="In US dollars, for providers.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, UTC.")]


@credits.command("grant")
def grant_credits(
    account: Account,
    amount: Annotated[int, typer.Argument(min=1, help="How many.")],
    *,
    note: Note = None,
) -> None:
    """Add credits. From the first time on the account pays for what is found."""
    from roleferry_enrich.terminal.credits import grant as run

    run(account, amount, note)


@credits.command("adjust")
def adjust_credits(
    account: Account,
    amount: Annotated[int, typer.Option("--by", help="Credits; negative takes some away.")],
    *,
    note: Note = None,
) -> None:
    """Correct a balance; never below zero."""
    from roleferry_enrich.terminal.credits import adjust as run

    run(account, amount, note)


@credits.command("balance")
def show_balance(account: Account, *, output: Output = Format.TABLE) -> None:
    """What an account has, and whether the books add up."""
    from roleferry_enrich.terminal.credits import balance as run

    run(account, output)


@credits.command("ledger")
def show_ledger(
    account: Account,
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most entries.")] = 50,
    output: Output = Format.TABLE,
) -> None:
    """What changed the balance, the newest first."""
    from roleferry_enrich.terminal.credits import ledger as run

    run(account, limit, output)


@credits.command("plan")
def set_plan(
    account: Account,
    *,
    enrichment: Price = None,
    cached: Price = None,
    verification: Price = None,
    field: Annotated[
        list[str] | None, typer.Option(help="A field's price, as phone:5; repeat. Replaces all.")
    ] = None,
    cap_request: Dollars = None,
    cap_job: Dollars = None,
    cap_day: Dollars = None,
    cap_month: Dollars = None,
    unmetered: Annotated[
        bool, typer.Option("--unmetered", help="It pays no more; the balance stays.")
    ] = False,
    as_set: Annotated[
        bool, typer.Option("--as-set", help="First forget its own prices and caps.")
    ] = False,
) -> None:
    """Give an account prices and caps of its own; what is not named stays."""
    from roleferry_enrich.terminal.credits import plan as run

    prices = {
        "enrichment_price": enrichment,
        "cached_price": cached,
        "verification_price": verification,
    }
    caps = {"request": cap_request, "job": cap_job, "day": cap_day, "month": cap_month}
    run(account, prices, field, caps, unmetered=unmetered, as_set=as_set)


def usage(
    account: Account,
    *,
    since: Day = None,
    until: Day = None,
    output: Output = Format.TABLE,
) -> None:
    """What an account used, by day, provider, field and key, with cost, credits and margin."""
    from roleferry_enrich.terminal.credits import usage as run

    run(account, since and since.date(), until and until.date(), output)
