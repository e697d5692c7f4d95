"""H72, H78: of somebody who was erased nothing is found, wherever their data had come in."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from tests.e2e.installation import Installation, running_installation
from tests.e2e.test_webhooks import bounce, sendgrid
from tests.privacy import erasing
from tests.processes import eventually

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.embedded import Servers, embedded
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.migrate import migrate

SLOW_S = 3.0
# What is tested is not how fast a busy machine answers.
PATIENT = {"deadline_ms": 10_000}


@dataclass(frozen=True)
class Canary:
    """Somebody of the invented world whom no other test asks for."""

    email: str
    name: str
    phone: str
    slug: str
    domain: str

    def is_in(self, text: str) -> bool:
        words = [self.email, self.name.casefold(), self.slug, self.phone[-9:]]
        return any(word in form for form in erasing.forms(text) for word in words)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """With a database of its own: all that is stored is opened, under the keys of one ring."""
    data_dir = tmp_path_factory.mktemp("erasure")
    with embedded(data_dir) as servers:
        asyncio.run(migrate(servers.database_url))
        with running_installation(servers, data_dir) as installation:
            yield installation


@pytest.fixture(scope="module")
def client(installation: Installation) -> Iterator[httpx.Client]:
    with installation.client(installation.key) as client:
        yield client


@pytest.fixture(scope="module")
def canary(installation) -> Canary:
    for company in installation.sandbox.truth(per_page=40, page=12):
        for person in company["people"]:
            if person["mobile"] and person["mailbox_works"] and person["seniority"] == "c_suite":
                return Canary(
                    email=person["email"],
                    name=f"{person['first_name']} {person['last_name']}",
                    phone="".join(filter(str.isdigit, person["mobile"])),
                    slug=person["linkedin_slug"],
                    domain=person["email"].partition("@")[2],
                )
    raise AssertionError("nobody has a telephone")


def settings_of(installation) -> Settings:
    return Settings(data_dir=Path(installation.environment["ROLEFERRY_DATA_DIR"]))


@pytest.fixture(scope="module")
def operator(installation):
    env = installation.environment
    servers = Servers(env["ROLEFERRY_DATABASE_URL"], env["ROLEFERRY_REDIS_URL"])

    async def key() -> str:
        async with open_accounts(settings_of(installation), servers) as accounts:
            account = await accounts.create_account("operator")
            return await accounts.create_key(account, "operator", frozenset(Scope))

    with installation.client(asyncio.run(key())) as operator:
        yield operator


def tables_with(installation, canary: Canary) -> list[str]:
    at_rest = open_at_rest(settings_of(installation))
    url = installation.environment["ROLEFERRY_DATABASE_URL"]
    return asyncio.run(erasing.tables_with(url, at_rest, canary.is_in))


def redis_with(installation, canary: Canary) -> list[bytes]:
    with redis.Redis.from_url(installation.redis_url) as server:
        found = [(key, server.dump(key) or b"") for key in server.scan_iter(count=1000)]
    return [key for key, value in found if canary.is_in((key + value).decode("latin-1"))]


def ended(client, job) -> bool:
    return client.get(f"/jobs/{job}").json()["state"] == "done"


def come_in(client, canary: Canary) -> list[str]:
    """By every door there is; where the person can be read then."""
    person = {"email": canary.email, **PATIENT}
    answer = client.post("/enrich", json=person)
    assert answer.json()["meta"]["status"] in {"complete", "partial"}
    listed = client.post("/companies/executives", json={"domain": canary.domain, **PATIENT})
    assert canary.is_in(listed.text)
    client.post("/emails/verify", json={"emails": [canary.email]})
    items = [{**person, "reference": f"crm {canary.name}"}]
    job = client.post("/enrich/batch", json={"items": items}).json()["job"]["id"]
    assert sendgrid(client, bounce(canary.email)).is_success
    assert eventually(lambda: ended(client, job))
    asked, led = (f"/enrichments/{it.json()['meta']['enrichment_id']}" for it in (answer, listed))
    assert eventually(lambda: client.get(asked).is_success and client.get(led).is_success)
    contact = client.get(asked).json()["meta"]["contact_id"]
    return [f"/contacts/{contact}", asked, led, f"/jobs/{job}/results"]


@pytest.mark.timeout(300)
def test_h72_who_is_erased_while_being_looked_up_is_in_no_answer_and_no_table(
    installation, client, operator, canary
):
    readable = come_in(client, canary)
    assert [path for path in readable if not canary.is_in(client.get(path).text)] == []
    before = tables_with(installation, canary)
    assert {"people", "observations", "enrichments", "job_items", "mailbox_reports"} <= set(before)

    installation.sandbox.plan("hunter", "slow", seconds=SLOW_S)
    asked = {"email": canary.email, "max_age": 0, **PATIENT}
    calls = installation.sandbox.calls("hunter")
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(client.post, "/enrich", json=asked)
        assert eventually(lambda: installation.sandbox.calls("hunter") > calls)
        everywhere = {"email": canary.email.upper(), "everywhere": True}
        receipt = operator.post("/privacy/erasures", json=everywhere).json()
        answer = under_way.result()
    installation.sandbox.clear()

    assert receipt["counts"]["people"] >= 1
    assert not canary.is_in(str(receipt))
    assert not canary.is_in(answer.text)
    assert [path for path in readable if canary.is_in(client.get(path).text)] == []
    assert eventually(lambda: not tables_with(installation, canary), within=timedelta(minutes=2))
    assert redis_with(installation, canary) == []
    assert not canary.is_in(installation.log())


def test_who_was_erased_is_asked_of_nobody(client, installation, canary):
    for spelling in (canary.email.upper(), canary.email.replace("@", "+news@")):
        again = client.post("/enrich", json={"email": spelling}).json()
        assert again["meta"]["status"] == "suppressed"
        assert again["meta"]["cost_usd"] == 0
    asked = {"domain": canary.domain, "max_age": 0, **PATIENT}
    listed = client.post("/companies/executives", json=asked)
    assert listed.json()["executives"]
    assert not canary.is_in(listed.text)
