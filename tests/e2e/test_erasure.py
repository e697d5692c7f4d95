"""H72, H78: of somebody who was erased nothing is found, wherever their data had come in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import redis
from tests.e2e.conftest import _client
from tests.e2e.test_webhooks import bounce, sendgrid
from tests.privacy import erasing
from tests.processes import eventually

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.embedded import Servers
from roleferry_enrich.settings import Settings
from roleferry_enrich.storage.at_rest import open_at_rest

SLOW_S = 1.5


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


pytestmark = pytest.mark.usefixtures("list_emptied")


@pytest.fixture(scope="module")
def canary(installation) -> Canary:
    page = httpx.get(f"{installation.sandbox_url}/_truth?per_page=40&page=12").json()
    for company in page["companies"]:
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

    yield from _client(installation.url, asyncio.run(key()))


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
    person = {"email": canary.email, "deadline_ms": 5000}
    answer = client.post("/enrich", json=person)
    assert answer.json()["meta"]["status"] in {"complete", "partial"}
    listed = client.post("/companies/executives", json={"domain": canary.domain})
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


def test_h72_who_is_erased_while_being_looked_up_is_in_no_answer_and_no_table(
    installation, client, operator, canary
):
    readable = come_in(client, canary)
    assert [path for path in readable if not canary.is_in(client.get(path).text)] == []
    before = tables_with(installation, canary)
    assert {"people", "observations", "enrichments", "job_items", "mailbox_reports"} <= set(before)

    fault = {"provider": "hunter", "fault": "slow", "seconds": SLOW_S, "for": 1_000}
    httpx.post(f"{installation.sandbox_url}/_faults", json=fault).raise_for_status()
    asked = {"email": canary.email, "deadline_ms": 5000, "max_age": 0}
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(client.post, "/enrich", json=asked)
        everywhere = {"email": canary.email.upper(), "everywhere": True}
        receipt = operator.post("/privacy/erasures", json=everywhere).json()
        answer = under_way.result()
    httpx.delete(f"{installation.sandbox_url}/_faults")

    assert receipt["counts"]["people"] >= 1
    assert not canary.is_in(str(receipt))
    assert not canary.is_in(answer.text)
    assert [path for path in readable if canary.is_in(client.get(path).text)] == []
    assert eventually(lambda: not tables_with(installation, canary), within=timedelta(minutes=1))
    assert redis_with(installation, canary) == []
    assert not canary.is_in(installation.log())


def test_who_was_erased_is_asked_of_nobody(client, installation, canary):
    for spelling in (canary.email.upper(), canary.email.replace("@", "+news@")):
        again = client.post("/enrich", json={"email": spelling}).json()
        assert again["meta"]["status"] == "suppressed"
        assert again["meta"]["cost_usd"] == 0
    listed = client.post("/companies/executives", json={"domain": canary.domain, "max_age": 0})
    assert listed.json()["executives"]
    assert not canary.is_in(listed.text)
