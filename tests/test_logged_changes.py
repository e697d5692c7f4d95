"""Whatever changes an account is in its audit log with the change, or is not done at all.

The operations are those of the OpenAPI document: a new one is tried too, or needs a reason here.
"""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest
from tests.database_dump import everything
from tests.test_foreign_ids import (
    DOCUMENT,
    Operation,
    Things,
    ask,
    body_of,
    servers_with_tables,
    two_accounts,
)

from roleferry_enrich.accounts.audit import AuditTrail, Deed
from roleferry_enrich.configuration.quotas import NO_QUOTA
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.engine import driver_url

__all__ = ["servers_with_tables"]
LOOKS = {
    "enrichContact": "looks somebody up; what it cost and found is recorded under its own id",
    "findExecutives": "likewise",
    "enrichCompany": "likewise",
    "verifyEmails": "looks addresses up; what it cost is in the books",
    "exportPerson": "reads",
    "resolveRecords": "compares what it is given",
    "receiveWebhook": "of a provider, which has no account and no key",
    "receiveWebhookByToken": "likewise",
}
"""Operations that are no reading of HTTP's and change nothing of an account's, and why."""
# What ends a thing comes after what needs it.
_ORDER = ("post", "put", "patch", "delete")
_LAST_OF_ITS_METHOD = "cancelJob"
_INSIDE = tuple(f"{name}.quillmere.test:443" for name in ("hooks", "crm"))


def changes() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method in methods.keys() & set(_ORDER):
            told = methods[method]
            if told["operationId"] not in LOOKS:
                ids = tuple(re.findall(r"{(\w+)}", path))
                yield Operation(told["operationId"], method, path, ids, body_of(told))


CHANGES = sorted(
    changes(), key=lambda it: (_ORDER.index(it.method), it.name == _LAST_OF_ITS_METHOD, it.name)
)


@asynccontextmanager
async def an_account(tmp_path, servers: Servers) -> AsyncIterator[tuple[httpx.AsyncClient, Things]]:
    settings = Settings(data_dir=tmp_path, webhook_inside_hosts=_INSIDE, **NO_QUOTA)
    async with two_accounts(settings, servers) as ((client, things), _):
        # One that has not ended; with it comes what signs the messages to its URL.
        batch = next(it.body for it in CHANGES if it.name == "createBatch")
        job = (await client.post("/enrich/batch", json=batch)).json()["job"]
        yield client, {**things, "job_id": job["id"]}


@pytest.fixture
def noted(monkeypatch) -> list[str]:
    """Operations of which the log is told behind the answer, which a kill would lose."""
    names: list[str] = []

    def note(_: AuditTrail, deed: Deed, __: int) -> None:
        names.append(deed.operation)

    monkeypatch.setattr(AuditTrail, "note", note)
    return names


async def logged(servers: Servers) -> set[str]:
    connection = await asyncpg.connect(driver_url(servers.database_url))
    try:
        rows = await connection.fetch("SELECT DISTINCT operation FROM audit_log WHERE status < 300")
        return {row["operation"] for row in rows}
    finally:
        await connection.close()


def test_every_exception_is_an_operation():
    known = {
        told["operationId"] for methods in DOCUMENT["paths"].values() for told in methods.values()
    }
    assert LOOKS.keys() <= known


async def test_what_cannot_be_logged_is_not_done(tmp_path, servers_with_tables, noted, monkeypatch):
    async def away(*_: Any) -> None:
        raise ServiceUnavailable("the log cannot be written")

    async with an_account(tmp_path, servers_with_tables) as (client, things):
        monkeypatch.setattr(AuditTrail, "write", away)
        before = await everything(servers_with_tables.database_url)
        for change in CHANGES:
            assert (await ask(client, change, things)).status_code == 503, change
            assert await everything(servers_with_tables.database_url) == before, change


async def test_every_change_is_in_the_log_when_it_is_answered(tmp_path, servers_with_tables, noted):
    async with an_account(tmp_path, servers_with_tables) as (client, things):
        noted.clear()
        client.headers["Idempotency-Key"] = "sent-twice"
        for change in CHANGES:
            reply = await ask(client, change, things)
            assert reply.is_success, (change, reply.text)
            assert change.name in await logged(servers_with_tables)
            assert change.name not in noted
            if "Idempotency-Key" in str(DOCUMENT["paths"][change.path][change.method]):
                again = await ask(client, change, things)
                assert again.headers["idempotent-replayed"] == "true", change
                assert again.content == reply.content
                noted.clear()
