import asyncio
import csv
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from typer.testing import CliRunner

from roleferry_enrich.cli import app
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.terminal import auditing

ACCOUNT = UUID(int=1)


class Log:
    """250 entries, in pages."""

    def __init__(self, _: object) -> None:
        self.entries = [_entry(number) for number in range(250)]

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[AuditEntry]:
        assert account_id == ACCOUNT
        start = int(after or 0)
        more = str(start + limit) if start + limit < len(self.entries) else None
        return Page(items=tuple(self.entries[start : start + limit]), next=more)


def _entry(number: int) -> AuditEntry:
    return AuditEntry(
        id=UUID(int=number),
        account_id=ACCOUNT,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        key_id="k1",
        operation="getContact",
        resource="=1+1",
        subjects=[b"\x01"],
        status=200,
    )


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(auditing, "AuditRepository", Log)
    monkeypatch.setattr(auditing, "with_database", lambda _, work: asyncio.run(work(None)))

    def say(*words: str) -> str:
        result = CliRunner().invoke(app, ["audit", str(ACCOUNT), *words])
        assert result.exit_code == 0, result.output
        return result.output

    return say


def test_as_many_as_wanted_are_printed(said):
    assert len(json.loads(said("--format", "json"))["items"]) == 100
    assert len(json.loads(said("--format", "json", "--limit", "120"))["items"]) == 120
    assert "getContact" in said()


def test_all_are_exported_without_formulas(said):
    rows = list(csv.DictReader(said("-f", "csv", "--limit", "10000").splitlines()))
    assert len(rows) == 250
    assert (rows[0]["resource"], rows[0]["subjects"]) == ("'=1+1", "01")
