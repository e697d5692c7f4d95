"""A routine is paid for when it begins: counted at the wire, over real books and completions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import func, update
from tests.far_end import served

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.batches.completion import Completion
from roleferry_enrich.configuration.providers import ProviderSettings
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request
from roleferry_enrich.domain.identifiers import Domain, MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.queries import Ask, CompanyQuery, Keys, PersonQuery
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.providers import clay
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.sandbox.app import create_sandbox
from roleferry_enrich.storage.completions import CompletionRepository
from roleferry_enrich.storage.tables import completions

PRICE = 40_000


@dataclass
class Wire:
    """The sandbox behind a real server, and what was sent to it."""

    sandbox: httpx.AsyncClient
    runs: list[str] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    spoilt: dict[str, int] = field(default_factory=dict)
    """What the next call to such an end of a path is answered with instead."""
    held: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.endswith("/results"):
            self.looks.append(request.path)
            await self.held.wait()
        elif "/routines/" in request.path:
            self.runs.append(request.path)
        elif request.path.endswith("/run"):
            self.pages.append(request.path)
        spoilt = self.spoilt.pop(request.path.rpartition("/")[2], None)
        if spoilt is not None:
            return web.Response(status=spoilt, text="{}", headers={"retry-after": "0"})
        answer = await self.sandbox.request(
            request.method,
            request.path_qs,
            content=await request.read(),
            headers={"clay-api-key": request.headers.get("clay-api-key", "")},
        )
        kind = answer.headers["content-type"]
        return web.Response(status=answer.status_code, body=answer.content, content_type=kind)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    app = create_sandbox(companies=20, latency=0, limits=False)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test") as client:
        wire = Wire(client)
        wire.held.set()
        yield wire


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a run, and who comes back for it looks once."""
    monkeypatch.setattr(clay, "_LOOKS", ())
    monkeypatch.setattr(clay, "_LATER_LOOKS", (timedelta(0),))


@pytest.fixture
def installed(database_url: str, redis_url: str) -> Servers:
    return Servers(database_url, redis_url)


@asynccontextmanager
async def process(url: str, servers: Servers, data_dir: Path) -> AsyncIterator[Resources]:
    """All that one process has; what it remembers of answers ends with it."""
    given = ProviderSettings(
        api_key=SecretStr("test-key-clay"),
        base_url=f"{url}/clay",
        price=PRICE,
        timeout_s=2,
        routine="function:t_work_email",
    )
    settings = Settings(
        data_dir=data_dir,
        secret_key=SecretStr("test-pepper-0123456789-0123456789-abc"),
        log_level="error",
        providers={"clay": given},
    )
    async with open_resources(settings, servers) as resources:
        yield resources


async def account_of(servers: Servers, data_dir: Path) -> UUID:
    async with open_accounts(Settings(data_dir=data_dir), servers) as accounts:
        return await accounts.create_account("Routine tests")


def asked(name: str = "Orla Fenwick", **options: object) -> Request:
    """Nobody but Clay; names and the company are free to learn, which adds keys."""
    return Request(
        goal=Goal.PERSON,
        keys=Keys(full_name=name, domain=Domain("quillmere.test")),
        options=Options(
            include=frozenset({"clay"}), **{"deadline": timedelta(seconds=5)} | options
        ),
    )


def of_routine(enrichment: Enrichment) -> ProviderOutcome:
    return next(
        each
        for each in enrichment.outcomes
        if (each.provider, each.capability) == ("clay", "find_email")
    )


async def completed(resources: Resources, known: Enrichment) -> Enrichment:
    """What the worker makes of it, as if its time had come."""
    async with resources.engine.begin() as connection:
        now = {"due_at": func.clock_timestamp()}
        await connection.execute(
            update(completions).where(completions.c.enrichment_id == known.id).values(**now)
        )
    due = CompletionRepository(resources.engine)
    await Completion(resources.enricher, resources.enrichments, due).complete_due()
    found = await resources.enrichments.get(known.account_id, known.id)
    assert found is not None
    return found


async def test_who_completes_goes_on_with_the_run_though_no_money_and_no_age_is_left(
    wire: Wire, installed: Servers, tmp_path: Path
) -> None:
    account = await account_of(installed, tmp_path)
    async with served(wire.answer) as url:
        async with process(url, installed, tmp_path) as first:
            request = asked(max_cost=MicroUsd(PRICE), max_age=timedelta(0))
            known = await first.enricher.enrich(request, account)
        assert of_routine(known).outcome is OutcomeKind.PENDING
        for _ in range(5):
            async with process(url, installed, tmp_path) as later:
                known = await completed(later, known)
            if of_routine(known).outcome is not OutcomeKind.PENDING:
                break

    assert len(wire.runs) == 1
    assert len(wire.looks) == 3
    assert len(set(wire.looks)) == 1, "always the run that was paid for"
    assert of_routine(known).outcome is OutcomeKind.FOUND
    assert known.cost == PRICE
    assert known.person is not None
    assert known.person.fields["business_email"].value == "orla.fenwick@quillmere.test"


async def test_who_asks_the_same_meanwhile_waits_for_the_same_run(
    wire: Wire, installed: Servers, tmp_path: Path
) -> None:
    """Also after the process that began it has gone without a word."""
    account = await account_of(installed, tmp_path)
    async with served(wire.answer) as url:
        for _ in range(3):
            async with process(url, installed, tmp_path) as each:
                known = await each.enricher.enrich(asked(), account)
            assert of_routine(known).outcome is OutcomeKind.PENDING
        async with process(url, installed, tmp_path) as each:
            for _ in range(3):
                known = await completed(each, known)

    assert len(wire.runs) == 1
    assert of_routine(known).outcome is OutcomeKind.FOUND
    assert known.cost == 0, "who came first has paid"


async def test_run_that_is_still_looked_after_at_the_deadline_becomes_owed(
    wire: Wire, installed: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clay, "_LOOKS", (timedelta(0),))
    account = await account_of(installed, tmp_path)
    wire.held.clear()
    async with served(wire.answer) as url, process(url, installed, tmp_path) as each:
        request = asked(deadline=timedelta(milliseconds=500))
        answered = await each.enricher.enrich(request, account)
        wire.held.set()
        await each.enricher.asking.background.drain(10)
        stored = await each.enrichments.get(account, answered.id)
        assert stored is not None
        for _ in range(3):
            stored = await completed(each, stored)

    assert of_routine(answered).outcome is OutcomeKind.TIMED_OUT
    assert len(wire.runs) == 1
    assert of_routine(stored).outcome is OutcomeKind.FOUND
    assert stored.cost == PRICE


@pytest.mark.parametrize(("status", "calls"), [(503, 1), (429, 2)])
@pytest.mark.parametrize("capability", ["find_people", "find_email"])
async def test_what_may_be_spent_is_sent_once_and_what_was_refused_again(
    wire: Wire, installed: Servers, tmp_path: Path, capability: str, status: int, calls: int
) -> None:
    account = await account_of(installed, tmp_path)
    name = f"Ann {capability} {status}"
    async with served(wire.answer) as url, process(url, installed, tmp_path) as each:
        wire.spoilt["run"] = status
        ask = Ask(provider="clay", capability=capability, query=_query(capability, name))
        deadline = asyncio.get_running_loop().time() + 5
        terms = Terms(deadline=deadline, purse=Purse(None), payer=Payer(account, uuid4()))
        report = await each.gateway.ask(ask, terms)

    sent = wire.pages if capability == "find_people" else wire.runs
    assert len(sent) == calls
    assert (report.outcome.kind is OutcomeKind.FAILED) == (status == 503)
    assert report.cost == (PRICE if capability == "find_email" else 0)


def _query(capability: str, name: str) -> CompanyQuery | PersonQuery:
    keys = Keys(domain=Domain("quillmere.test"))
    if capability == "find_people":
        return CompanyQuery(keys=keys, titles=(name, "officer"))
    return PersonQuery(keys=replace(keys, full_name=name))
