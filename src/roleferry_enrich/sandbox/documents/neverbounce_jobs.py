"""A NeverBounce job: rows given, verdicts per row, and how it stands.

It advances each time it is looked at, not with the clock, so that it takes no time where nobody
waits.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from roleferry_enrich.sandbox.documents.neverbounce import Document, address_info

_LOOKS_TAKEN = 2
_TOTALS = ("valid", "invalid", "catchall", "disposable", "unknown")
_FILTERS: Mapping[str, str] = {
    "valids": "valid",
    "invalids": "invalid",
    "disposables": "disposable",
    "catchalls": "catchall",
    "unknowns": "unknown",
}
_SHOWN_AT_FIRST = {**dict.fromkeys(_FILTERS, True), "duplicates": False, "bad_syntax": True}


@dataclass(slots=True)
class Job:
    id: int
    filename: str
    rows: Sequence[Document]
    """As given, each value a text."""
    verdicts: Mapping[str, Document]
    """By address."""
    created_at: datetime
    parsed: bool = False
    started: bool = False
    looks: int = 0
    """Since it was started."""

    @property
    def state(self) -> str:
        if not self.parsed:
            return "uploading"
        if not self.started:
            return "waiting"
        return "complete" if self.looks >= _LOOKS_TAKEN else "running"

    @property
    def billable(self) -> int:
        return sum("bad_syntax" not in verdict["flags"] for verdict in self.verdicts.values())

    def looked_at(self) -> Document:
        """How it stands, one look later."""
        self.looks += self.started
        return self.standing()

    def standing(self) -> Document:
        done = self.state == "complete"
        share = 1.0 if done else 0.405 if self.started else 0.0
        return {
            "id": self.id,
            "filename": self.filename,
            "created_at": _at(self.created_at),
            "started_at": _at(self.created_at) if self.started else None,
            "finished_at": _at(datetime.now(UTC)) if done else None,
            "failure_reason": None,
            "total": self._totals(done=done, processed=int(len(self.rows) * share)),
            "bounce_estimate": round(self._counts()["invalid"] / max(1, len(self.rows)), 3),
            "percent_complete": share * 100,
            "job_status": self.state,
        }

    def results(self, shown: Mapping[str, bool], page: int, size: int) -> Document:
        shown = {**_SHOWN_AT_FIRST, **shown}
        rows = [row for row in self._results() if self._is_shown(row, shown)]
        start = (page - 1) * size
        echoed = {name: int(is_shown) for name, is_shown in shown.items()}
        return {
            "total_results": len(rows),
            "total_pages": -(-len(rows) // size),
            "query": {"job_id": self.id, **echoed, "page": page, "items_per_page": size},
            "results": [
                {"data": row["data"], "verification": row["verification"]}
                for row in rows[start : start + size]
            ],
        }

    def _results(self) -> list[Document]:
        seen: set[str] = set()
        found = []
        for row in self.rows:
            email = row["email"]
            verification = {**self.verdicts[email], "address_info": address_info(email)}
            found.append({"data": row, "verification": verification, "again": email in seen})
            seen.add(email)
        return found

    def _is_shown(self, row: Document, shown: Mapping[str, bool]) -> bool:
        if row["again"] and not shown["duplicates"]:
            return False
        if "bad_syntax" in row["verification"]["flags"]:
            return shown["bad_syntax"]
        result = row["verification"]["result"]
        return any(is_shown and _FILTERS.get(name) == result for name, is_shown in shown.items())

    def _counts(self) -> Counter[str]:
        return Counter(verdict["result"] for verdict in self.verdicts.values())

    def _totals(self, *, done: bool, processed: int) -> Document:
        counts = self._counts() if done else Counter[str]()
        return {
            "records": len(self.rows) if self.parsed else 0,
            "billable": self.billable if self.parsed else 0,
            "processed": processed,
            **{result: counts[result] for result in _TOTALS},
            "duplicates": len(self.rows) - len(self.verdicts) if self.parsed else 0,
            "bad_syntax": len(self.verdicts) - self.billable if self.parsed else 0,
        }


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
