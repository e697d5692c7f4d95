"""H18: an id of another account's is answered like one that is nobody's, by every operation.

The operations are those of the OpenAPI document, so a new one is asked too; an id of a new kind
needs a line in `_things_of`, which makes a real object of it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.databases import migrated_database
from tests.storage.examples import company, enrichment, person

from roleferry_enrich.accounts.keys import Mode, mint
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.api.application import create_api
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.quotas import NO_QUOTA
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.scopes import ISSUABLE
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository

DOCUMENT = create_api().openapi()
FOR_SENDERS = {"receiveWebhook", "receiveWebhookByToken"}
_ORDER = ("get", "patch", "put", "post", "delete")
_OWN_TO_AN_ANSWER = {"x-request-id", "content-length", "date", "ratelimit"}

Things = Mapping[str, str]
"""A real object of each kind, by the name that paths give its id."""


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    ids: tuple[str, ...]
    body: Any


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        ids = tuple(re.findall(r"{(\w+)}", path))
        for method, told in methods.items():
            if ids and told["operationId"] not in FOR_SENDERS:
                yield Operation(told["operationId"], method, path, ids, body_of(told))


def body_of(told: Mapping[str, Any]) -> Any:
    if "requestBody" not in told:
        return None
    examples = told["requestBody"]["content"]["application/json"]["examples"]
    return next(iter(examples.values()))["value"]


# What takes an object away comes last.
OPERATIONS = sorted(operations(), key=lambda it: _ORDER.index(it.method))


@pytest.fixture
def servers_with_tables(servers: Servers) -> Iterator[Servers]:
    with migrated_database(servers.database_url) as url:
        yield Servers(url, servers.redis_url)


@asynccontextmanager
async def two_accounts(
    settings: Settings, servers: Servers
) -> AsyncIterator[list[tuple[httpx.AsyncClient, Things]]]:
    """Each with a client, and an object of each kind."""
    async with open_accounts(settings, servers) as accounts:
        owners = [await accounts.create_account(name) for name in ("one", "other")]
        tokens = [await accounts.create_key(owner, "all", ISSUABLE) for owner in owners]
    app = create_app(settings, servers)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        clients = [
            httpx.AsyncClient(
                transport=transport,
                base_url="http://api.test",
                headers={"Authorization": f"Bearer {token}"},
            )
            for token in tokens
        ]
        yield [
            (client, await _things_of(client, owner, settings, servers))
            for client, owner in zip(clients, owners, strict=True)
        ]
        for client in clients:
            await client.aclose()


async def _things_of(
    client: httpx.AsyncClient, owner: Any, settings: Settings, servers: Servers
) -> Things:
    at_rest = open_at_rest(settings)
    engine = create_engine(servers.database_url, pool_size=1, at_rest=at_rest)
    known = enrichment(owner, person=person("Ada Lovelace", "ada@engines.test"), company=company())
    known = await EnrichmentRepository(engine).record(known, [], observations=Observations())
    await engine.dispose()
    batch = {"items": [{"email": "ada@engines.test"}]}
    job = (await _made(client, "/enrich/batch", batch))["job"]
    # One that goes on would be watched for ever.
    await client.post(f"/jobs/{job['id']}/cancel")
    wish = {"url": "https://hooks.quillmere.test/x", "events": ["batch.completed"]}
    endpoint = await _made(client, "/webhook-endpoints", wish)
    delivery = await _made(client, f"/webhook-endpoints/{endpoint['id']}/test", None)
    key = await _made(client, "/keys", {"name": "x", "scopes": ["read"]})
    wish = {"email": f"{owner}@engines.test"}
    suppression = await _made(client, "/privacy/suppressions", wish)
    wish = {"email": f"gone.{owner}@engines.test"}
    erasure = await _made(client, "/privacy/erasures", wish)
    return {
        "enrichment_id": str(known.id),
        "contact_id": str(known.person_id),
        "company_id": str(known.company_id),
        "job_id": job["id"],
        "endpoint_id": endpoint["id"],
        "delivery_id": delivery["id"],
        "key_id": key["id"],
        "suppression_id": suppression["id"],
        "erasure_id": erasure["id"],
    }


async def _made(client: httpx.AsyncClient, path: str, body: Any) -> dict[str, Any]:
    reply = await client.post(path, json=body) if body else await client.post(path)
    assert reply.status_code in {200, 201, 202}, reply.text
    made: dict[str, Any] = reply.json()
    return made


def absent(things: Things) -> Things:
    """Ids of the same form that are nobody's."""
    return {name: str(uuid4()) for name in things} | {"key_id": mint(Mode.LIVE).id}


async def ask(client: httpx.AsyncClient, operation: Operation, ids: Things) -> httpx.Response:
    path = operation.path.format_map(ids)
    async with asyncio.timeout(60):
        return await client.request(operation.method, path, json=operation.body)


def seen(reply: httpx.Response) -> tuple[Any, ...]:
    headers = {n: v for n, v in reply.headers.items() if n not in _OWN_TO_AN_ANSWER}
    return reply.status_code, {**reply.json(), "request_id": ""}, headers


async def test_h18_another_accounts_id_is_answered_like_one_that_is_nobodys(
    tmp_path, servers_with_tables
) -> None:
    # What is left of a quota goes down with each request, whatever is asked for.
    inside = ("hooks.quillmere.test:443",)
    settings = Settings(data_dir=tmp_path, webhook_inside_hosts=inside, **NO_QUOTA)
    async with two_accounts(settings, servers_with_tables) as ((mine, own), (theirs, foreign)):
        nobodys = absent(own)
        for operation in OPERATIONS:
            for choice in product((own, foreign), repeat=len(operation.ids)):
                chosen = dict(zip(operation.ids, choice, strict=True))
                if not any(things is foreign for things in choice):
                    continue
                ids = {name: things[name] for name, things in chosen.items()}
                without = {
                    name: (nobodys if things is foreign else things)[name]
                    for name, things in chosen.items()
                }
                expected = seen(await ask(mine, operation, without))
                assert expected[0] == 404, operation
                assert seen(await ask(mine, operation, ids)) == expected, operation
        # They are real, and as they were: to their owner every operation answers otherwise.
        for operation in OPERATIONS:
            reply = await ask(theirs, operation, foreign)
            assert reply.status_code not in {404, 422}, operation


def test_every_path_with_an_id_needs_a_key_but_those_of_senders():
    open_to_all = {
        told["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for told in methods.values()
        if "{" in path and "security" not in told
    }
    assert open_to_all == FOR_SENDERS
