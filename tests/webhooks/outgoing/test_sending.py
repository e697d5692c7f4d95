"""One message over real HTTP, to receivers of every kind."""

import asyncio
import gzip
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.far_end import served
from tests.webhooks.outgoing.receiver import Receiver, receiving, sender

BODY = b'{"type":"endpoint.test"}'


async def sent(handler, **options):
    async with served(handler) as url, sender(url, **options) as sending:
        return await sending.send(f"{url}/hook", {"webhook-id": "evt_1"}, BODY)


async def test_a_message_arrives_as_it_is():
    receiver = Receiver()
    async with receiving(receiver) as url, sender(url) as sending:
        answer = await sending.send(f"{url}?key=a%2Bb", {"webhook-id": "evt_1"}, BODY)

    ((headers, body),) = receiver.got
    assert (answer.status, answer.failure) == (200, None)
    assert body == BODY
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "evt_1"
    assert headers["user-agent"].startswith("roleferry-enrich/")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_success_is_one(status):
    receiver = Receiver([status])
    assert (await sent(receiver.answer)).failure is None


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 400, 401, 404, 410, 429, 500])
async def test_everything_else_is_a_failure(status):
    receiver = Receiver([status], {"Location": "https://receiver.test/"})
    answer = await sent(receiver.answer)
    assert (answer.status, answer.failure) == (status, "status")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_h68_a_redirect_is_not_followed(status):
    inside = Receiver()
    async with receiving(inside) as url:
        receiver = Receiver([status], {"Location": url})
        answer = await sent(receiver.answer)

    assert answer.status == status
    assert inside.got == []


async def test_h68_one_that_answers_after_the_deadline_has_failed():
    receiver = Receiver(let_go=asyncio.Event())
    answer = await sent(receiver.answer, deadline_s=0.05)
    assert (answer.status, answer.failure) == (None, "timed_out")


async def test_h68_one_that_never_ends_has_failed():
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.01)

    assert (await sent(drip, deadline_s=0.1)).failure == "timed_out"


async def test_of_a_long_answer_only_the_beginning_is_read():
    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    answer = await sent(flood)
    assert (answer.status, answer.failure) == (200, None)


async def test_a_packed_answer_stays_packed():
    bomb = gzip.compress(b"0" * 10_000_000)

    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    assert (await sent(packed)).failure is None


async def test_one_that_hangs_up_has_failed():
    async def hang_up(request: web.Request) -> web.Response:
        request.transport.abort()
        return web.Response()

    assert (await sent(hang_up)).failure == "connection_lost"


async def test_one_that_is_not_there_has_failed():
    async with sender("https://127.0.0.1:1/") as sending:
        assert (await sending.send("https://127.0.0.1:1/", {}, BODY)).failure == "no_connection"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("1000000000", timedelta(seconds=100_000_000)),
        ("-5", None),
        ("1e9", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", None),
        ("", None),
    ],
)
async def test_h68_a_wish_to_be_left_alone_is_read(header, expected):
    receiver = Receiver([429], {"Retry-After": header})
    assert (await sent(receiver.answer)).retry_after == expected


async def test_no_cookie_is_kept():
    """Of a name: no client keeps cookies of an address."""
    receiver = Receiver([], {"Set-Cookie": "a=b"})
    async with receiving(receiver) as url:
        named = url.replace("127.0.0.1", "localhost")
        async with sender(named) as sending:
            for _ in range(2):
                await sending.send(named, {}, BODY)

    assert len(receiver.got) == 2
    assert all("cookie" not in headers for headers, _ in receiver.got)


@pytest.fixture(params=["valid", "expired"])
def self_signed(request, tmp_path) -> Path:
    """A certificate and its key that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    end = now + timedelta(days=1 if request.param == "valid" else -1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    path = tmp_path / "both.pem"
    path.write_bytes(certificate.public_bytes(pem) + key.private_bytes(pem, form, plain))
    return path


async def test_h68_a_certificate_of_nobody_is_refused(self_signed):
    heard = []

    async def hear(reader, writer) -> None:
        heard.append(await reader.read())
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    server = await asyncio.start_server(hear, "127.0.0.1", 0, ssl=context)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
    async with server, sender(url) as sending:
        answer = await sending.send(url, {}, BODY)

    assert (answer.status, answer.failure) == (None, "tls")
    assert heard == []
