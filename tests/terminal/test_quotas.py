import asyncio
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from roleferry_enrich.accounts.quotas import Quota
from roleferry_enrich.cli import app
from roleferry_enrich.terminal import agreeing

ACCOUNT = uuid4()


class Kept:
    agreed: Quota | None = None

    async def get(self, _: object) -> Quota | None:
        return self.agreed

    async def agree(self, _: object, quota: Quota) -> None:
        self.agreed = quota

    async def end(self, _: object) -> None:
        self.agreed = None


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()

    def with_database(_: object, work: object) -> object:

        return asyncio.run(work(None))

    monkeypatch.setattr(agreeing, "with_database", with_database)
    monkeypatch.setattr(agreeing, "QuotaRepository", lambda _: kept)
    return kept


def said(*words: str) -> list[str]:
    result = CliRunner().invoke(app, ["quotas", *words])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_a_quota_is_agreed_shown_and_ended(kept):
    assert said("agree", str(ACCOUNT), "--per-minute", "7", "--per-day", "0") == [
        "7 requests per minute",
        "1000 requests per hour",
    ]
    assert said("show", str(ACCOUNT)) == ["7 requests per minute", "1000 requests per hour"]
    assert len(said("agree", str(ACCOUNT))) == 3
    assert kept.agreed is None


def test_no_limit_is_said(kept):
    kept.agreed = Quota(per_minute=0, per_hour=0, per_day=0)
    assert said("show", str(ACCOUNT)) == ["no limit"]
