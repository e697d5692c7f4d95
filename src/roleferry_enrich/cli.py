"""The command line: every command with its help; the work is done by the modules it calls.

Imports are inside the commands, so that `--help` is instant and no command pays for another.
"""

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from roleferry_enrich.errors import ConfigurationError, RoleferryError
from roleferry_enrich.terminal.administration import keys, providers, webhooks
from roleferry_enrich.terminal.options import Key, MaxCost, Output, Url
from roleferry_enrich.terminal.printing import Format, console, show
from roleferry_enrich.terminal.resolve import resolve
from roleferry_enrich.terminal.verify import verify

app = typer.Typer(
    name="roleferry-enrich",
    help="Contact and executive enrichment: every provider at once, every field with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (keys, providers, webhooks):
    app.add_typer(group)
app.command()(resolve)
app.command()(verify)

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
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after printing.")] = False,
    port: Annotated[int | None, typer.Option(help="Of the API; else ROLEFERRY_PORT.")] = None,
    sandbox_port: Annotated[
        int | None, typer.Option(help="Of the sandbox; else ROLEFERRY_SANDBOX_PORT.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where data is kept; else ROLEFERRY_DATA_DIR.")
    ] = None,
) -> None:
    """Everything at once against invented providers: servers, API, worker, two live answers.

    Serves until Ctrl-C, so that the API can be tried with the printed key. Ctrl-C stops all it
    started, with exit code 0; before the answers are printed, with 130.
    """
    from roleferry_enrich.demo import run_demo

    run_demo(_settings(port=port, sandbox_port=sandbox_port, data_dir=data_dir), once=once)


@app.command()
def serve() -> None:
    """Serve the HTTP API until Ctrl-C."""
    from roleferry_enrich.embedded import starting_servers
    from roleferry_enrich.garbage import long_lived
    from roleferry_enrich.ports import require_free_port

    settings = _settings_with_logs()
    require_free_port(settings.host, settings.port, "ROLEFERRY_PORT")
    with starting_servers(settings) as started:
        with long_lived():
            from roleferry_enrich.app import serve as run  # takes as long as they do

        servers = started()
        _migrate_embedded(settings, servers.database_url)
        run(settings, servers)


@app.command()
def worker() -> None:
    """Run a worker, which completes what providers answer later and sends webhooks."""
    import asyncio

    from roleferry_enrich.embedded import starting_servers
    from roleferry_enrich.garbage import long_lived

    settings = _settings_with_logs()
    with starting_servers(settings) as started:
        with long_lived():
            from roleferry_enrich.worker import work  # takes as long as they do

        servers = started()
        _migrate_embedded(settings, servers.database_url)
        asyncio.run(work(settings, servers))


@app.command()
def sandbox(
    *,
    port: Annotated[int | None, typer.Option(help="Else ROLEFERRY_SANDBOX_PORT, 8100.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, another invented world.")] = 7,
    companies: Annotated[int, typer.Option(min=1, max=5000, help="How many companies.")] = 500,
    latency: Annotated[
        bool,
        typer.Option(
            help="As slow as the real ones, times ROLEFERRY_SANDBOX_LATENCY_SCALE; or at once."
        ),
    ] = True,
    limits: Annotated[bool, typer.Option(help="Enforce the providers' rate limits.")] = True,
) -> None:
    """Serve every provider's API over an invented population, to develop and test against."""
    import uvicorn

    from roleferry_enrich.ports import require_free_port
    from roleferry_enrich.sandbox.app import create_sandbox

    settings = _settings_with_logs(sandbox_port=port)
    require_free_port(settings.host, settings.sandbox_port, "ROLEFERRY_SANDBOX_PORT")
    scale = settings.sandbox_latency_scale if latency else 0.0
    application = create_sandbox(seed=seed, companies=companies, latency=scale, limits=limits)
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.sandbox_port,
        log_config=None,
        access_log=False,
        # A provider told to hang holds its connection; the sandbox must end all the same.
        timeout_graceful_shutdown=1,
    )


@app.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    import asyncio

    from roleferry_enrich.embedded import servers_of
    from roleferry_enrich.storage.migrate import current
    from roleferry_enrich.storage.migrate import migrate as run

    settings = _settings_with_logs()
    with servers_of(settings) as servers:
        asyncio.run(run(servers.database_url))
        console().print(f"The schema is at {asyncio.run(current(servers.database_url))}.")


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


def _settings_with_logs(**chosen: object) -> Any:
    from roleferry_enrich.observability.logs import configure_logs

    settings = _settings(**chosen)
    configure_logs(settings)
    return settings


def _settings(**chosen: object) -> Any:
    """What an option chose stands for its variable, so that it is checked in the same way."""
    from roleferry_enrich.environment import PREFIX
    from roleferry_enrich.settings import read_settings

    texts = {PREFIX + name.upper(): str(it) for name, it in chosen.items() if it is not None}
    return read_settings({**os.environ, **texts})


def _migrate_embedded(settings: Any, database_url: str) -> None:
    """A private database is brought up to date by whoever opens it; others by `migrate`."""
    import asyncio

    from roleferry_enrich.storage.migrate import migrate as run

    if settings.database_url is None:
        asyncio.run(run(database_url))


def _given(**options: Any) -> dict[str, Any]:
    """The request's body: what was given and nothing else."""
    return {name: value for name, value in options.items() if value not in (None, [])}
