"""The commands that run the product's processes, with their help.

Imports are inside the commands, as in `cli.py`.
"""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from roleferry_enrich.terminal.printing import console


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


def worker() -> None:
    """Run a worker, which completes what providers answer later and sends webhooks."""
    from roleferry_enrich.embedded import starting_servers
    from roleferry_enrich.garbage import long_lived

    settings = _settings_with_logs()
    with starting_servers(settings) as started:
        with long_lived():
            from roleferry_enrich.worker import run  # takes as long as they do

        servers = started()
        _migrate_embedded(settings, servers.database_url)
        run(settings, servers)


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


def migrate() -> None:
    """Bring the database's schema up to date."""
    import asyncio

    from roleferry_enrich.embedded import servers_of
    from roleferry_enrich.storage.at_rest import open_at_rest
    from roleferry_enrich.storage.migrate import current
    from roleferry_enrich.storage.migrate import migrate as run

    settings = _settings_with_logs()
    with servers_of(settings) as servers:
        asyncio.run(run(servers.database_url, at_rest=open_at_rest(settings)))
        console().print(f"The schema is at {asyncio.run(current(servers.database_url))}.")


def _settings_with_logs(**chosen: object) -> Any:
    from roleferry_enrich.observability.crashes import report_crashes
    from roleferry_enrich.observability.logs import configure_logs

    settings = _settings(**chosen)
    configure_logs(settings)
    report_crashes()
    return settings


def _settings(**chosen: object) -> Any:
    """What an option chose stands for its variable, so that it is checked in the same way."""
    from roleferry_enrich.configuration.environment import PREFIX
    from roleferry_enrich.configuration.settings import read_settings

    texts = {PREFIX + name.upper(): str(it) for name, it in chosen.items() if it is not None}
    return read_settings({**os.environ, **texts})


def _migrate_embedded(settings: Any, database_url: str) -> None:
    """A private database is brought up to date by whoever opens it; others by `migrate`."""
    import asyncio

    from roleferry_enrich.storage.migrate import migrate as run

    if settings.database_url is None:
        asyncio.run(run(database_url))
