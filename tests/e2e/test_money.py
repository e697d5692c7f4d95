"""Real processes that die at the worst moments, counted from the other end of the wire.

The sandbox's ledger says how often Apollo was really asked; PostgreSQL what we believe it cost.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import httpx
import psutil
import pytest
import redis
from tests.e2e.far_end import FarEnd, far_end
from tests.processes import eventually, free_port

import roleferry_enrich
from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers, embedded
from roleferry_enrich.private_servers.place import POSTGRES, Place
from roleferry_enrich.sandbox.population import populate
from roleferry_enrich.storage.engine import driver_url
from roleferry_enrich.storage.migrate import migrate

SOURCE = Path(roleferry_enrich.__file__).parents[1]
BUYER = Path(__file__).with_name("buyer.py")
PRICE = 25_000
_START = timedelta(seconds=30)
KNOWN = "orla.fenwick@quillmere.test"


@dataclass
class House:
    """A sandbox, PostgreSQL and Redis, an account, and those who buy in its name."""

    servers: Servers
    data_dir: Path
    sandbox: FarEnd
    account_id: UUID = field(default_factory=uuid4)
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str | Path, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            env={**os.environ, **self.environment(), **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def buyer(self, *addresses: str, stop_at: str = "-") -> subprocess.Popen[str]:
        return self.start(BUYER, str(self.account_id), stop_at, *addresses)

    def bought(self, *addresses: str) -> list[dict[str, object]]:
        """What a process that lives got for each address."""
        said, _ = self.buyer(*addresses).communicate(timeout=60)
        return [json.loads(line) for line in said.splitlines()[1:]]

    def calls(self) -> int:
        """How often Apollo was asked."""
        return self.sandbox.calls("apollo")

    def plan(self, fault: str, seconds: float, calls: int) -> None:
        self.sandbox.plan("apollo", fault, seconds=seconds, calls=calls)

    def rows(self, sql: str) -> list[asyncpg.Record]:
        async def ask() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(driver_url(self.servers.database_url))
            try:
                return await connection.fetch(sql)
            finally:
                await connection.close()

        return asyncio.run(ask())

    def booked(self) -> list[tuple[str, int]]:
        """Outcome and cost of every call, in the order they were sent."""
        found = self.rows("SELECT outcome, cost FROM provider_calls ORDER BY sent_at")
        return [(row["outcome"], row["cost"]) for row in found]

    def under_way(self) -> int:
        return self.rows("SELECT count(*) FROM call_intents WHERE reply IS NULL")[0][0]

    def environment(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(SOURCE),
            "ROLEFERRY_DATABASE_URL": self.servers.database_url,
            "ROLEFERRY_REDIS_URL": self.servers.redis_url,
            "ROLEFERRY_DATA_DIR": str(self.data_dir),
            "ROLEFERRY_SANDBOX_PORT": self.sandbox.url.rpartition(":")[2],
            "ROLEFERRY_PROVIDERS__APOLLO__BASE_URL": f"{self.sandbox.url}/apollo",
            "ROLEFERRY_PROVIDERS__APOLLO__API_KEY": "test-key-apollo",
            "ROLEFERRY_PROVIDERS__APOLLO__TIMEOUT_S": "2",
        }


@pytest.fixture(scope="module")
def whole_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Servers of its own: one test kills them."""
    data_dir = tmp_path_factory.mktemp("money")
    with embedded(data_dir) as servers, far_end(f"http://127.0.0.1:{free_port()}") as far:
        house = House(servers, data_dir, far)
        asyncio.run(migrate(servers.database_url))
        sandbox = house.start("-m", "roleferry_enrich", "sandbox", "--no-limits", "--no-latency")
        try:
            assert eventually(lambda: _answers(f"{far.url}/_health"), within=_START)
            yield house
        finally:
            sandbox.kill()
            sandbox.communicate()


@pytest.fixture
def house(whole_house: House) -> Iterator[House]:
    """As if nothing had happened in it yet."""
    house = replace(whole_house, account_id=uuid4(), processes=[])
    house.rows("TRUNCATE accounts CASCADE")
    house.rows(f"INSERT INTO accounts (id, name) VALUES ('{house.account_id}', 'Test account')")
    with redis.Redis.from_url(house.servers.redis_url) as client:
        client.flushall()
    house.sandbox.forget()
    house.sandbox.clear()
    try:
        yield house
    finally:
        for process in house.processes:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("point", ["settled", "remembered", "recorded"])
def test_what_was_paid_for_is_not_paid_again_after_a_kill(house: House, point: str) -> None:
    buyer = house.buyer(KNOWN, stop_at=point)
    _reach(buyer, point)
    assert eventually(lambda: house.under_way() == 0)
    buyer.kill()
    (answer,) = house.bought(KNOWN)

    assert (house.calls(), answer["cost"]) == (1, 0)
    assert answer["name"] == "Orla Fenwick"
    assert house.booked() == [("found", PRICE)]


def test_what_was_settled_outlives_the_cache_too(house: House) -> None:
    buyer = house.buyer(KNOWN, stop_at="settled")
    _reach(buyer, "settled")
    buyer.kill()
    (first,), (second,) = house.bought(KNOWN), house.bought(KNOWN)

    assert (house.calls(), first["cost"], second["cost"]) == (1, 0, 0)


@pytest.mark.parametrize("point", ["noted", "replied"])
def test_a_call_nobody_settled_is_booked_in_full_and_made_again(house: House, point: str) -> None:
    """Noted, it may have been made; replied, the answer died with the process."""
    buyer = house.buyer(KNOWN, stop_at=point)
    _reach(buyer, point)
    before = house.calls()
    buyer.kill()
    _let_time_pass(house)
    (answer,) = house.bought(KNOWN)

    assert (house.calls() - before, answer["cost"]) == (1, PRICE)
    assert house.booked() == [("lost", PRICE), ("found", PRICE)]
    assert house.under_way() == 0


def test_a_kill_while_the_provider_works_costs_one_call_more(house: House) -> None:
    house.plan("slow", seconds=1.5, calls=1)
    buyer = house.buyer(KNOWN)
    assert eventually(lambda: house.calls() == 1)
    buyer.kill()
    _let_time_pass(house)
    (answer,) = house.bought(KNOWN)

    assert (house.calls(), answer["name"]) == (2, "Orla Fenwick")
    assert house.booked() == [("lost", PRICE), ("found", PRICE)]


def test_who_comes_while_a_dead_process_may_still_live_waits_for_it(house: House) -> None:
    house.plan("slow", seconds=1, calls=1)
    leader = house.buyer(KNOWN)
    assert eventually(lambda: house.under_way() == 1)
    (answer,) = house.bought(KNOWN)
    leader.communicate(timeout=60)

    assert (house.calls(), answer["cost"], answer["name"]) == (1, 0, "Orla Fenwick")


def test_a_hundred_equal_requests_to_two_processes_are_paid_once(house: House) -> None:
    house.plan("slow", seconds=0.5, calls=1)
    buyers = [house.buyer(*[KNOWN] * 50) for _ in range(2)]
    said = [buyer.communicate(timeout=60)[0].splitlines()[1:] for buyer in buyers]
    answers = [json.loads(line) for lines in said for line in lines]

    assert [answer["name"] for answer in answers] == ["Orla Fenwick"] * 100
    assert house.calls() == 1
    assert sum(answer["cost"] for answer in answers) == PRICE
    assert house.booked() == [("found", PRICE)]


def test_a_client_that_went_away_finds_its_answer_paid_for(house: House) -> None:
    house.plan("slow", seconds=1, calls=1)
    port, key = free_port(), asyncio.run(_key(house))
    house.start("-m", "roleferry_enrich", "serve", ROLEFERRY_PORT=str(port))
    url = f"http://127.0.0.1:{port}"
    assert eventually(lambda: _answers(f"{url}/health/ready"), within=_START)
    body = {"email": KNOWN, "enrich": ["full_name"], "providers": {"include": ["apollo"]}}
    headers = {"Authorization": f"Bearer {key}"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{url}/enrich", json=body, headers=headers, timeout=0.5)
    assert eventually(lambda: house.booked() == [("found", PRICE)])
    again = httpx.post(f"{url}/enrich", json=body, headers=headers, timeout=60).json()

    assert (again["full_name"], again["meta"]["cost_usd"]) == ("Orla Fenwick", 0)
    assert house.calls() == 1


@pytest.mark.parametrize("fault", ["unauthorised", "payment"])
def test_a_dead_key_is_tried_once_and_costs_nothing(house: House, fault: str) -> None:
    house.plan(fault, seconds=0, calls=100)
    answers = house.bought(*(f"nobody{n}@quillmere.test" for n in range(20)))

    # All twenty were on their way before the first refusal could be heard; none is tried twice.
    assert house.calls() <= 20
    assert {answer["cost"] for answer in answers} == {0}
    assert {cost for _, cost in house.booked()} == {0}
    assert len(house.booked()) == house.calls()
    assert house.under_way() == 0


def test_a_database_that_is_killed_again_and_again_costs_no_call_twice(house: House) -> None:
    people = populate(7, 500).people
    addresses = [person.email for person in people if person.email][:120]
    house.plan("slow", seconds=0.3, calls=10_000)
    buyer = house.buyer(*addresses)
    _reach(buyer, None)
    for _ in range(4):
        _kill_postgres(house)
        _go_on(house, buyer)
    buyer.communicate(timeout=60)
    made = house.calls()
    answers = house.bought(*addresses)
    booked = house.booked()

    # Each call that was made is booked once; only those who were refused cost anything now.
    assert house.calls() == len(booked)
    assert sum(answer["cost"] for answer in answers) == sum(cost for _, cost in booked[made:])
    assert house.under_way() == 0
    assert "lost" not in {outcome for outcome, _ in booked}
    (again,) = {answer["cost"] for answer in house.bought(*addresses)}
    assert again == 0


def _reach(buyer: subprocess.Popen[str], point: str | None) -> None:
    assert buyer.stdout is not None
    assert buyer.stdout.readline() == "ready\n"
    if point is not None:
        assert buyer.stdout.readline() == f"at {point}\n"


def _let_time_pass(house: House) -> None:
    """Until whoever made the calls under way counts as dead."""
    house.rows("UPDATE call_intents SET expires_at = now() WHERE reply IS NULL RETURNING 1")


def _kill_postgres(house: House) -> None:
    """Its keeper starts it again."""
    place = Place(house.data_dir, POSTGRES)
    killed = _server(place)
    assert killed is not None
    psutil.Process(killed).kill()
    assert eventually(lambda: _server(place) not in {None, killed}, within=_START)


def _server(place: Place) -> int | None:
    state = place.read()
    return state.server if state and state.answers() else None


def _go_on(house: House, buyer: subprocess.Popen[str]) -> None:
    """Until it has made another call, or has nothing left to ask."""
    before = house.calls()
    eventually(lambda: house.calls() > before or buyer.poll() is not None)


async def _key(house: House) -> str:
    settings = Settings(data_dir=house.data_dir)
    async with open_accounts(settings, house.servers) as accounts:
        return await accounts.create_key(house.account_id, "test", frozenset({"enrich", "read"}))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1, trust_env=False).is_success
    except httpx.TransportError:
        return False
