"""Requests for names that are not ours."""

import httpx
import pytest

from roleferry_enrich.api.application import create_api

NAMES = ("api.acme.test", "*.acme.example", "[::1]")


@pytest.fixture
def app(services, registry):
    return create_api(services, registry=registry, trusted_hosts=NAMES)


async def asked(app, host, path="/providers"):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        return await client.get(path, headers={"Host": host})


@pytest.mark.parametrize(
    "host", ["api.acme.test", "API.acme.test:8443", "a.b.acme.example", "[::1]:8000"]
)
async def test_who_asks_by_a_name_of_ours_is_heard(app, host):
    assert (await asked(app, host)).status_code == 401


@pytest.mark.parametrize(
    "host",
    [
        *("evil.test", "api.acme.test.evil.test", "evil-acme.example", "acme.example", ""),
        *("127.0.0.1:8000", "api.acme.test:8000:1", "api.acme.test@evil.test"),
    ],
)
async def test_who_asks_by_another_name_is_refused(app, host):
    reply = await asked(app, host)

    assert reply.status_code == 421
    assert reply.json()["type"] == "urn:roleferry-enrich:problem:misdirected-request"
    assert "evil" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_probes_know_no_name(app, path):
    assert (await asked(app, "10.2.3.4", path)).status_code == 200


async def test_two_names_are_none(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        two = [("Host", "api.acme.test"), ("Host", "evil.test")]
        assert (await client.get("/providers", headers=two)).status_code == 421


async def test_unset_any_name_will_do(services, registry):
    app = create_api(services, registry=registry)
    assert (await asked(app, "any.test")).status_code == 401
