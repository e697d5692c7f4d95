from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from tests.api.fake_services import KEY, FakeServices

from roleferry_enrich.api.application import create_api
from roleferry_enrich.api.limits import Limits


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def app(services: FakeServices, registry: CollectorRegistry) -> FastAPI:
    limits = Limits(body_time=timedelta(milliseconds=50))
    return create_api(services, registry=registry, limits=limits)


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client


@pytest.fixture
async def client(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    stranger.headers["Authorization"] = f"Bearer {KEY}"
    return stranger
