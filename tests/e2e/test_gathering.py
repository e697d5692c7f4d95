"""A hundred who ask at once, counted at the far end: how often a provider was really asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.e2e.far_end import FarEnd
from tests.e2e.installation import Installation

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.outcomes import CallRecord, Found, Report
from roleferry_enrich.domain.queries import Ask, CompanyQuery, Keys, PersonQuery
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.sandbox.population import populate
from roleferry_enrich.storage.engine import driver_url

CROWD = 100


@dataclass
class Till:
    """A process of the product, and the sandbox's account of what it asked."""

    resources: Resources
    account_id: UUID
    database_url: str
    sandbox: FarEnd

    async def ask(self, asks: Sequence[Ask]) -> tuple[list[Report], Counter[str]]:
        """What all are told who ask at once, and how often each POST path was called for it."""
        before = await self._called(asks[0].provider)
        reports = await asyncio.gather(
            *(self.resources.gateway.ask(each, self._terms()) for each in asks)
        )
        await self.resources.books.written()
        return reports, await self._called(asks[0].provider) - before

    async def booked(self) -> dict[UUID, int]:
        """The cost of each paid call, as PostgreSQL has it."""
        connection = await asyncpg.connect(driver_url(self.database_url))
        sql = "SELECT id, cost FROM provider_calls WHERE account_id = $1"
        try:
            return dict(map(tuple, await connection.fetch(sql, self.account_id)))
        finally:
            await connection.close()

    def _terms(self) -> Terms:
        deadline = asyncio.get_running_loop().time() + 10
        return Terms(deadline=deadline, purse=Purse(None), payer=Payer(self.account_id, uuid4()))

    async def _called(self, provider: str) -> Counter[str]:
        return await asyncio.to_thread(self.sandbox.paths, provider)


@asynccontextmanager
async def opened(
    installation: Installation, database_url: str, data_dir: Path
) -> AsyncIterator[Till]:
    at = {
        name: {"api_key": f"test-key-{name}", "base_url": f"{installation.sandbox.url}/{name}"}
        for name in ("apollo", "explorium")
    }
    settings = Settings(data_dir=data_dir, providers=at)
    servers = Servers(database_url, installation.redis_url)
    async with open_accounts(settings, servers) as accounts:
        account_id = await accounts.create_account("crowd")
    async with open_resources(settings, servers) as resources:
        yield Till(resources, account_id, database_url, installation.sandbox)


@pytest.fixture
async def till(
    installation: Installation, database_url: str, tmp_path: Path
) -> AsyncIterator[Till]:
    async with opened(installation, database_url, tmp_path) as till:
        yield till


@cache
def domains() -> list[str]:
    return [company.domain for company in populate(7, 500).companies if company.domain]


@cache
def emails() -> list[str]:
    return [person.email for person in populate(7, 500).people if person.email]


@cache
def profiles() -> list[str]:
    slugs = (person.linkedin_slug for person in populate(7, 500).people)
    return [f"linkedin.com/in/{slug}" for slug in slugs if slug]


def companies(provider: str, capability: str, asked: Sequence[str]) -> list[Ask]:
    return [
        Ask(provider=provider, capability=capability, query=CompanyQuery(keys=Keys(domain=each)))
        for each in asked
    ]


def people(provider: str, asked: Sequence[Keys]) -> list[Ask]:
    return [
        Ask(provider=provider, capability="find_person", query=PersonQuery(keys=each))
        for each in asked
    ]


def paid_calls(reports: Sequence[Report]) -> list[CallRecord]:
    return [call for report in reports for call in report.calls if call.cost]


async def test_a_hundred_companies_are_matched_by_explorium_in_three_calls_at_most(
    till: Till,
) -> None:
    asked = domains()[:CROWD]

    reports, called = await till.ask(companies("explorium", "find_company", asked))

    assert called["/v1/businesses/match"] <= 3
    assert {report.outcome.kind for report in reports} <= {"found", "not_found"}
    for domain, report in zip(asked, reports, strict=True):
        if isinstance(report.outcome, Found):
            (found,) = report.outcome.observations.companies
            assert domain in (found.claim.domain or "")
    booked = await till.booked()
    assert sum(booked.values()) == sum(call.cost for call in paid_calls(reports)) > 0
    assert set(booked) == {call.id for call in paid_calls(reports)}


async def test_a_hundred_questions_of_every_kind_make_three_match_calls_at_most(
    till: Till,
) -> None:
    asked = domains()[CROWD : CROWD + 20]
    asks = [
        *companies("explorium", "find_company", asked),
        *companies("explorium", "find_technologies", asked),
        *companies("explorium", "find_workforce", asked),
        *companies("explorium", "find_people", asked),
        *people("explorium", [Keys(email=each) for each in emails()[:20]]),
    ]

    reports, called = await till.ask(asks)

    assert len(reports) == CROWD
    assert sum(called[f"/v1/{each}/match"] for each in ("businesses", "prospects")) <= 3


async def test_a_hundred_people_and_companies_are_asked_of_apollo_by_tens(
    till: Till,
) -> None:
    asks = [
        *people("apollo", [Keys(linkedin_url=each) for each in profiles()[:50]]),
        *companies("apollo", "find_company", domains()[:50]),
    ]

    reports, called = await till.ask(asks)

    assert called["/api/v1/people/bulk_match"] <= 6
    assert called["/api/v1/people/match"] == 0
    assert called["/api/v1/organizations/bulk_enrich"] <= 6
    kinds = Counter(report.outcome.kind for report in reports)
    assert kinds["found"] + kinds["not_found"] >= 90, "the others are not told a guess"
    booked = await till.booked()
    assert sum(booked.values()) == sum(call.cost for call in paid_calls(reports)) > 0
