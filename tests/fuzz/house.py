"""What is fuzzed: the whole API in this process, over real servers and a sandbox, with real ids.

No worker runs. A worker would send webhooks to whatever addresses the fuzzer invents.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.e2e.sandbox_process import settings_for
from tests.e2e.senders import APOLLO, SENDGRID

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import ISSUABLE
from roleferry_enrich.embedded import Servers

# On a busy machine the usual deadline would leave nothing to have ids of.
_PATIENT = {"deadline_ms": 10_000}
ORLA = {"email": "orla.fenwick@quillmere.test", **_PATIENT}
QUILLMERE = {"domain": "quillmere.test", **_PATIENT}
# No address of the fuzzer's is ever asked; that of the endpoints that are there is not looked up.
INSIDE = "hooks.quillmere.test:443"
ENDPOINT = {"url": "https://hooks.quillmere.test/roleferry", "events": ["batch.completed"]}
SECRET = "dGVzdC1zZWNyZXQtZnV6"
SIGNERS = ("mailgun", "stripe", "explorium", "clearbit", "clay")

Ids = Mapping[str, list[str]]
"""Of things that exist, by the name of the path's parameter."""


@dataclass
class Tally:
    """Every answer that left the application, counted where it leaves."""

    answers: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    """The operations that failed for a reason of ours. 503 is none: it turns away who cannot be
    served in time."""

    @property
    def total(self) -> int:
        return self.answers.total()

    def add(self, scope: Scope, status: int) -> None:
        self.answers[status] += 1
        if status >= 500 and status != 503:
            route = getattr(scope.get("route"), "path", scope["path"])
            self.broken[f"{status} {scope['method']} {route}"] += 1


class Counted:
    """ASGI middleware that tallies; the outermost of all."""

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self._app = app
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tally.add(scope, message["status"])
            await send(message)

        await self._app(scope, receive, counted)


class Sparing:
    """ASGI middleware: what would end the key in use ends another one.

    Lists name it too, and whoever has revoked it hears nothing but 401.
    """

    def __init__(self, app: ASGIApp, in_use: str, other: str) -> None:
        self._app = app
        self._in_use = in_use
        self._other = other

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["path"] = scope["path"].replace(self._in_use, self._other)
        await self._app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class House:
    app: ASGIApp
    document: dict[str, Any]
    tally: Tally
    key: str
    ids: Ids


@contextmanager
def opened(servers: Servers, sandbox_url: str, directory: Path) -> Iterator[House]:
    """Over a migrated database and a running sandbox."""
    plain = settings_for(sandbox_url, directory)
    account_id, key = asyncio.run(_new_account(plain, servers))
    app = create_app(_listening_to_senders(plain, account_id), servers)
    in_use, ids = asyncio.run(_known_ids(app, key))
    tally = Tally()
    spared = Sparing(Counted(app, tally), in_use, ids["key_id"][0])
    yield House(spared, app.openapi(), tally, key, ids)
    asyncio.run(_check_still_in_use(app, key))


def _listening_to_senders(plain: Settings, account_id: str) -> Settings:
    senders = {name: {"secret": SECRET} for name in SIGNERS}
    senders["apollo"] = {"secret": APOLLO}
    senders["sendgrid"] = {"secret": SENDGRID.public_key, "account": account_id}
    senders["mailgun"]["account"] = account_id
    given = plain.model_dump(exclude_unset=True)
    return Settings(**given, webhooks=senders, webhook_inside_hosts=INSIDE)


async def _new_account(settings: Settings, servers: Servers) -> tuple[str, str]:
    """Its id, and a key of it that may do everything."""
    async with open_accounts(settings, servers) as accounts:
        account_id = await accounts.create_account("Fuzzed")
        key = await accounts.create_key(account_id, "fuzz", ISSUABLE)
    return str(account_id), key


@asynccontextmanager
async def _asking(app: FastAPI, key: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers) as api,
    ):
        yield api


async def _check_still_in_use(app: FastAPI, key: str) -> None:
    """Else nothing was looked at since it ended."""
    async with _asking(app, key) as api:
        (await api.get("/account")).raise_for_status()


async def _known_ids(app: FastAPI, key: str) -> tuple[str, Ids]:
    """The id of the key in use, and the others."""
    async with _asking(app, key) as api:
        in_use = (await api.get("/account")).raise_for_status().json()["key"]["id"]
        answer = await _posted(api, "/enrich", ORLA)
        await _posted(api, "/companies/executives", QUILLMERE)
        contacts = (await api.get("/contacts")).raise_for_status().json()["items"]
        jobs = [await _posted(api, "/enrich/batch", {"items": [ORLA]}) for _ in range(2)]
        job_ids = [job["job"]["id"] for job in jobs]
        await _posted(api, f"/jobs/{job_ids[1]}/cancel", None)
        endpoints = [(await _posted(api, "/webhook-endpoints", ENDPOINT))["id"] for _ in range(3)]
        wish = {"name": "spare", "scopes": ["read"]}
        keys = [await _posted(api, "/keys", wish) for _ in range(2)]
        wishes = [{"email": f"nobody{n}@quillmere.test"} for n in range(2)]
        suppressed = [await _posted(api, "/privacy/suppressions", wish) for wish in wishes]
        erased = await _posted(api, "/privacy/erasures", {"email": "gone@quillmere.test"})
        tests = [await _posted(api, f"/webhook-endpoints/{it}/test", None) for it in endpoints]
    return in_use, {
        "enrichment_id": [answer["meta"]["enrichment_id"]],
        "contact_id": [contact["id"] for contact in contacts],
        "company_id": sorted({it["company_id"] for it in contacts if it["company_id"]}),
        "job_id": job_ids,
        "endpoint_id": endpoints,
        "delivery_id": [test["id"] for test in tests],
        "key_id": [key["id"] for key in keys],
        "suppression_id": [it["id"] for it in suppressed],
        "erasure_id": [erased["id"]],
        "provider": [*SIGNERS, "sendgrid", "apollo"],
        "token": [APOLLO],
    }


async def _posted(api: httpx.AsyncClient, path: str, body: object) -> dict[str, Any]:
    answer = await api.post(path) if body is None else await api.post(path, json=body)
    said: dict[str, Any] = answer.raise_for_status().json()
    return said
