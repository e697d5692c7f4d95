"""The `verify` command against a service that answers as a test says."""

import asyncio
import csv
import io
import json
from pathlib import Path

import httpx
import pytest

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.terminal import verifying
from roleferry_enrich.terminal.printing import Format
from roleferry_enrich.terminal.service import Service
from roleferry_enrich.terminal.verifying import Asked, plan_all, verify_all

ORLA, BO = "orla@quillmere.test", "bo@quillmere.test"


class Far:
    """A service: `late` answers in which everything is still being checked, then verdicts."""

    def __init__(self, late: int = 0) -> None:
        self.bodies: list[dict] = []
        self._late = late

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.bodies.append(body)
        count = len(body["emails"])
        cost = {"min_usd": 0.0, "expected_usd": 0.008 * count, "max_usd": 0.018 * count}
        if "dry_run" in request.url.params:
            asks = [{"provider": "neverbounce", "cost": cost}]
            return httpx.Response(
                200, json={"dry_run": True, "addresses": count, "asks": asks, "cost": cost}
            )
        pending = len(self.bodies) <= self._late
        results = [self._result(email, pending=pending) for email in body["emails"]]
        meta = {
            "status": "partial" if pending else "complete",
            "counts": {"pending": count if pending else 0},
            "cost_usd": 0.0 if self._late else 0.008 * count,
            "pending_cost_usd": 0.008 * count if pending else 0.0,
        }
        return httpx.Response(200, json={"results": results, "meta": meta})

    def _result(self, email: str, *, pending: bool) -> dict:
        source = {"provider": "neverbounce", "deliverability": "valid"}
        return {
            "email": email,
            "status": "unknown" if pending else "valid",
            "reasons": ["pending"] if pending else ["webmail"],
            "confidence": None if pending else 0.9,
            "sources": [] if pending else [source],
            "checked_on": None if pending else "2026-03-02",
            "cost_usd": 0.0 if pending else 0.008,
        }


@pytest.fixture
def far(monkeypatch):
    """Stands where every service does."""
    service = Far()
    monkeypatch.setattr(verifying, "_PAUSE_S", 0)

    def work(of, _url, _key):
        async def run():
            transport = httpx.MockTransport(service.answer)
            async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
                return await of(Service(client))

        return asyncio.run(run())

    monkeypatch.setattr(verifying, "work_there", work)
    return service


def asked(wait_s: float = 60, **options: object) -> Asked:
    return Asked({"strategy": "waterfall", **options}, wait_s, "http://x.test", "key")


def file(tmp_path: Path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_addresses_are_answered_as_a_table(far, capsys):
    verify_all([ORLA, BO], asked(), Format.TABLE)

    said = capsys.readouterr()
    assert ORLA in said.out
    assert "neverbounce: valid" in said.out
    assert "2 valid for $0.0160" in said.out
    assert "verified: 2" in said.err
    assert far.bodies[0]["emails"] == [ORLA, BO]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", f"name,E-Mail\nOrla,{ORLA}\nNobody,\nBo,{BO}\n"),
        ("a.csv", f"email;name\n{ORLA};Orla\n;Nobody\n{BO};Bo\n"),
        ("a.ndjson", f'{{"email": "{ORLA}"}}\n{{"email": null}}\n{{"email": "{BO}"}}\n'),
    ],
)
def test_a_file_is_read_by_its_column_of_addresses(far, tmp_path, capsys, name, text):
    verify_all([file(tmp_path, name, text)], asked(), Format.CSV)

    assert far.bodies[0]["emails"] == [ORLA, "", BO]
    assert [row["email"] for row in rows(capsys.readouterr().out)] == [ORLA, "", BO]


def test_a_long_file_goes_in_lists_and_comes_out_whole(far, tmp_path, capsys):
    emails = [f"n{n}@quillmere.test" for n in range(2_300)]
    source = file(tmp_path, "a.csv", "\n".join(["email", *emails]))

    verify_all([source], asked(max_cost=100), Format.JSON)

    answer = json.loads(capsys.readouterr().out)
    assert [len(body["emails"]) for body in far.bodies] == [1_000, 1_000, 300]
    assert [body["max_cost"] for body in far.bodies] == [100, 92, 84]
    assert [one["email"] for one in answer["results"]] == emails
    assert answer["meta"]["counts"]["valid"] == 2_300
    assert answer["meta"]["cost_usd"] == 18.4


def test_what_is_being_checked_is_asked_for_again(far, capsys):
    far._late = 2
    verify_all([ORLA], asked(), Format.JSON)

    answer = json.loads(capsys.readouterr().out)
    assert len(far.bodies) == 3
    assert answer["results"][0]["status"] == "valid"
    assert answer["meta"]["late_cost_usd"] == 0.016


def test_who_does_not_wait_is_told_what_is_still_being_checked(far, capsys):
    far._late = 9
    verify_all([ORLA], asked(wait_s=0), Format.TABLE)

    said = capsys.readouterr()
    assert len(far.bodies) == 1
    assert "1 unknown, 1 pending" in said.out
    assert "still being checked" in said.err


@pytest.mark.parametrize("form", list(Format))
def test_a_plan_sums_the_lists(far, tmp_path, capsys, form):
    source = file(tmp_path, "a.csv", "\n".join(["email", *([ORLA] * 1_500)]))

    plan_all([source], asked(), form)

    out = capsys.readouterr().out
    match form:
        case Format.TABLE:
            assert "1500 addresses: $12.0000 expected, at most $27.0000" in out
        case Format.JSON:
            assert json.loads(out)["cost"]["expected_usd"] == pytest.approx(12)
        case Format.CSV:
            assert rows(out)[0]["provider"] == "neverbounce"


def test_what_holds_no_addresses_is_refused(far, tmp_path):
    with pytest.raises(RecordsRefused, match=r"absent\.csv cannot be read"):
        verify_all([str(tmp_path / "absent.csv")], asked(), Format.CSV)
    with pytest.raises(RecordsRefused, match="no column named email"):
        verify_all([file(tmp_path, "a.csv", "name\nOrla\n")], asked(), Format.CSV)
    assert far.bodies == []


def test_a_cell_that_a_spreadsheet_would_run_is_defused(far, tmp_path, capsys):
    verify_all([file(tmp_path, "a.csv", "email\n=1+1@x.test\n")], asked(), Format.CSV)

    assert rows(capsys.readouterr().out)[0]["email"] == "'=1+1@x.test"
