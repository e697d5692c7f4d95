"""The command line: every command with its help; the work is done by the modules it calls.

Imports are inside the commands, so that `--help` is instant and no command pays for another.
"""

import io
import sys
from typing import Annotated, Any

import typer

from roleferry_enrich.errors import ConfigurationError, RoleferryError
from roleferry_enrich.terminal.account_commands import credits, usage
from roleferry_enrich.terminal.administration import keys, providers, sealing, webhooks
from roleferry_enrich.terminal.audit import audit
from roleferry_enrich.terminal.batch import batch
from roleferry_enrich.terminal.options import Key, MaxCost, Output, Url
from roleferry_enrich.terminal.printing import Format, show
from roleferry_enrich.terminal.quotas import quotas
from roleferry_enrich.terminal.resolve import resolve
from roleferry_enrich.terminal.running import demo, migrate, sandbox, serve, worker
from roleferry_enrich.terminal.suppressions import privacy
from roleferry_enrich.terminal.verify import verify

app = typer.Typer(
    name="roleferry-enrich",
    help="Contact and executive enrichment: every provider at once, every field with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (keys, quotas, credits, privacy, providers, webhooks, sealing):
    app.add_typer(group)
app.command()(audit)
app.command()(resolve)
app.command()(batch)
app.command()(verify)
app.command()(usage)
for command in (demo, serve, worker, sandbox, migrate):
    app.command()(command)

Domain = Annotated[str | None, typer.Option(help="The company's domain: acme.com")]
CompanyName = Annotated[str | None, typer.Option("--company", help="The company's name.")]
CompanyNumber = Annotated[str | None, typer.Option(help="Its number in the register of --country.")]
Country = Annotated[str | None, typer.Option(help="ISO code such as GB; narrows the search.")]
Deadline = Annotated[int, typer.Option(min=100, max=10_000, help="Milliseconds to answer within.")]


def main() -> None:
    """Run a command; what can be mended is said in one sentence, with exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Better a name with a question mark than none, where a terminal knows few letters.
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except (ConfigurationError, RoleferryError) as error:
        sys.stderr.write(f"roleferry-enrich: {error}\n")
        sys.exit(2)


@app.command()
def enrich(
    *,
    email: Annotated[str | None, typer.Option(help="Their e-mail address.")] = None,
    name: Annotated[str | None, typer.Option(help="Their name, as read: Ada Lovelace.")] = None,
    linkedin_url: Annotated[str | None, typer.Option(help="Their profile.")] = None,
    domain: Domain = None,
    company: CompanyName = None,
    company_number: CompanyNumber = None,
    country: Country = None,
    field: Annotated[list[str] | None, typer.Option(help="A field wanted; repeat.")] = None,
    strategy: Annotated[str, typer.Option(help="parallel, or waterfall to save.")] = "parallel",
    waterfall: Annotated[str | None, typer.Option(help="Of waterfalls, the one named so.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would cost and fill.")
    ] = False,
    deadline_ms: Deadline = 2000,
    max_cost: MaxCost = None,
    url: Url = None,
    key: Key = None,
    output: Output = Format.TABLE,
) -> None:
    """Enrich one contact.

    Example: roleferry-enrich enrich --email orla.fenwick@quillmere.test
    """
    from roleferry_enrich.terminal import plans, sheets, tables

    body = _given(
        email=email,
        full_name=name,
        linkedin_url=linkedin_url,
        domain=domain,
        company_name=company,
        company_number=company_number,
        country=country,
        enrich=field,
        strategy=strategy,
        waterfall=waterfall,
        deadline_ms=deadline_ms,
        max_cost=max_cost,
    )
    if dry_run:
        answer = _ask("/enrich?dry_run=true", body, url, key)
        return show(answer, output, table=plans.table, sheet=plans.sheet)
    answer = _ask("/enrich", body, url, key)
    return show(answer, output, table=tables.enrichment, sheet=sheets.contact)


@app.command()
def executives(
    *,
    domain: Domain = None,
    company: CompanyName = None,
    company_number: CompanyNumber = None,
    country: Country = None,
    title: Annotated[list[str] | None, typer.Option(help="A title wanted; repeat.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="The most people.")] = 25,
    deadline_ms: Deadline = 2000,
    max_cost: MaxCost = None,
    url: Url = None,
    key: Key = None,
    output: Output = Format.TABLE,
) -> None:
    """Find the people who lead a company.

    Example: roleferry-enrich executives --domain quillmere.test
    """
    from roleferry_enrich.terminal import sheets, tables

    body = _given(
        domain=domain,
        company_name=company,
        company_number=company_number,
        country=country,
        titles=title,
        limit=limit,
        deadline_ms=deadline_ms,
        max_cost=max_cost,
    )
    answer = _ask("/companies/executives", body, url, key)
    show(answer, output, table=tables.executives, sheet=sheets.executives)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document, from which clients are generated."""
    import orjson

    from roleferry_enrich.api.application import create_api

    document = create_api().openapi()
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def _ask(path: str, body: dict[str, Any], url: str | None, key: str | None) -> dict[str, Any]:
    if url is None:
        from roleferry_enrich.terminal.asking_here import ask_here

        return ask_here(path, body)
    from roleferry_enrich.terminal.asking import ask_there

    return ask_there(path, body, url, key)


def _given(**options: Any) -> dict[str, Any]:
    """The request's body: what was given and nothing else."""
    return {name: value for name, value in options.items() if value not in (None, [])}
