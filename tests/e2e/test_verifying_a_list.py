"""A thousand addresses asked for at once are one job, over real HTTP, Redis and PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from tests.e2e.sandbox_process import Sandbox, running_sandbox, settings_for

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import Found, Report
from roleferry_enrich.domain.queries import Ask, EmailQuery
from roleferry_enrich.embedded import Servers
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.resources import open_resources

A_LIST = 1_000
PRICE = 8_000


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox(companies=200) as sandbox:
        yield sandbox


@pytest.fixture
async def payer_and_gateway(
    far_ends: Sandbox, database_url: str, redis_url: str, tmp_path: Path
) -> AsyncIterator[tuple[UUID, Gateway]]:
    far_ends.forget()
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
    settings, servers = settings_for(far_ends.url, tmp_path), Servers(database_url, redis_url)
    async with open_accounts(settings, servers) as accounts:
        account_id = await accounts.create_account("Lists")
    async with open_resources(settings, servers) as resources:
        yield account_id, resources.gateway


async def verified(
    gateway: Gateway, account_id: UUID, addresses: list[str], seconds: float
) -> list[Report]:
    terms = Terms(
        deadline=asyncio.get_running_loop().time() + seconds,
        purse=Purse(None),
        payer=Payer(account_id, uuid4()),
    )
    asks = [
        Ask(
            provider="neverbounce",
            capability="verify_email",
            query=EmailQuery(email=Email(address)),
        )
        for address in addresses
    ]
    return await asyncio.gather(*(gateway.ask(ask, terms) for ask in asks))


def addresses_of(sandbox: Sandbox, count: int) -> list[str]:
    people = [person for company in sandbox.truth() for person in company["people"]]
    found = list(dict.fromkeys(person["email"] for person in people if person["email"]))
    found[-1] = "somebody@throwaway.test"
    assert len(found) >= count
    return found[-count:]


async def test_a_thousand_addresses_are_one_job(
    far_ends: Sandbox, payer_and_gateway: tuple[UUID, Gateway]
) -> None:
    account_id, gateway = payer_and_gateway
    addresses = addresses_of(far_ends, A_LIST)

    reports = await verified(gateway, account_id, addresses, 120)
    info = far_ends.client.post("/neverbounce/v4.2/account/info", json={"key": "test-key"}).json()
    again = await verified(gateway, account_id, addresses, 120)

    ledger = far_ends.ledger()["neverbounce"]
    assert info["job_counts"]["completed"] == 1
    assert ledger["calls"] < 20, "one job, looked at now and then"
    assert ledger["micro_usd"] == sum(report.cost for report in reports) == A_LIST * PRICE
    states = Counter[str]()
    for address, report in zip(addresses, reports, strict=True):
        assert isinstance(report.outcome, Found), report.outcome
        (verdict,) = report.outcome.observations.verdicts
        assert verdict.claim.address == address
        assert verdict.provenance.origin == "neverbounce"
        states[verdict.claim.deliverability] += 1
    assert set(states) == {"valid", "invalid", "accept_all", "unknown", "disposable"}
    assert {report.cost for report in again} == {0}


async def test_a_few_addresses_are_checked_one_by_one(
    far_ends: Sandbox, payer_and_gateway: tuple[UUID, Gateway]
) -> None:
    account_id, gateway = payer_and_gateway

    reports = await verified(gateway, account_id, addresses_of(far_ends, 3), 120)

    assert all(isinstance(report.outcome, Found) for report in reports)
    ledger = far_ends.ledger()["neverbounce"]
    assert ledger["calls"] == 3
