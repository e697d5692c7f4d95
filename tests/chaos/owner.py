"""Who sends the batches and reads what came of them: over HTTP alone, as any owner would."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from roleferry_enrich.sandbox.population import populate

_TIMEOUT_S = 20.0
# Too many, or the same request is still under way: of an API that was killed, until its lease ends.
_LATER = {409, 429}
_RETRY_S = 0.3
_TRIES = 400
# So many batches are not sent again when no answer came, and their fate is unknown.
_GIVES_UP = 0.04
_LARGEST = 200


def subjects(items: int, companies: int) -> list[str]:
    """Addresses of the sandbox's population, each of which is asked for once."""
    people = populate(7, companies).people
    return list(dict.fromkeys(person.email for person in people if person.email))[:items]


def cut(addresses: Sequence[str], chance: random.Random) -> list[list[str]]:
    """Into batches, some small, some large."""
    batches, begin = [], 0
    while begin < len(addresses):
        size = chance.choice((1, 5, 20, 50, _LARGEST))
        batches.append(list(addresses[begin : begin + size]))
        begin += size
    return batches


@dataclass
class Owner:
    url: str
    key: str
    chance: random.Random
    attempted: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    """What a 202 was received for."""
    jobs: set[str] = field(default_factory=set)

    async def send(self, batches: Sequence[Sequence[str]], seconds: float) -> None:
        """One after the other, spread over the time."""
        async with self._client() as client, asyncio.TaskGroup() as group:
            for number, batch in enumerate(batches):
                group.create_task(self._insist(client, number, batch))
                await asyncio.sleep(seconds / len(batches))

    async def _insist(self, client: httpx.AsyncClient, number: int, batch: Sequence[str]) -> None:
        """Under one key until it is answered, or, now and then, no more than once."""
        self.attempted.update(batch)
        gives_up = self.chance.random() < _GIVES_UP
        for _ in range(1 if gives_up else _TRIES):
            job = await self._post(client, f"chaos-{number}", batch)
            if job is not None:
                self.accepted.update(batch)
                self.jobs.add(job)
                return
            await asyncio.sleep(_RETRY_S)

    async def _post(self, client: httpx.AsyncClient, key: str, batch: Sequence[str]) -> str | None:
        """The job of a 202; None where no answer came, or one that says: later."""
        only = {"providers": {"include": ["hunter"]}, "enrich": ["full_name", "title"]}
        items = [{"email": address, "reference": address, **only} for address in batch]
        headers = {"Idempotency-Key": key}
        try:
            answer = await client.post("/enrich/batch", json={"items": items}, headers=headers)
        except httpx.HTTPError:
            return None
        if answer.status_code >= 500 or answer.status_code in _LATER:
            return None
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job"]["id"])

    async def listed(self) -> list[dict[str, Any]]:
        """All the jobs there are, also those whose 202 nobody received."""
        async with self._client() as client:
            found: list[dict[str, Any]] = []
            after: str | None = None
            while True:
                given = {"limit": 100, **({"after": after} if after else {})}
                page = (await self._got(client, "/jobs", params=given)).json()
                found.extend(page["items"])
                after = page["next"]
                if after is None:
                    return found

    async def results(self) -> "Results":
        found = Results()
        for job in await self.listed():
            found.jobs.add(job["id"])
            async with self._client() as client:
                headers = {"Accept": "application/x-ndjson"}
                answer = await self._got(client, f"/jobs/{job['id']}/results", headers=headers)
            for line in answer.text.splitlines():
                item = json.loads(line)
                found.references[item["reference"]] += 1
                found.states[item["state"]] += 1
                if item["state"] != "done":
                    found.reasons[item["reason"] or item["state"]] += 1
        return found

    # Any: what httpx takes.
    async def _got(self, client: httpx.AsyncClient, path: str, **given: Any) -> httpx.Response:
        """Insists: a database that was just killed may be away still, and answers come late."""
        for _ in range(_TRIES):
            with suppress(httpx.TransportError):
                answer = await client.get(path, **given)
                if answer.status_code != 503:
                    return answer.raise_for_status()
            await asyncio.sleep(_RETRY_S)
        raise AssertionError(f"GET {path} was never answered")

    def _client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=_TIMEOUT_S, trust_env=False
        )


@dataclass
class Results:
    """What the owner finds in the end."""

    references: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    jobs: set[str] = field(default_factory=set)
