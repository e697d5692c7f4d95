"""Health told truthfully while PostgreSQL or Redis is away; what the lifespan opens and closes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url

from roleferry_enrich.api.application import NotServing
from roleferry_enrich.app import create_app
from roleferry_enrich.batches.desk import JobDesk
from roleferry_enrich.batches.queue import Queue, Work
from roleferry_enrich.configuration.settings import ProviderSettings, Settings
from roleferry_enrich.domain.health import BreakerState, Health, LimiterState, ProviderStatus
from roleferry_enrich.domain.quotas import Quota, QuotaTold
from roleferry_enrich.embedded import Servers
from roleferry_enrich.errors import ProviderUnauthorised
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.records.desk import ResolvingDesk
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.services import LocalServices
from roleferry_enrich.webhooks.outgoing.opening import callbacks

REFUSING = Servers("postgresql://enrich:hunter2@127.0.0.1:9/x", "redis://:hunter2@127.0.0.1:9/0")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        providers={"hunter": {"api_key": "test-key-hunter"}, "apollo": {"enabled": False}},
    )


@pytest.fixture
def running(database_url: str, redis_url: str) -> Servers:
    return Servers(database_url, redis_url)


@pytest.fixture
def silent() -> Iterator[Servers]:
    """Both accept connections and then say nothing."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=16)) as server:
        port = server.getsockname()[1]
        yield Servers(f"postgresql://u:p@127.0.0.1:{port}/x", f"redis://127.0.0.1:{port}/0")


async def health(settings: Settings, servers: Servers) -> Health:
    async with open_resources(settings, servers) as resources:
        return await services_over(resources, servers).health()


def services_over(resources: Resources, servers: Servers) -> LocalServices:
    queue = Queue(servers.redis_url, Work.ITEMS)
    called = callbacks(resources.engine, resources.settings)
    jobs = JobDesk(resources.engine, queue, resources.suppressions.held, called)
    return LocalServices(resources, ResolvingDesk(), jobs)


async def test_all_is_well_where_both_answer(settings, running):
    found = await health(settings, running)
    assert (found.database, found.redis) == (None, None)
    assert {provider.limiter for provider in found.providers} == {LimiterState.SHARED}


async def test_every_provider_is_told_with_its_state(settings, running):
    found = {provider.name: provider for provider in (await health(settings, running)).providers}
    assert set(found) == set(catalogue())
    assert {provider.breaker for provider in found.values()} == {BreakerState.CLOSED}
    enabled = {name for name, provider in found.items() if provider.enabled}
    assert {"hunter", "website"} <= enabled
    assert not {"apollo", "clearbit"} & enabled


async def test_refused_keys_and_quotas_are_told(settings, running):
    two = ProviderSettings.model_validate({"api_key": "test-key-one,test-key-two"})
    keyed = settings.model_copy(update={"providers": {"hunter": two}})
    async with open_resources(keyed, running) as resources:
        services, gates = services_over(resources, running), resources.gateway.gates
        channel = resources.gateway.channels["hunter"]
        await resources.shared.redis.flushdb()
        for key in channel.keys:
            await gates.standing.learn(channel, key, ProviderUnauthorised("status 401"))
        told = QuotaTold(quota=Quota(remaining=3), at=datetime(2026, 11, 1, tzinfo=UTC))
        await gates.quotas.tell("hunter", told)
        state = next(it for it in (await services.health()).providers if it.name == "hunter")
        profile = services.profiles["hunter"]
        await resources.shared.redis.flushdb()

    assert state.status is ProviderStatus.QUARANTINED
    assert state.quarantine == "unauthorised"
    assert [(key.position, key.refused_until is None) for key in state.keys] == [
        (1, False),
        (2, False),
    ]
    assert state.quota == told
    assert profile.name == "hunter"


async def test_h83_refused_connections_are_told_without_their_passwords(settings):
    found = await health(settings, REFUSING)
    assert found.database is not None
    assert found.redis is not None
    assert "hunter2" not in found.database + found.redis
    assert {provider.limiter for provider in found.providers} == {LimiterState.LOCAL}


async def test_h83_one_may_be_down_alone(settings, running):
    without_redis = await health(settings, Servers(running.database_url, REFUSING.redis_url))
    assert (without_redis.database, without_redis.redis is None) == (None, False)
    without_postgres = await health(settings, Servers(REFUSING.database_url, running.redis_url))
    assert (without_postgres.database is None, without_postgres.redis) == (False, None)


async def test_h83_servers_that_say_nothing_are_not_waited_for(settings, silent):
    async with asyncio.timeout(60):
        found = await health(settings, silent)
    assert found.database is not None
    assert found.redis is not None


async def test_the_lifespan_opens_what_requests_need(settings, running):
    app = create_app(settings, running)
    async with app.router.lifespan_context(app):
        assert (await ready(app)).json()["status"] == "ready"


async def test_a_service_starts_while_its_servers_are_away(settings):
    app = create_app(settings, REFUSING)
    async with app.router.lifespan_context(app):
        reply = await ready(app)
    assert (reply.status_code, reply.json()["status"]) == (503, "unavailable")


@pytest.mark.parametrize("failure", [None, ZeroDivisionError])
async def test_the_lifespan_leaves_no_connection_open(settings, running, failure):
    app = create_app(settings, running)
    try:
        async with app.router.lifespan_context(app):
            await ready(app)
            assert await connections(running) > 0
            if failure is not None:
                raise failure
    except NotServing:
        assert failure is not None
    async with asyncio.timeout(5):
        while await connections(running):  # the server notices in its own time
            pass


async def ready(app: FastAPI) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        return await client.get("/health/ready")


async def connections(servers: Servers) -> int:
    """How many of ours the session's own database has now."""
    url = make_url(servers.database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        return await connection.fetchval(
            "select count(*) from pg_stat_activity "
            "where datname = current_database() and application_name = 'roleferry-enrich'"
        )
    finally:
        await connection.close()
