"""The `webhooks` commands, over the installation's own database."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from rich.table import Table

from roleferry_enrich.configuration.settings import Settings, read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.webhook_desk import Kept, WebhookDesk
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import Format, Sheet, console, show
from roleferry_enrich.terminal.tables import rows
from roleferry_enrich.webhooks.vault import open_vault

T = TypeVar("T")
_COLUMNS = (
    *("provider", "event_id", "kind", "state", "effect", "reason", "tries"),
    *("occurred_at", "received_at"),
)
# Any: JSON as a program gets it.
Json = dict[str, Any]


def list_events(provider: str | None, state: str | None, limit: int, output: Format) -> None:
    kept = _run(lambda desk, _: desk.latest(provider=provider, state=state, limit=limit))
    show({"events": [_document(each) for each in kept]}, output, table=_table, sheet=_sheet)


def show_event(provider: str, event_id: str) -> None:
    async def look(desk: WebhookDesk, settings: Settings) -> Json:
        found = await desk.one(provider, event_id)
        if found is None:
            raise ConfigurationError("there is no such event")
        kept, sealed = found
        return {**_document(kept), "body": _opened(settings, kept, sealed)}

    shown = orjson.dumps(_run(look), option=orjson.OPT_INDENT_2).decode()
    sys.stdout.write(shown + "\n")


def replay_events(provider: str, event_id: str | None, *, dead: bool) -> None:
    if (event_id is None) != dead:
        raise ConfigurationError("give the id of an event, or --dead for all dead ones")
    count = _run(lambda desk, _: desk.replay(provider, event_id))
    if not count and not dead:
        raise ConfigurationError("there is no such event")
    console().print("1 event waits again." if count == 1 else f"{count} events wait again.")


def _opened(settings: Settings, kept: Kept, sealed: bytes) -> object:
    try:
        return open_vault(settings).open(kept.provider, kept.event_id, sealed)
    except ValueError:
        raise ConfigurationError(
            "no key opens this event: ROLEFERRY_SEALING_KEYS (or ROLEFERRY_CACHE_KEYS, if it came "
            "before those were set) needs the one that sealed it"
        ) from None


def _document(kept: Kept) -> Json:
    return {name: getattr(kept, name) for name in Kept.__slots__}


def _table(answer: Any) -> Table:
    return rows("Webhooks", _COLUMNS, _sheet(answer).lines)


def _sheet(answer: Any) -> Sheet:
    return Sheet(_COLUMNS, [[event[name] for name in _COLUMNS] for event in answer["events"]])


def _run(work: Callable[[WebhookDesk, Settings], Awaitable[T]]) -> T:
    settings = read_settings()
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            engine = create_engine(servers.database_url, pool_size=1)
            try:
                return await work(WebhookDesk(engine), settings)
            finally:
                await engine.dispose()

        return asyncio.run(run())
