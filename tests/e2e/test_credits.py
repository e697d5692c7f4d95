"""Credits from outside: real processes, an account of its own, and the ledger that they leave."""

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.e2e.installation import Installation
from tests.processes import eventually

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.embedded import Servers
from roleferry_enrich.sandbox.population import populate
from roleferry_enrich.storage.credits import CreditRepository
from roleferry_enrich.storage.engine import create_engine

END = timedelta(seconds=60)
# Not those whom other tests ask for.
PEOPLE = [person.email for person in reversed(populate(7, 500).people) if person.email][60:]
ONLY = {"providers": {"include": ["hunter"]}, "deadline_ms": 10_000}


class Payer:
    """An account with credits, and a client in its name."""

    def __init__(self, installation: Installation) -> None:
        env = installation.environment
        self._settings = Settings(data_dir=Path(env["ROLEFERRY_DATA_DIR"]))
        self._url = env["ROLEFERRY_DATABASE_URL"]
        self._servers = Servers(self._url, installation.redis_url)
        self.id, key = asyncio.run(self._made())
        headers = {"Authorization": f"Bearer {key}"}
        limits = httpx.Limits(max_connections=60)
        self.client = httpx.Client(
            base_url=installation.url, headers=headers, timeout=60, trust_env=False, limits=limits
        )

    async def _made(self) -> tuple[UUID, str]:
        async with open_accounts(self._settings, self._servers) as accounts:
            owner = await accounts.create_account("pays")
            return owner, await accounts.create_key(owner, "e2e", {"enrich", "read"})

    def grant(self, credits: int) -> None:
        """And wait until the service knows of it."""
        asyncio.run(self._repository("grant", self.id, credits))
        assert eventually(lambda: self.shown()["metered"], within=END)

    def shown(self) -> dict[str, Any]:
        return self.client.get("/account/credits", params={"limit": 100}).json()

    def ask(self, address: str) -> httpx.Response:
        return self.client.post("/enrich", json={"email": address, **ONLY})

    def settled(self) -> dict[str, Any]:
        """What is shown when nothing is held any more."""
        assert eventually(lambda: self.shown()["held"] == 0, within=END)
        assert self.id not in asyncio.run(self._repository("unbalanced"))
        return self.shown()

    async def _repository(self, method: str, *given: object) -> Any:
        engine = create_engine(self._url, pool_size=1)
        try:
            return await getattr(CreditRepository(engine), method)(*given)
        finally:
            await engine.dispose()


def finds(answer: httpx.Response) -> bool:
    """Whether it tells of anything, and somebody was asked who knew something."""
    if answer.status_code != 200:
        return False
    told = answer.json()
    asked = [said for said in told["meta"]["providers"] if said["cached"] is None]
    # That a mailbox receives mail is found too, and tells nothing of somebody unknown.
    is_told = any(told[name] is not None for name in PERSON_FIELDS)
    return is_told and "found" in {said["outcome"] for said in asked}


@pytest.fixture
def payer(installation: Installation) -> Iterator[Payer]:
    payer = Payer(installation)
    with payer.client:
        yield payer


def test_h20_the_last_ten_credits_pay_for_exactly_ten(payer, promise):
    payer.grant(10)
    answers = []
    # A busy provider may leave one unanswered: its credit is given back, and pays for another.
    for start in range(1, len(PEOPLE), 50):
        with ThreadPoolExecutor(50) as pool:
            answers += pool.map(payer.ask, PEOPLE[start : start + 50])
        shown = payer.settled()
        found = [answer for answer in answers if finds(answer)]
        assert shown["charged"] == len(found) == 10 - shown["balance"]
        if not shown["balance"]:
            break
    refused = [answer for answer in answers if answer.status_code != 200]
    assert {answer.status_code for answer in refused} == {402}
    promise.holds_for("enrichContact", refused[0])
    assert "have credits added" in refused[0].json()["detail"]
    assert (shown["balance"], shown["charged"]) == (0, 10)
    promise.holds_for("getCredits", payer.client.get("/account/credits"))


def test_h21_who_goes_away_is_charged_once_and_the_retry_is_free(payer, promise, installation):
    payer.grant(10)
    installation.sandbox.plan("hunter", "slow", seconds=0.5, calls=1)
    body = {"email": PEOPLE[0], **ONLY}
    with contextlib.suppress(httpx.ReadTimeout):
        payer.client.post("/enrich", json=body, timeout=0.2)
    assert eventually(lambda: payer.shown()["charged"] == 1, within=END)
    first = payer.client.get("/account/usage").json()["total"]
    again = payer.ask(PEOPLE[0])
    assert again.json()["meta"]["cost_usd"] == 0
    shown = payer.settled()
    assert (shown["balance"], shown["charged"]) == (9, 1)
    usage = payer.client.get("/account/usage")
    promise.holds_for("getUsage", usage)
    [key] = usage.json()["keys"]
    assert (key["credits"], key["value"] is not None) == (1, True)
    assert (key["calls"], key["cost_usd"]) == (first["calls"], first["cost_usd"])


def test_a_batch_that_runs_dry_says_which_items_were_not_paid_for(payer):
    payer.grant(5)
    items = [{"email": address, **ONLY} for address in PEOPLE[1000:1030]]
    job = payer.client.post("/enrich/batch", json={"items": items}).json()["job"]
    path = f"/jobs/{job['id']}"
    assert eventually(lambda: payer.client.get(path).json()["state"] == "done", within=END)
    results = payer.client.get(f"{path}/results", params={"limit": 50}).json()["items"]
    failed = [item for item in results if item["state"] == "failed"]
    assert {item["reason"] for item in failed} == {"insufficient_credits"}
    shown = payer.settled()
    assert (shown["charged"], shown["balance"]) == (5, 0)
    # What found nothing cost nothing, and needed no credit of its own.
    assert len(results) - len(failed) >= 5
