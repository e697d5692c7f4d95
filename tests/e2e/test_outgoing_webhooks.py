"""From what happens to who is told: the API here, workers as processes, a receiver over HTTP.

The receiver believes nothing that the official library of Standard Webhooks does not verify.
"""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from redis.asyncio import Redis
from sqlalchemy import func, update
from tests.databases import migrated_database
from tests.e2e.installation import PROGRAM, environment
from tests.e2e.promise import Promise
from tests.e2e.sandbox_process import Sandbox, running_api, running_sandbox, settings_for
from tests.polling import becomes
from tests.webhooks.outgoing.receiver import Receiver, receiving

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries

ORLA = {"email": "orla.fenwick@quillmere.test"}
EVENTS = ["enrichment.completed", "enrichment.answered", "provider.quarantined"]


@dataclass
class House:
    """An API, what it rests on, and a receiver that it may reach."""

    client: httpx.AsyncClient
    settings: Settings
    servers: Servers
    receiver: Receiver
    url: str

    async def register(self, *events: str) -> dict[str, Any]:
        reply = await self.client.post(
            "/webhook-endpoints", json={"url": self.url, "events": events or EVENTS}
        )
        assert reply.status_code == 201, reply.text
        return reply.json()

    async def deliveries(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        reply = await self.client.get(f"/webhook-endpoints/{endpoint['id']}/deliveries")
        return reply.json()["items"]

    async def has_got(self, count: int) -> bool:
        return len(self.receiver.got) >= count

    async def got(self, endpoint: dict[str, Any], count: int) -> list[dict[str, Any]]:
        await becomes(lambda: self.has_got(count))
        return self.receiver.verified(endpoint["secret"])

    @contextmanager
    def worker(self) -> Iterator[subprocess.Popen[bytes]]:
        env = environment(
            DATABASE_URL=self.servers.database_url,
            REDIS_URL=self.servers.redis_url,
            DATA_DIR=self.settings.data_dir,
            SECRET_KEY=self.settings.secret_key.get_secret_value(),
            WEBHOOK_INSIDE_HOSTS=",".join(self.settings.webhook_inside_hosts),
            LOG_LEVEL="error",
        )
        process = subprocess.Popen([*PROGRAM, "worker"], env=env)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    async def leases_end(self) -> None:
        """As when half a minute has gone by."""
        engine = create_engine(self.servers.database_url)
        async with engine.begin() as connection:
            past = func.clock_timestamp()
            values = {"due_at": past, "leased_until": past}
            await connection.execute(update(webhook_deliveries).values(values))
        await engine.dispose()


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox(companies=3) as sandbox:
        yield sandbox


@pytest.fixture
def migrated(servers: Servers) -> Iterator[str]:
    with migrated_database(servers.database_url) as url:
        yield url


@pytest.fixture
async def house(
    far_ends: Sandbox, migrated: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[House]:
    far_ends.clear()
    receiver = Receiver()
    async with _empty(redis_url), receiving(receiver) as url:
        inside = (urlsplit(url).netloc,)
        settings = settings_for(far_ends.url, tmp_path)
        settings = settings.model_copy(update={"webhook_inside_hosts": inside})
        servers = Servers(migrated, redis_url)
        async with running_api(settings, servers) as client:
            yield House(client, settings, servers, receiver, url)


@asynccontextmanager
async def _empty(redis_url: str) -> AsyncIterator[None]:
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
        yield
        await redis.flushdb()


async def test_a_tested_endpoint_gets_a_signed_message_and_the_log_says_so(
    house: House, promise: Promise
) -> None:
    endpoint = await house.register("batch.completed")
    path = f"/webhook-endpoints/{endpoint['id']}"
    with house.worker():
        tested = await house.client.post(f"{path}/test")
        (message,) = await house.got(endpoint, 1)

        async def is_logged() -> bool:
            return (await house.deliveries(endpoint))[0]["state"] == "delivered"

        await becomes(is_logged)

    assert message["data"] == {"endpoint_id": endpoint["id"]}
    assert house.receiver.ids() == [tested.json()["message_id"]]
    for operation, reply in {
        "testWebhookEndpoint": tested,
        "listWebhookDeliveries": await house.client.get(f"{path}/deliveries"),
        "getWebhookEndpoint": await house.client.get(path),
        "listWebhookEndpoints": await house.client.get("/webhook-endpoints"),
        "changeWebhookEndpoint": await house.client.patch(path, json={"enabled": True}),
        "rotateWebhookSecret": await house.client.post(f"{path}/rotate", json={}),
        "createWebhookEndpoint": await house.client.post(
            "/webhook-endpoints", json={"url": "https://127.1/", "events": EVENTS}
        ),
    }.items():
        promise.holds_for(operation, reply)


async def test_what_comes_after_the_deadline_is_told_when_it_has_come(
    house: House, far_ends: Sandbox
) -> None:
    far_ends.plan("hunter", "slow", seconds=1.5)
    endpoint = await house.register()
    asked = {**ORLA, "deadline_ms": 500, "providers": {"include": ["hunter"]}}
    answer = await house.client.post("/enrich", json=asked)
    with house.worker():
        messages = {it["type"]: it["data"] for it in await house.got(endpoint, 2)}

    meta = answer.json()["meta"]
    told = messages["enrichment.answered"], messages["enrichment.completed"]
    assert {it["enrichment_id"] for it in told} == {meta["enrichment_id"]}
    assert [it["status"] for it in told] == ["partial", "complete"]
    fuller = await house.client.get(f"/enrichments/{told[1]['enrichment_id']}")
    found = [
        {it["provider"] for it in each["meta"]["providers"] if it["outcome"] == "found"}
        for each in (answer.json(), fuller.json())
    ]
    assert "hunter" not in found[0]
    assert "hunter" in found[1]
    sent = b"".join(body for _, body in house.receiver.got).decode().lower()
    assert not any(word in sent for word in ("orla", "fenwick", "quillmere"))


async def test_a_provider_that_refuses_the_key_is_told_once(
    house: House, far_ends: Sandbox
) -> None:
    far_ends.plan("hunter", "unauthorised")
    endpoint = await house.register("provider.quarantined")
    for name in ("orla.fenwick", "somebody.else", "and.another"):
        body = {"email": f"{name}@quillmere.test", "deadline_ms": 5_000}
        await house.client.post("/enrich", json=body)
    with house.worker():
        (message,) = await house.got(endpoint, 1)
        await house.client.post(f"/webhook-endpoints/{endpoint['id']}/test")
        types = [it["type"] for it in await house.got(endpoint, 2)]

    assert message["data"] == {"provider": "hunter", "reason": "unauthorised"}
    assert types == ["provider.quarantined", "endpoint.test"]


async def test_the_end_of_a_batch_is_told_to_its_callback_and_to_who_subscribed(
    house: House, promise: Promise
) -> None:
    endpoint = await house.register("batch.completed")
    item = {**ORLA, "providers": {"include": ["internal"]}}
    body = {"items": [item, item], "callback_url": house.url}
    accepted = await house.client.post("/enrich/batch", json=body)
    promise.holds_for("createBatch", accepted)
    callback = accepted.json()["callback"]
    with house.worker():
        await becomes(lambda: house.has_got(2))

    by_callback = house.receiver.verified_by(callback["secret"])
    assert [it["type"] for it in by_callback] == ["batch.completed"]
    assert by_callback == house.receiver.verified_by(endpoint["secret"])
    data = by_callback[0]["data"]
    assert (data["job_id"], data["items"]) == (accepted.json()["job"]["id"], 2)
    log = await house.client.get(f"/webhook-endpoints/{callback['endpoint_id']}/deliveries")
    assert [it["event"] for it in log.json()["items"]] == ["batch.completed"]


async def test_p19_what_a_killed_worker_was_sending_another_sends_again(house: House) -> None:
    endpoint = await house.register()
    house.receiver.let_go = asyncio.Event()
    await house.client.post(f"/webhook-endpoints/{endpoint['id']}/test")
    with house.worker():  # killed with the message under way
        await house.got(endpoint, 1)
    (delivery,) = await house.deliveries(endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("waiting", [])

    house.receiver.let_go.set()
    await house.leases_end()
    with house.worker():
        await house.got(endpoint, 2)

    assert len(set(house.receiver.ids())) == 1


async def test_a_worker_that_is_told_to_stop_finishes_what_it_sends(house: House) -> None:
    endpoint = await house.register()
    house.receiver.let_go = asyncio.Event()
    await house.client.post(f"/webhook-endpoints/{endpoint['id']}/test")
    with house.worker() as worker:
        await house.got(endpoint, 1)
        worker.terminate()
        house.receiver.let_go.set()
        assert await asyncio.to_thread(worker.wait, 30) == 0

    (delivery,) = await house.deliveries(endpoint)
    assert delivery["state"] == "delivered"
    assert len(house.receiver.got) == 1
