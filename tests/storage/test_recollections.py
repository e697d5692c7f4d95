"""What our own database answers, against a real PostgreSQL: whose words, of when, to whom."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import func, select, text
from tests.at_rest import AT_REST
from tests.databases import migrated_database, new_account
from tests.storage.examples import NOW, company, enrichment, person

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderTimedOut, ProviderUnavailable
from roleferry_enrich.gateway.carriers import Carrier
from roleferry_enrich.providers.contract import Answer, Call, ClaimedByPerson, Offer
from roleferry_enrich.providers.internal import Internal
from roleferry_enrich.providers.own_store import RETENTION, Recollection
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.recollections import Recollections, Shelf, shelves
from roleferry_enrich.storage.wire import Wire

ADA = "ada@engines.test"
DAY = timedelta(days=1)
INTERNAL = Internal()
SECOND = timedelta(seconds=1)


@pytest.fixture
async def wire(database_url):
    wire = Wire(database_url)
    yield wire
    await wire.close()


@pytest.fixture
def repository(engine) -> EnrichmentRepository:
    return EnrichmentRepository(engine)


def store(wire: Wire, *, days: int = 90, now: datetime = NOW) -> Recollections:
    kept = tuple(
        Shelf(provider, capability, days * DAY)
        for provider in ("acme", "hunter", "register")
        for capability in RETENTION
    )
    return Recollections(wire=wire, shelves=kept, now=lambda: now, at_rest=AT_REST)


def said(
    claim: Any,
    by: str = "hunter",
    capability: str = "find_person",
    at: datetime = NOW - DAY,
    conversation: UUID | None = None,
    **changed: Any,
) -> Observation[Any]:
    source = Provenance(
        provider=by,
        capability=capability,
        origin=by,
        conversation=conversation or uuid4(),
        observed_at=at,
        **changed,
    )
    return Observation(claim, source)


def ada(title: str = "Countess", address: str = ADA) -> PersonClaim:
    return PersonClaim(
        full_name="Ada Lovelace",
        title=title,
        emails=(EmailClaim(address=address),),
        company_domain="engines.test",
    )


def engines(**changed: Any) -> CompanyClaim:
    return CompanyClaim(**{"name": "Engines Ltd", "domain": "engines.test"} | changed)


async def keep(repository, account_id: UUID, *observed: Observation[Any], **changed) -> Enrichment:
    """Record what was said of Ada and of her employer."""
    standard = {
        "person": person("Ada Lovelace", ADA, company_domain="engines.test"),
        "company": company(domain="engines.test"),
    }
    seen = Observations(
        people=tuple(o for o in observed if isinstance(o.claim, PersonClaim)),
        companies=tuple(o for o in observed if isinstance(o.claim, CompanyClaim)),
    )
    given = enrichment(account_id, **standard | changed)
    return await repository.record(given, [], observations=seen)


async def answer(carrier: Carrier, capability: str, **keys: Any) -> Answer:
    about = Keys(**keys)
    query = PersonQuery(keys=about) if capability == "find_person" else CompanyQuery(keys=about)
    conversation = getattr(INTERNAL, capability)(query)
    (call,) = next(conversation)
    reply = await carrier.send(call, within=5 * SECOND)
    with pytest.raises(StopIteration) as finished:
        conversation.send((reply,))
    return finished.value.value


async def recalled(carrier: Carrier, capability: str = "find_person", **keys: Any) -> list[Any]:
    found = await answer(carrier, capability, **keys or {"email": Email(ADA)})
    assert isinstance(found, Recollection)
    return [*found.observed.people, *found.observed.companies]


async def titles(carrier: Carrier, **keys: Any) -> list[str]:
    return [each.claim.title for each in await recalled(carrier, **keys)]


async def test_what_was_said_comes_back_as_it_was_said(wire, repository, account_id) -> None:
    told = said(ada(), at=NOW - timedelta(days=3, microseconds=7))
    await keep(repository, account_id, told)
    mine = store(wire).in_the_name_of(account_id, None)
    assert await recalled(mine) == [
        Observation(told.claim, replace(told.provenance, cached=True, recalled=True))
    ]


@pytest.mark.parametrize(
    "keys",
    [
        {"email": Email("ADA@engines.test")},
        {"full_name": "Ada Lovelace", "domain": Domain("engines.test")},
        {"first_name": "Ada", "last_name": "Lovelace", "domain": Domain("engines.test")},
        {
            "email": Email("other@engines.test"),
            "full_name": "ada lovelace",
            "domain": "engines.test",
        },
    ],
)
async def test_a_person_is_found_by_any_key(wire, repository, account_id, keys) -> None:
    await keep(repository, account_id, said(ada()))
    assert await titles(store(wire).in_the_name_of(account_id, None), **keys) == ["Countess"]


async def test_another_account_is_told_nothing(
    wire, repository, account_id, other_account_id
) -> None:
    await keep(repository, account_id, said(ada()), said(engines(), capability="find_company"))
    theirs = store(wire).in_the_name_of(other_account_id, None)
    assert await recalled(theirs) == []
    assert await recalled(theirs, "find_company", domain=Domain("engines.test")) == []
    assert await recalled(theirs, "find_people", domain=Domain("engines.test")) == []
    assert await recalled(store(wire)) == []  # in nobody's name


async def test_nothing_is_served_beyond_its_retention(wire, repository, account_id) -> None:
    old, new = said(ada("Old"), "acme", at=NOW - 30 * DAY), said(ada("New"), at=NOW - 29 * DAY)
    await keep(repository, account_id, old, new)
    later = store(wire, days=30, now=NOW + SECOND).in_the_name_of(account_id, None)
    assert await titles(later) == ["New"]
    assert await titles(store(wire, days=30).in_the_name_of(account_id, None)) == ["Old", "New"]
    assert await titles(store(wire, days=0).in_the_name_of(account_id, None)) == []


async def test_nothing_is_served_that_is_older_than_was_asked_for(
    wire, repository, account_id
) -> None:
    await keep(repository, account_id, said(ada(), at=NOW - 3 * DAY))
    assert await titles(store(wire).in_the_name_of(account_id, 3 * DAY)) == ["Countess"]
    assert await titles(store(wire).in_the_name_of(account_id, 2 * DAY)) == []
    assert await titles(store(wire).in_the_name_of(account_id, timedelta(0))) == []
    assert await titles(store(wire).in_the_name_of(account_id, 5000 * DAY)) == ["Countess"]


async def test_only_the_last_word_of_each_is_served(wire, repository, account_id) -> None:
    await keep(repository, account_id, said(ada("Then"), at=NOW - 9 * DAY))
    await keep(repository, account_id, said(ada("Now"), at=NOW - 2 * DAY))
    await keep(repository, account_id, said(ada("Clerk"), "register", at=NOW - 5 * DAY))
    assert await titles(store(wire).in_the_name_of(account_id, None)) == ["Clerk", "Now"]


async def test_all_that_was_said_at_once_is_served(wire, repository, account_id) -> None:
    """One row for each mailbox, say."""
    talk = uuid4()
    rows = [said(ada(title, ADA), conversation=talk) for title in ("One", "Two")]
    await keep(repository, account_id, *rows)
    assert await titles(store(wire).in_the_name_of(account_id, None)) == ["One", "Two"]


async def test_a_cached_answer_of_many_requests_is_served_once(
    wire, repository, account_id
) -> None:
    talk = uuid4()
    for _ in range(5):
        await keep(repository, account_id, said(ada(), conversation=talk, cached=True))
    assert await titles(store(wire).in_the_name_of(account_id, None)) == ["Countess"]


async def test_what_was_recalled_is_not_stored_again(engine, wire, repository, account_id) -> None:
    first = await keep(repository, account_id, said(ada()), said(engines()))
    mine = store(wire).in_the_name_of(account_id, None)
    for _ in range(3):
        again = await recalled(mine)
        again += await recalled(mine, "find_company", domain=Domain("engines.test"))
        await keep(repository, account_id, *again)
    table = tables.observations.c
    async with engine.connect() as connection:
        found = await connection.execute(
            select(table.enrichment_id).where(table.account_id == account_id)
        )
        assert list(found.scalars()) == [first.id, first.id]


async def test_what_nobody_may_serve_again_is_not(wire, repository, account_id) -> None:
    await keep(repository, account_id, said(ada(), "stranger"), said(ada(), capability="other"))
    assert await titles(store(wire).in_the_name_of(account_id, None)) == []


async def test_a_company_is_found_by_number_domain_and_name(wire, repository, account_id) -> None:
    golden = company("Engines Ltd", domain="engines.test", company_number="01234567", country="GB")
    told = said(engines(company_number="01234567", country="GB"), capability="find_company")
    await keep(repository, account_id, told, company=golden)
    mine = store(wire).in_the_name_of(account_id, None)
    for keys in (
        {"company_number": "01234567"},
        {"domain": "engines.test"},
        {"company_name": "ENGINES LTD", "country": "GB"},
    ):
        (found,) = await recalled(mine, "find_company", **keys)
        assert found.claim == told.claim


async def test_the_people_of_a_company_are_found(wire, repository, account_id) -> None:
    board = (person("Ada Lovelace", ADA), person("Charles Babbage", "charles@engines.test"))
    charles = PersonClaim(
        full_name="Charles Babbage", emails=(EmailClaim(address="charles@engines.test"),)
    )
    talk = uuid4()
    await keep(
        repository,
        account_id,
        *(said(one, capability="find_people", conversation=talk) for one in (ada(), charles)),
        request=Request(goal=Goal.EXECUTIVES, keys=Keys(domain=Domain("engines.test"))),
        person=None,
        executives=board,
    )
    mine = store(wire).in_the_name_of(account_id, None)
    found = await recalled(mine, "find_people", domain=Domain("engines.test"))
    assert {each.claim.full_name for each in found} == {"Ada Lovelace", "Charles Babbage"}
    call = Call.post("/v1/people", {"domain": "engines.test", "limit": 1})
    reply = await mine.send(call, within=SECOND)
    assert len(orjson.loads(reply.body)["observations"]) == 1


def opted_out(capability: str = "find_person") -> ProviderOutcome:
    return ProviderOutcome(
        provider="hunter",
        capability=capability,
        outcome=OutcomeKind.OPTED_OUT,
        reason=None,
        retry_after=None,
        latency=timedelta(0),
        cost=MicroUsd(0),
        calls=1,
        cached=None,
        records=0,
    )


async def test_who_opted_out_is_served_by_no_key(
    wire, repository, account_id, other_account_id
) -> None:
    for owner in (account_id, other_account_id):
        await keep(repository, owner, said(ada()), said(engines(), capability="find_company"))
    await keep(repository, account_id, outcomes=(opted_out(),), person=None, company=None)
    mine = store(wire).in_the_name_of(account_id, None)
    for keys in (
        {"email": Email(ADA)},
        {"full_name": "Ada Lovelace", "domain": Domain("engines.test")},
    ):
        assert await answer(mine, "find_person", **keys) == ClaimedByPerson()
    assert await recalled(mine, "find_people", domain=Domain("engines.test")) == []
    assert len(await recalled(mine, "find_company", domain=Domain("engines.test"))) == 1
    assert await titles(store(wire).in_the_name_of(other_account_id, None)) == ["Countess"]


async def test_who_opted_out_before_anything_was_known_is_remembered(
    engine, wire, repository, account_id
) -> None:
    for _ in range(2):
        await keep(repository, account_id, outcomes=(opted_out("find_email"),), person=None)
    mine = store(wire).in_the_name_of(account_id, None)
    assert await answer(mine, "find_person", email=Email(ADA)) == ClaimedByPerson()
    count = select(func.count()).where(tables.opt_outs.c.account_id == account_id)
    async with engine.connect() as connection:
        assert await connection.scalar(count) == 1


async def test_a_company_that_is_refused_opts_nobody_out(wire, repository, account_id) -> None:
    refused = (opted_out("find_company"), opted_out("find_people"))
    await keep(repository, account_id, said(ada()), outcomes=refused)
    assert await titles(store(wire).in_the_name_of(account_id, None)) == ["Countess"]


def test_retention_is_that_of_the_capability_or_the_given_one() -> None:
    offers = [
        Offer(
            provider="hunter",
            capability=capability,
            needs=(frozenset({"email"}),),
            hints=frozenset(),
            gives=frozenset({"title"}),
            credits=1,
            fresh_for=DAY,
        )
        for capability in ("find_person", "find_company", "verify_email")
    ]
    assert [shelf.retention for shelf in shelves(offers, None)] == [90 * DAY, 180 * DAY]
    assert shelves(offers, 7) == (
        Shelf("hunter", "find_person", 7 * DAY),
        Shelf("hunter", "find_company", 7 * DAY),
    )


async def test_a_database_that_is_away_is_the_providers_trouble(account_id) -> None:
    wire = Wire("postgresql://nobody@127.0.0.1:9/none")
    mine = store(wire).in_the_name_of(account_id, None)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        await recalled(mine)


async def test_a_database_that_is_slow_is_given_up(engine, wire, repository, account_id) -> None:
    await keep(repository, account_id, said(ada()))
    mine = store(wire).in_the_name_of(account_id, None)
    call = Call.post("/v1/person", {"email": ADA})
    async with engine.begin() as blocking:
        await blocking.execute(text("LOCK TABLE observations IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(ProviderTimedOut, match="in time"):
            await mine.send(call, within=timedelta(seconds=0.2))
    assert await titles(mine) == ["Countess"]


FILL = """
    INSERT INTO people (account_id, id, company_id, words, fields, confidence, providers, origins)
    SELECT :account, lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(1 + n % 400), 32, '0')::uuid,
        '', '{}', 1, '{}', '{}' FROM generate_series(1, 4000) AS n;
    INSERT INTO identities (account_id, subject, kind, value, subject_id)
    SELECT :account, 'person', 'email', 'p' || n || '@engines.test',
        lpad(to_hex(n), 32, '0')::uuid FROM generate_series(1, 4000) AS n;
    INSERT INTO identities (account_id, subject, kind, value, subject_id)
    SELECT :account, 'company', 'domain', 'c' || n || '.test', lpad(to_hex(n), 32, '0')::uuid
    FROM generate_series(1, 400) AS n;
    INSERT INTO observations (account_id, enrichment_id, conversation, ordinal, provider,
        capability, origin, kind, claim, observed_at, as_of, cached, person_id)
    SELECT :account, e.id, lpad(to_hex(n), 32, '0')::uuid, 0,
        (ARRAY['acme', 'hunter', 'register'])[1 + n % 3], 'find_person', 'acme', 'person', '{}',
        CAST(:now AS timestamptz) - n * interval '1 minute', CAST(:now AS date), false,
        lpad(to_hex(1 + n % 4000), 32, '0')::uuid
    FROM generate_series(1, 24000) AS n, (SELECT id FROM enrichments LIMIT 1) AS e;
    INSERT INTO observations (account_id, enrichment_id, conversation, ordinal, provider,
        capability, origin, kind, claim, observed_at, as_of, cached, company_id)
    SELECT :account, e.id, lpad(to_hex(100000 + n), 32, '0')::uuid, 0, 'acme', 'find_company',
        'acme', 'company', '{}', CAST(:now AS timestamptz) - n * interval '1 minute',
        CAST(:now AS date), false, lpad(to_hex(1 + n % 400), 32, '0')::uuid
    FROM generate_series(1, 24000) AS n, (SELECT id FROM enrichments LIMIT 1) AS e;
    ANALYZE
"""
BLIND = "UPDATE identities SET value = :digest WHERE kind = :kind AND value = :value"
COMPANIES = """
    INSERT INTO companies
        (account_id, id, fields, confidence, providers, workforce, workforce_change)
    SELECT :account, lpad(to_hex(n), 32, '0')::uuid, '{}', 1, '{}', '{}', '{}'
    FROM generate_series(1, 400) AS n
"""


@pytest.fixture(scope="module")
def grown_database(servers):
    with migrated_database(servers.database_url) as url:
        yield url, asyncio.run(_fill(url))


async def _fill(url: str) -> UUID:
    engine = create_engine(url, at_rest=AT_REST)
    try:
        account = await new_account(engine)
        await EnrichmentRepository(engine).record(
            enrichment(account), [], observations=Observations()
        )
        async with engine.begin() as connection:
            for statement in (COMPANIES, *FILL.split(";")):
                await connection.execute(text(statement), {"account": account, "now": NOW})
            for kind, value in (("email", "p77@engines.test"), ("domain", "c77.test")):
                given = {"kind": kind, "value": value, "digest": AT_REST.blind(kind, value)}
                await connection.execute(text(BLIND), given)
        return account
    finally:
        await engine.dispose()


QUESTIONS = {
    "/v1/person": ({"email": "p77@engines.test"}, "ix_observations_person"),
    "/v1/people": ({"domain": "c77.test", "limit": 25}, "ix_observations_person"),
    "/v1/company": ({"domain": "c77.test"}, "ix_observations_company"),
}


@pytest.mark.parametrize("path", QUESTIONS)
async def test_each_question_is_one_statement_read_from_indexes(grown_database, path) -> None:
    url, account = grown_database
    body, index = QUESTIONS[path]
    wire = _Explaining(url)
    mine = store(wire).in_the_name_of(account, None)
    try:
        reply = await mine.send(Call.post(path, body), within=10 * SECOND)
    finally:
        await wire.close()
    assert orjson.loads(reply.body)["observations"]
    (plan,) = wire.plans
    assert f"using {index} " in plan
    assert "using pk_observations " in plan
    assert "Seq Scan on observations" not in plan
    assert "Seq Scan on identities" not in plan
    assert "Seq Scan on people" not in plan


class _Explaining(Wire):
    """Shows what PostgreSQL makes of each statement that is sent."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.plans: list[str] = []

    async def rows(self, statement, columns):
        found = await super().rows(f"EXPLAIN {statement}", columns)
        self.plans.append("\n".join(row["QUERY PLAN"] for row in found))
        return await super().rows(statement, columns)
