"""No credential of a provider is found again in anything this product says, keeps or sends about.

Every provider is called with marked keys, well and badly, and everything is searched: answers,
logs, traces and metrics as a collector gets them, URLs, Redis and PostgreSQL.
"""

import asyncio
import base64
import io
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import aiohttp
import asyncpg
import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy import make_url
from tests.e2e.sandbox_process import KEYED, NAMES, Sandbox, running_api, running_sandbox
from tests.far_end import served

from roleferry_enrich.configuration.settings import ProviderSettings, Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.observability.logs import configure_logs

CANARY = "QQKEYCANARY"  # no other test says it into the same database
# The sandbox refuses a key with this word in it.
REFUSED = "invalid"
FAULTS = ("unauthorised", "500", "hang", "429", "bad_json_200", "payment", "redirect", "truncated")
TIMEOUT_S = 0.5


def key_of(name: str, which: str) -> str:
    return f"{CANARY}-{which}-{name}-0123456789abcdef"


def marks() -> set[bytes]:
    """Every key in every form in which one could be written down, hidden or not."""
    keys = [key_of(name, which) for name in KEYED for which in (REFUSED, "spare")]
    forms: set[bytes] = {CANARY.encode(), CANARY.lower().encode(), CANARY.encode().hex().encode()}
    for key in keys:
        for text in (key, f"{key}:"):
            forms.add(base64.b64encode(text.encode()).rstrip(b"=")[:-2])
        forms.add(quote(key).encode())
    return forms


def found_in(said: bytes) -> set[bytes]:
    return {mark for mark in marks() if mark in said}


@dataclass
class Relay:
    """Between us and the sandbox: what the providers are sent, and by which addresses."""

    to: str
    addresses: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.addresses.append(str(request.rel_url))
        self.headers.append(str(dict(request.headers)))
        sent = {name: value for name, value in request.headers.items() if name != "Host"}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                f"{self.to}{request.rel_url}",
                data=await request.read(),
                headers=sent,
                allow_redirects=False,
            ) as reply,
        ):
            hop = {"transfer-encoding", "content-length", "content-encoding", "connection"}
            kept = {name: value for name, value in reply.headers.items() if name.lower() not in hop}
            try:
                body = await reply.read()
            except aiohttp.ClientPayloadError:
                body = b'{"data": '  # cut short, as the sandbox was told to
            return web.Response(body=body, status=reply.status, headers=kept)


@dataclass
class Collector:
    """Takes what is exported as traces and metrics."""

    bodies: list[bytes] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(request.path.encode() + await request.read())
        return web.Response()


@dataclass
class Said:
    """All that came out, by where it was said."""

    answers: bytes = b""
    logs: bytes = b""
    telemetry: bytes = b""
    addresses: bytes = b""
    redis: bytes = b""
    postgres: bytes = b""
    sent: bytes = b""
    """What the providers themselves were sent: there, and only there, the keys must be."""


def settings_for(url: str, collector: str, data_dir: Path) -> Settings:
    return Settings(
        data_dir=data_dir,
        secret_key=SecretStr("test-pepper-0123456789-0123456789-abc"),
        log_level="debug",
        otlp_endpoint=collector,
        usage_every_s=0.2,
        providers={name: _provider(name, url) for name in NAMES},
    )


def _provider(name: str, url: str) -> ProviderSettings:
    both = f"{key_of(name, REFUSED)},{key_of(name, 'spare')}"
    given = {"api_key": SecretStr(both)} if name in KEYED else {}
    return ProviderSettings(base_url=f"{url}/{name}", timeout_s=TIMEOUT_S, **given)


@contextmanager
def logs(settings: Settings) -> Iterator[io.StringIO]:
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = list(root.handlers), root.level
    configure_logs(settings, stream)
    # Libraries say the most at this level, and none of it may be more than it should.
    for name in ("aiohttp", "asyncio", "redis", "sqlalchemy", "urllib3"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.handlers = handlers
        root.setLevel(level)
        for name in ("aiohttp", "asyncio", "redis", "sqlalchemy", "urllib3"):
            logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox(companies=20) as sandbox:
        yield sandbox


@pytest.fixture
async def said(
    sandbox: Sandbox, database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[Said]:
    relay, collector, said = Relay(sandbox.url), Collector(), Said()
    async with (
        Redis.from_url(redis_url) as redis,
        served(relay.answer) as far_end,
        served(collector.answer) as collecting,
    ):
        await redis.flushdb()
        settings = settings_for(far_end, collecting, tmp_path)
        with logs(settings) as stream:
            async with running_api(settings, Servers(database_url, redis_url)) as client:
                said.answers = await everything_asked(client, sandbox, redis)
                said.redis = await everything_in(redis)
            said.logs = stream.getvalue().encode()
        said.telemetry = b"".join(collector.bodies)
        said.addresses = "\n".join(relay.addresses).encode()
        said.sent = "\n".join(relay.headers).encode()
        said.postgres = await every_row(database_url)
        await redis.flushdb()
        yield said
    sandbox.clear()


async def everything_asked(client: httpx.AsyncClient, sandbox: Sandbox, redis: Redis) -> bytes:
    """The sandbox answers well, then badly in every way; each time with somebody new."""
    people = [
        (fact["company"], person)
        for fact in sandbox.truth()
        for person in fact["people"]
        if person["email"]
    ]
    answers = []
    for number, fault in enumerate((None, *FAULTS)):
        sandbox.clear()
        if fault is not None:
            sandbox.plan("*", fault, seconds=2)
            await redis.delete(*[f"rfe:{{{name}}}:off" for name in NAMES])
        company, person = people[number]
        name = f"{person['first_name']} {person['last_name']}"
        about = {"domain": company["domain"], "deadline_ms": 1500}
        answers += await asyncio.gather(
            client.post("/enrich", json={"email": person["email"], "full_name": name, **about}),
            client.post("/companies/executives", json=about),
        )
        answers += [
            await client.get(path) for path in ("/providers", "/health/providers", "/metrics")
        ]
    found = answers[0].json()
    answers.append(await client.get(f"/enrichments/{found['meta']['enrichment_id']}"))
    answers.append(await client.post("/enrich", json={"email": key_of("hunter", "x")}))
    assert [one.status_code for one in answers[:5]] == [200] * 5
    return b"\n".join(str(dict(one.headers)).encode() + one.content for one in answers)


async def everything_in(redis: Redis) -> bytes:
    parts = []
    async for key in redis.scan_iter("*"):
        match await redis.type(key):
            case b"hash":
                value: object = await redis.hgetall(key)
            case b"list":
                value = await redis.lrange(key, 0, -1)
            case b"zset":
                value = await redis.zrange(key, 0, -1, withscores=True)
            case b"set":
                value = await redis.smembers(key)
            case b"stream":
                value = await redis.xrange(key)
            case _:
                value = await redis.get(key)
        parts.append(key + b" " + repr(value).encode())
    return b"\n".join(parts)


async def every_row(database_url: str) -> bytes:
    plain = make_url(database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        tables = await connection.fetch(
            "select quote_ident(table_name) from information_schema.tables"
            " where table_schema = 'public'"
        )
        rows = []
        for (table,) in tables:
            rows += [row[0] for row in await connection.fetch(f"select t::text from {table} t")]
    finally:
        await connection.close()
    return "\n".join(rows).encode()


async def test_no_credential_of_a_provider_is_said_or_kept(said: Said) -> None:
    # First that there was something to be found, and that it would be.
    assert key_of("hunter", REFUSED).encode() in said.sent
    assert key_of("hunter", "spare").encode() in said.sent
    assert len(found_in(said.sent)) > 2
    assert b"provider.key.refused" in said.logs
    assert b"provider.quarantined" in said.logs
    assert b"provider.call" in said.telemetry
    assert b"roleferry.provider.keys.refused" in said.telemetry
    assert b"rfe:{hunter}:keys" in said.redis
    assert b"unauthorised" in said.postgres
    assert b"/hunter/" in said.addresses

    for where in ("answers", "logs", "telemetry", "addresses", "redis", "postgres"):
        text = getattr(said, where)
        assert text, where
        assert not found_in(text), where
