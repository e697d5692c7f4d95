"""The `sealing` commands: how much is sealed under which keys, and sealing it anew."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.resealing import Resealing
from roleferry_enrich.terminal import tables
from roleferry_enrich.terminal.databases import ready_database
from roleferry_enrich.terminal.printing import console
from roleferry_enrich.terminal.resolving import progress_of

T = TypeVar("T")


def show_state() -> None:
    def told(left: Mapping[str, int], current: str) -> None:
        console().print(tables.rows("To be sealed anew", ("table", "rows"), list(left.items())))
        console().print(_sentence(sum(left.values()), current))

    _run(lambda resealing: resealing.left(), told)


def rotate() -> None:
    with progress_of(console(error=True)) as tell:
        _run(
            lambda resealing: resealing.run(tell),
            lambda count, current: console().print(
                f"{count} rows were sealed anew. {_sentence(0, current)}"
            ),
        )


def _sentence(left: int, current: str) -> str:
    if left:
        return f"Not all is under key {current} yet: run `roleferry-enrich sealing rotate`."
    return f"All is under key {current}: the others of ROLEFERRY_SEALING_KEYS may go."


def _run(work: Callable[[Resealing], Awaitable[T]], tell: Callable[[T, str], None]) -> None:
    settings = read_settings()
    at_rest = open_at_rest(settings)
    with servers_of(settings) as servers:

        async def run() -> T:
            await ready_database(settings, servers)
            engine = create_engine(servers.database_url, pool_size=1, at_rest=at_rest)
            try:
                return await work(Resealing(engine))
            finally:
                await engine.dispose()

        tell(asyncio.run(run()), at_rest.current)
