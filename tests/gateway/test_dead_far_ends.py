"""Every way in which a provider's far end can be dead: over in time, told, counted (H27, H31)."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis.asyncio import Redis
from tests.acme import Acme
from tests.far_end import served
from tests.gates import now
from tests.gateway.test_gates import CALL, Caller, FarEnd, process
from tests.gateway.wire import comes_true

from roleferry_enrich.errors import ProviderContractChanged, ProviderTimedOut, ProviderUnavailable
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.transport import Transport

PATIENCE = timedelta(milliseconds=150)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Far = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def says_nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def drips_its_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in HEAD * 100:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.01)


async def hangs_in_its_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"name": ')
    await asyncio.sleep(30)


async def resets_in_its_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"name": ')
    await writer.drain()
    writer.transport.abort()


async def ends_before_its_end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b'Content-Length: 100\r\n\r\n{"name": "Orla"}')


async def resets_at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def speaks_no_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.quillmere.test ESMTP\r\n")


async def never_ends_its_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"X-More: ")
    while True:
        writer.write(b"x" * 4096)
        await writer.drain()


DEAD = {
    "says nothing": (says_nothing, "timed_out"),
    "drips its headers": (drips_its_headers, "timed_out"),
    "hangs in its body": (hangs_in_its_body, "timed_out"),
    "resets in its body": (resets_in_its_body, "failed"),
    "ends before its end": (ends_before_its_end, "failed"),
    "resets at once": (resets_at_once, "failed"),
    "speaks no HTTP": (speaks_no_http, "failed"),
    "never ends its headers": (never_ends_its_headers, "failed"),
}


@asynccontextmanager
async def far_end(far: Far, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.CancelledError):
            await far(reader, writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    try:
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def hasty(caller: Caller) -> Caller:
    return replace(caller, channel=replace(caller.channel, timeout=PATIENCE))


@pytest.mark.parametrize(("far", "word"), DEAD.values(), ids=DEAD.keys())
async def test_h31_it_is_told_in_time_and_opens_the_breaker(
    redis: Redis, redis_url: str, far: Far, word: str
) -> None:
    async with far_end(far) as url, process(url, redis_url) as plain:
        caller = hasty(plain) if word == "timed_out" else plain
        async with asyncio.timeout(20):
            outcomes = await caller.outcomes(10)
            after = await caller.outcome()

    assert set(outcomes) <= {word, "breaker_open"}, outcomes
    assert outcomes[word] >= 5
    assert after == "breaker_open"
    assert plain.gates.lines["acme"]._value == 20


async def send(url: str, session: aiohttp.ClientSession) -> None:
    channel = Channel(provider=Acme(), base_url=url)
    transport = Transport(trusted=session, open_web=session, now=now)
    await transport.send(channel, CALL, within=PATIENCE)


async def test_h27_an_endless_body_is_cut_at_its_limit() -> None:
    written = 0

    async def never_ends(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)
            written += 65_536

    async with served(never_ends) as url, aiohttp.ClientSession() as session:
        channel = Channel(provider=Acme(), base_url=url)
        transport = Transport(trusted=session, open_web=session, now=now)
        with pytest.raises(ProviderContractChanged):
            await transport.send(channel, CALL, within=timedelta(seconds=30))
        assert await comes_true(lambda: not session.connector._acquired)

    # What the kernel holds between us was written and never read.
    assert written < Acme.spec.body_limit + 16_000_000


def self_signed(directory: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(today - timedelta(days=2))
        .not_valid_after(today + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (directory / "pem").write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "pem")
    return context


async def test_h31_a_certificate_nobody_vouches_for_is_no_connection(tmp_path: Path) -> None:
    async with (
        far_end(says_nothing, self_signed(tmp_path)) as url,
        aiohttp.ClientSession() as session,
    ):
        with pytest.raises(ProviderUnavailable) as caught:
            await send(url, session)

    assert not caught.value.may_be_charged


async def test_h31_a_far_end_without_tls_is_no_connection() -> None:
    async with far_end(speaks_no_http) as url, aiohttp.ClientSession() as session:
        with pytest.raises(ProviderUnavailable) as caught:
            await send(url.replace("http://", "https://"), session)

    assert not caught.value.may_be_charged


class Resolver(AbstractResolver):
    def __init__(self, *, hangs: bool) -> None:
        self._hangs = hangs

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        if self._hangs:
            await asyncio.sleep(30)
        raise OSError(f"{host}:{port}/{family} is not known")

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("resolver", "error"),
    [(Resolver(hangs=False), ProviderUnavailable), (Resolver(hangs=True), ProviderTimedOut)],
    ids=["refused", "hanging"],
)
async def test_h31_a_name_nobody_can_tell_is_no_connection(
    resolver: Resolver, error: type[Exception]
) -> None:
    connector = aiohttp.TCPConnector(resolver=resolver)
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(error):
            await send("http://api.acme.test", session)


async def test_h31_who_finds_every_place_taken_waits_no_longer_than_it_may(
    redis: Redis, redis_url: str
) -> None:
    far = FarEnd(lambda _: None)
    async with served(far.answer) as url, process(url, redis_url) as caller:
        under_way = [asyncio.create_task(caller.outcome()) for _ in range(20)]
        assert await comes_true(lambda: far.calls == 20)
        assert await caller.outcome(within=0.1) == "no_permit"
        for task in under_way:
            task.cancel()
        await asyncio.wait(under_way)

    assert far.calls == 20
