"""Makes Redis and the books fail, and mends them, when the scenario says so."""

import asyncio

from tests.simulation.books import Ledger
from tests.simulation.redis_server import Server
from tests.simulation.referee import Referee
from tests.simulation.scenario import Trouble

# What happens in an instant; the others last until the trouble ends.
_DROPS_LINKS = frozenset({"refuse", "drop", "restart"})
_LOSES_DATA = frozenset({"flush", "restart"})


class Faults:
    def __init__(self, referee: Referee, server: Server, ledger: Ledger) -> None:
        self._referee = referee
        self._server = server
        self._ledger = ledger

    async def befall(self, trouble: Trouble) -> None:
        await asyncio.sleep(trouble.begins)
        self._referee.note(trouble.where, trouble.kind)
        faults = (self._server if trouble.where == "redis" else self._ledger).faults
        faults.add(trouble.kind)
        if trouble.where == "redis":
            self._strike(trouble)
        await asyncio.sleep(trouble.ends - trouble.begins)
        faults.discard(trouble.kind)
        self._referee.note(trouble.where, "is well")

    def _strike(self, trouble: Trouble) -> None:
        server = self._server
        if trouble.kind in _LOSES_DATA:
            server.flush()
        if trouble.kind in _DROPS_LINKS:
            server.drop_links()
        match trouble.kind:
            case "scripts_gone":
                server.data.script_cache.clear()
            case "clock_back":
                server.clock_off -= trouble.amount
            case "clock_ahead":
                server.clock_off += trouble.amount
