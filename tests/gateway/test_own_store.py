"""Our own database through the gates: in one account's name each time, and never remembered."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import aiohttp
import pytest
from tests.gates import gates_of, now
from tests.watcher import Watcher

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import Absent, Found, OptedOut, OutcomeKind, Skipped, Troubled
from roleferry_enrich.domain.queries import Ask, Keys, PersonQuery
from roleferry_enrich.errors import ProviderTimedOut
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.gateway import Gateway
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.retry import RetryPolicy
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.internal import Internal
from roleferry_enrich.providers.replies import Reply

ORLA = Ask(
    provider="internal",
    capability="find_person",
    query=PersonQuery(keys=Keys(email=Email("orla@quillmere.test"))),
)
MINE, THEIRS = UUID(int=1), UUID(int=2)
SAID = b"""{"observations": [{"provider": "hunter", "capability": "find_person",
    "origin": "hunter", "conversation": "6f1d2f0e-52a4-4f3c-9b7a-0d5f7c1a2b01",
    "observed_at": "2026-01-02T03:04:05Z", "claim": {"full_name": "Orla Fenwick"}}]}"""


class Shelves:
    """What each account has stored, and in whose name it was asked."""

    def __init__(self, *, account: UUID | None = None, asked: list | None = None) -> None:
        self.account = account
        self.max_age: timedelta | None = None
        self.asked: list[tuple[UUID | None, timedelta | None]] = [] if asked is None else asked
        self.status = 200
        self.error: Exception | None = None

    def in_the_name_of(self, account_id: UUID, max_age: timedelta | None) -> "Shelves":
        theirs = Shelves(account=account_id, asked=self.asked)
        theirs.max_age, theirs.status, theirs.error = max_age, self.status, self.error
        return theirs

    async def send(self, call: Call, *, within: timedelta) -> Reply:
        self.asked.append((self.account, self.max_age))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        body = SAID if self.account == MINE else b'{"observations": []}'
        return Reply(status=self.status, body=body, received_at=now())


@pytest.fixture
def shelves() -> Shelves:
    return Shelves()


@pytest.fixture
async def gateway(shared, shelves) -> AsyncIterator[Gateway]:
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession() as session:
        gates = replace(
            gates_of(shared, session, Watcher()),
            breakers={"internal": Breaker(BreakerPolicy(), clock=loop.time, random=Random(1))},
            lines={"internal": asyncio.Semaphore(20)},
            retry=RetryPolicy(first_wait=timedelta(milliseconds=1)),
        )
        cache = Cache(shared, secret=b"test-secret", memory_bytes=10_000_000)
        channels = {"internal": Channel(provider=Internal(), carrier=shelves)}
        yield Gateway(channels, cache=cache, gates=gates, now=now)


def terms(account: UUID = MINE, max_age: timedelta | None = None) -> Terms:
    return Terms(
        deadline=asyncio.get_running_loop().time() + 5,
        purse=Purse(None),
        max_age=max_age,
        payer=Payer(account, uuid4()),
    )


async def test_what_was_stored_is_found_with_its_provenance(gateway) -> None:
    report = await gateway.ask(ORLA, terms())
    assert isinstance(report.outcome, Found)
    (person,) = report.outcome.observations.people
    assert (person.provenance.provider, person.provenance.recalled) == ("hunter", True)
    assert (report.cost, report.cached, len(report.calls)) == (0, None, 1)


async def test_each_account_is_told_its_own_also_at_once(gateway, shelves) -> None:
    mine, theirs = await asyncio.gather(
        gateway.ask(ORLA, terms(MINE)), gateway.ask(ORLA, terms(THEIRS))
    )
    assert isinstance(mine.outcome, Found)
    assert theirs.outcome == Absent()
    assert {account for account, _ in shelves.asked} == {MINE, THEIRS}


async def test_nothing_of_it_is_remembered(gateway, shelves, shared) -> None:
    for account in (MINE, MINE, THEIRS, THEIRS):
        await gateway.ask(ORLA, terms(account))
    assert len(shelves.asked) == 4
    assert [name async for name in shared.redis.scan_iter(match="rfe:*:answer")] == []
    assert gateway.remembers([ORLA]) is None


async def test_it_needs_no_permit_and_asks_redis_nothing(gateway, shared) -> None:
    before = (await shared.redis.info("stats"))["total_commands_processed"]
    for account in (MINE, THEIRS):
        await gateway.ask(ORLA, terms(account))
    after = (await shared.redis.info("stats"))["total_commands_processed"]
    assert after - before == 1, "the count itself"


async def test_the_oldest_that_is_wanted_is_told(gateway, shelves) -> None:
    await gateway.ask(ORLA, terms(max_age=timedelta(days=2)))
    await gateway.ask(ORLA, terms())
    assert shelves.asked == [(MINE, timedelta(days=2)), (MINE, None)]


async def test_who_opted_out_is_told_apart(gateway, shelves) -> None:
    shelves.status = 451
    assert (await gateway.ask(ORLA, terms())).outcome == OptedOut()


async def test_a_slow_database_is_trouble_and_then_left_alone(gateway, shelves) -> None:
    shelves.error = ProviderTimedOut("the database did not answer in time")
    reports = [await gateway.ask(ORLA, terms()) for _ in range(12)]
    first, last = reports[0].outcome, reports[-1].outcome
    assert len(reports[0].calls) == 1, "who has to pay waits behind it"
    assert isinstance(first, Troubled)
    assert first.kind is OutcomeKind.TIMED_OUT
    assert last == Skipped("breaker_open")


async def test_sent_elsewhere_it_is_asked_over_http() -> None:
    channel = Channel(provider=Internal(), base_url="http://sandbox.test/internal")
    assert channel.in_the_name_of(MINE, None) is channel
    assert channel.url(Call.post("/v1/person", {})) == "http://sandbox.test/internal/v1/person"
