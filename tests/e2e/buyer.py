"""A process that enriches addresses, made to stop dead at a named point until it is killed.

    python tests/e2e/buyer.py <account> <point or "-"> <address>...

Prints `ready` once it could start, `at <point>` when it stops there, and a line of JSON for each
enrichment in the order of their ends.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.resources import Resources, open_resources


class Stopping:
    """Passes everything on to what it stands before, but stops before or after one method."""

    def __init__(self, inner: object, method: str, stop: Callable, *, after: bool) -> None:
        self._inner = inner
        self._method = method
        self._stop = stop
        self._after = after

    def __getattr__(self, name: str) -> object:
        method = getattr(self._inner, name)
        return self._stopping(method) if name == self._method else method

    def _stopping(self, method: Callable) -> Callable:
        async def stopping(*given: object, **named: object) -> object:
            if self._after:
                await method(*given, **named)
            await self._stop()

        return stopping


class StoppingAtSettling(Stopping):
    """Stops the whole process: settling is nothing that anybody waits for."""

    def _stopping(self, method: Callable) -> Callable:
        return lambda *_, **__: self._stop()


def stopped_at(point: str, resources: Resources) -> Enricher:
    gateway, enricher = resources.gateway, resources.enricher
    till = gateway.gates.till

    async def stop() -> None:
        if point == "settled":
            await resources.books.written()
        say(f"at {point}")
        await asyncio.sleep(3600)

    def halt() -> None:
        say(f"at {point}")
        time.sleep(3600)

    match point:
        case "noted":
            till._books = Stopping(resources.books, "note", stop, after=True)
        case "replied":
            till._books = StoppingAtSettling(resources.books, "settle", halt, after=False)
        case "settled":
            gateway._answering._gatherings._gates = Stopping(
                gateway.gates, "send", stop, after=True
            )
        case "remembered" | "recorded":
            after = point == "recorded"
            records = Stopping(enricher.asking.records, "record", stop, after=after)
            return replace(enricher, asking=replace(enricher.asking, records=records))
    return enricher


def request(address: str) -> Request:
    options = Options(deadline=timedelta(seconds=10), include=frozenset({"apollo"}))
    keys = Keys(email=Email(address))
    return Request(goal=Goal.PERSON, keys=keys, wanted=frozenset({"title"}), options=options)


def told(enrichment: Enrichment) -> str:
    return json.dumps(
        {
            "name": enrichment.person and enrichment.person.fields["full_name"].value,
            "cost": enrichment.cost,
            "outcomes": [outcome.outcome for outcome in enrichment.outcomes],
        }
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def buy(account_id: UUID, point: str, addresses: list[str]) -> None:
    settings = read_settings()
    configure_logs(settings.model_copy(update={"log_level": "error"}))
    with servers_of(settings) as servers:
        async with open_resources(settings, servers) as resources:
            enricher = stopped_at(point, resources)
            say("ready")
            asked = [enricher.enrich(request(address), account_id) for address in addresses]
            for answer in asyncio.as_completed(asked):
                say(told(await answer))


asyncio.run(buy(UUID(sys.argv[1]), sys.argv[2], sys.argv[3:]))
