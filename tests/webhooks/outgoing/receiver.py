"""A receiver of webhooks over real HTTP, and senders that reach it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from opentelemetry.metrics import NoOpMeter
from standardwebhooks import Webhook, WebhookVerificationError
from tests.far_end import served

from roleferry_enrich.gateway.open_web import PublicOnlyResolver, open_web_connector
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.sending import Sender, session

METRICS = WorkMetrics(NoOpMeter("unseen"))


@dataclass
class Receiver:
    """Answers with the next of its statuses, the last for ever; 200 where there is none."""

    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    let_go: asyncio.Event | None = None
    most_at_once: int = 0
    at_once: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.got.append(({k.lower(): v for k, v in request.headers.items()}, body))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.let_go is not None:
                await self.let_go.wait()
        finally:
            self.at_once -= 1
        status = self.statuses.pop(0) if len(self.statuses) > 1 else (self.statuses or [200])[0]
        return web.Response(status=status, headers=self.headers)

    def verified(self, secret: str) -> list[dict]:
        """What came, each verified by the official library."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.got]

    def verified_by(self, secret: str) -> list[dict]:
        """Those that this secret signed, of several."""
        found = []
        for headers, body in self.got:
            with suppress(WebhookVerificationError):
                found.append(Webhook(secret).verify(body, headers))
        return found

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    async with served(receiver.answer) as url:
        yield f"{url}/hook"


class Names(AbstractResolver):
    """Answers each question with the next of its lists of addresses, the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in answers
        ]

    async def close(self) -> None:
        pass


class Hanging(Names):
    async def resolve(self, host, port=0, family=socket.AF_INET) -> list[ResolveResult]:
        return await asyncio.Event().wait()


def destinations(resolver: AbstractResolver, *inside: str, allow_http: bool = True):
    checked = PublicOnlyResolver(resolver)
    return Destinations(checked, inside=inside, allow_http=allow_http)


@asynccontextmanager
async def sender(
    *inside: str, names: AbstractResolver | None = None, deadline_s: float = 15
) -> AsyncIterator[Sender]:
    """`inside`: URLs of receivers that it may reach although they are on this machine."""
    resolver = names or Names(["1.1.1.1"])
    hosts = [urlsplit(url).netloc for url in inside]
    connector = open_web_connector(PublicOnlyResolver(resolver), per_host=0)
    async with session(connector) as open_web, session(aiohttp.TCPConnector()) as named:
        yield Sender(
            destinations(resolver, *hosts),
            open_web=open_web,
            inside=named,
            deadline_s=deadline_s,
        )
