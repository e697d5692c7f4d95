"""A service of jobs in memory, as a command sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from roleferry_enrich.terminal.batches.contacts import ContactsFile, examined
from roleferry_enrich.terminal.service import ServiceRefused

PAGE = 100
STATES = ("queued", "running", "done", "not_found", "failed", "dead", "cancelled", "suppressed")
Json = dict[str, Any]


@dataclass
class FakeJob:
    id: str
    items: Sequence[Json]
    refused: Mapping[int, str]
    """Rows not accepted; `told` of them with their reason."""
    told: int
    ended: set[int] = field(default_factory=set)
    """Rows that have ended; all at the next look, unless `held`."""

    @property
    def accepted(self) -> Sequence[int]:
        return [row for row in range(1, len(self.items) + 1) if row not in self.refused]

    @property
    def is_over(self) -> bool:
        return self.ended >= set(self.accepted)

    def data(self) -> Json:
        done = len(self.ended)
        counts = dict.fromkeys(STATES, 0) | {"queued": len(self.accepted) - done, "done": done}
        return {
            "id": self.id,
            "state": "done" if self.is_over else "running" if done else "queued",
            "items": len(self.accepted),
            "refused_items": len(self.refused),
            "counts": counts,
            "cost_usd": done / 100,
            "cache_hits": 1,
        }

    def item(self, row: int) -> Json:
        email = self.items[row - 1]["email"]
        answer = {"full_name": f"Of {email}", "technologies": ["a", "b"], "state": "Ohio"}
        answer["meta"] = {"status": "complete", "enrichment_id": f"e-{row}"}
        told = {"state": "done", "reason": None, "cost_usd": 0.01, "answer": answer}
        return {"row": row, "reference": None, **told}


@dataclass
class FakeService:
    """Refuses each item whose address is `bad`. What ends when is the test's choice."""

    made: dict[str, FakeJob] = field(default_factory=dict)
    asked: list[tuple[str, str, Json]] = field(default_factory=list)
    told: int = 1_000
    failures: list[ServiceRefused] = field(default_factory=list)
    """Raised one by one by what is asked next."""

    async def ask(self, method: str, path: str, having: object, **sent: Any) -> Json:
        self.asked.append((method, path, sent))
        if self.failures:
            raise self.failures.pop(0)
        if method == "POST":
            return self._create(sent)
        job = next((it for it in self.made.values() if it.id == path.split("/")[2]), None)
        if job is None:
            raise ServiceRefused("there is no such job", status=404)
        return self._page(job, sent["params"]) if path.endswith("results") else job.data()

    def posts(self) -> list[Json]:
        return [sent for method, _, sent in self.asked if method == "POST"]

    def _create(self, sent: Json) -> Json:
        key = sent["headers"]["Idempotency-Key"]
        items = [orjson.loads(line) for line in sent["content"].split(b"\n")]
        refused = {n: "is no address" for n, it in enumerate(items, 1) if it["email"] == "bad"}
        if len(refused) == len(items):
            raise ServiceRefused("no item", status=422, faults=_faults(refused))
        replayed = {"replayed": True} if key in self.made else {}
        known = self.made.setdefault(
            key, FakeJob(f"job-{len(self.made) + 1}", items, refused, self.told)
        )
        errors = [
            {"row": row, "field": "email", "code": "c", "message": why}
            for row, why in list(refused.items())[: self.told]
        ]
        return {"job": known.data(), "errors": errors, **replayed}

    def _page(self, job: FakeJob, params: Mapping[str, str]) -> Json:
        rows = [row for row in sorted(job.ended) if row > int(params.get("after", 0))]
        page = rows[: int(params["limit"])]
        more = str(page[-1]) if len(rows) > len(page) else None
        return {"items": [job.item(row) for row in page], "next": more, "complete": job.is_over}


def _faults(refused: Mapping[int, str]) -> Sequence[Mapping[str, str]]:
    return [
        {"field": f"items[{row - 1}].email", "code": "c", "message": why}
        for row, why in refused.items()
    ]


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def contacts(tmp_path: Path) -> Callable[..., ContactsFile]:
    """A file of this text, read once."""

    def read(text: str | bytes, *columns: str, **added: str) -> ContactsFile:
        path = tmp_path / "leads.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return examined(path, columns, added)

    return read
