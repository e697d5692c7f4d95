"""The transport against a real HTTP server: limits, redirects, and every way to get no reply."""

import asyncio
import time
import zlib
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from tests.far_end import Handler, served

from roleferry_enrich.errors import (
    ProviderConnectionLost,
    ProviderContractChanged,
    ProviderTimedOut,
    ProviderUnavailable,
)
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.providers.contract import Call, Provider
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.neverbounce import NeverBounce
from roleferry_enrich.providers.replies import Reply

SECOND = timedelta(seconds=1)
HUNTER = Hunter()


async def exchange(
    handler: Handler, call: Call, within: timedelta = SECOND, provider: Provider = HUNTER
) -> Reply:
    async with served(handler) as url, aiohttp.ClientSession(trust_env=False) as session:
        key = Credential(f"test-key-{provider.spec.name}")
        channel = Channel(provider=provider, key=key, base_url=url)
        now = datetime(2026, 11, 1, tzinfo=UTC)
        transport = Transport(trusted=session, open_web=session, now=lambda: now)
        return await transport.send(channel, call, within=within)


async def test_sends_what_the_call_says_and_the_key_in_its_header() -> None:
    seen: list[web.Request] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response({"data": 1}, headers={"X-Left": "7"})

    reply = await exchange(handler, Call.get("/v2/domain-search", domain="a&b.test", limit=3))

    assert (reply.status, reply.headers["x-left"]) == (200, "7")
    assert seen[0].path_qs == "/v2/domain-search?domain=a%26b.test&limit=3"
    assert seen[0].headers["X-API-KEY"] == "test-key-hunter"


async def test_posts_json() -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(await request.json())

    reply = await exchange(handler, Call.post("/v1/match", {"ids": [1, 2]}))

    assert reply.record().value("ids") == [1, 2]


async def test_a_key_that_belongs_in_the_body_is_nowhere_else() -> None:
    seen: list[tuple[web.Request, object]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request, await request.json()))
        return web.json_response({})

    call = Call.post("/v4.2/single/check", {"email": "a@b.test"})
    await exchange(handler, call, provider=NeverBounce())

    ((request, body),) = seen
    assert body == {"email": "a@b.test", "key": "test-key-neverbounce"}
    assert "test-key" not in f"{request.path_qs} {dict(request.headers)} {call}"


async def test_redirects_are_not_followed() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})

    assert (await exchange(handler, Call.get("/"))).status == 302


async def test_a_gzip_bomb_is_cut_at_the_decoded_limit() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(60)) + packer.flush()

    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    with pytest.raises(ProviderContractChanged):
        await exchange(handler, Call.get("/"), timedelta(seconds=10))


async def test_a_drip_is_cut_at_the_total_time() -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    with pytest.raises(ProviderTimedOut):
        await exchange(handler, Call.get("/"), timedelta(milliseconds=200))


async def test_a_hang_is_a_time_out() -> None:
    async def handler(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    with pytest.raises(ProviderTimedOut):
        await exchange(handler, Call.get("/"), timedelta(milliseconds=100))


async def test_a_reply_that_came_while_we_stood_still_is_read() -> None:
    """It is paid for."""

    async def handler(_: web.Request) -> web.Response:
        time.sleep(0.6)  # noqa: ASYNC251 - the loop of both is to be held
        return web.json_response({"data": 1})

    reply = await exchange(handler, Call.get("/"), timedelta(milliseconds=300))

    assert reply.status == 200


async def test_a_reset_is_a_lost_connection() -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    with pytest.raises(ProviderConnectionLost):
        await exchange(handler, Call.get("/"))


async def test_a_broken_encoding_is_no_reply() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=b"not gzip", headers={"Content-Encoding": "gzip"})

    with pytest.raises(ProviderConnectionLost):
        await exchange(handler, Call.get("/"))


async def test_nobody_there_was_certainly_not_charged() -> None:
    async with aiohttp.ClientSession() as session:
        channel = Channel(provider=Hunter(), base_url="http://127.0.0.1:1")
        transport = Transport(trusted=session, open_web=session, now=lambda: datetime.now(UTC))
        with pytest.raises(ProviderUnavailable) as caught:
            await transport.send(channel, Call.get("/"), within=SECOND)

    assert not caught.value.may_be_charged


def test_a_credential_does_not_show_itself() -> None:
    channel = Channel(provider=Hunter(), key=Credential("test-key-hunter"))

    assert "test-key" not in repr(channel)
