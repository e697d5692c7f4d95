"""The `privacy` commands, over the installation's own database."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from rich.table import Table

from roleferry_enrich.api.answers.rights import (
    NOTICE_COLUMNS,
    access_data,
    erasure_data,
    unnoticed_data,
)
from roleferry_enrich.api.responses import rendered
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.privacy.journal import Journal
from roleferry_enrich.privacy.opening import open_rights
from roleferry_enrich.privacy.replaying import replay_missing
from roleferry_enrich.privacy.rights import RightsDesk
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import Format, Sheet, console, show
from roleferry_enrich.terminal.subject_options import Given
from roleferry_enrich.terminal.subjects import readable
from roleferry_enrich.terminal.tables import rows

T = TypeVar("T")
_AT_ONCE = 100
# Any: JSON as a program gets it.
Json = dict[str, Any]


def erase(given: Given, account: str | None) -> None:
    somebody = readable(given)
    receipt = _run(lambda desk, _: desk.erase(_id(account), somebody))
    _print(erasure_data(receipt))


def export(given: Given, account: str | None) -> None:
    somebody = readable(given)
    _print(access_data(_run(lambda desk, _: desk.access(_id(account), somebody))))


def unnoticed(account: str, output: Format) -> None:
    async def all_of_them(desk: RightsDesk, _: Resources) -> list[Json]:
        found: list[Json] = []
        after = None
        while True:
            page = await desk.unnoticed(UUID(account), after=after, limit=_AT_ONCE)
            found += [dict(unnoticed_data(person)) for person in page.items]
            if page.next is None:
                return found
            after = page.next

    _id(account)
    show({"people": _run(all_of_them)}, output, table=_table, sheet=_sheet)


def replay(folder: Path | None) -> None:
    async def work(_: RightsDesk, resources: Resources) -> int:
        journal = resources.erasure.journal if folder is None else Journal(folder)
        return await replay_missing(resources.erasure, journal.lines())

    console().print(f"Erased again: {_run(work)}.")


def _print(document: object) -> None:
    sys.stdout.write(rendered(document).decode() + "\n")


def _table(answer: Any) -> Table:
    return rows("Not told yet", NOTICE_COLUMNS, _sheet(answer).lines)


def _sheet(answer: Any) -> Sheet:
    people = answer["people"]
    return Sheet(NOTICE_COLUMNS, [[person[name] for name in NOTICE_COLUMNS] for person in people])


def _id(account: str | None) -> UUID | None:
    try:
        return None if account is None else UUID(account)
    except ValueError:
        raise ConfigurationError(
            "an account's id looks like a UUID; `keys create` prints it"
        ) from None


def _run(work: Callable[[RightsDesk, Resources], Awaitable[T]]) -> T:
    settings = read_settings()
    # What is printed is a document: what is worth a line in a server's log is not, here.
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            async with open_resources(settings, servers) as resources:
                return await work(open_rights(resources.erasure, settings), resources)

        return asyncio.run(run())
