"""What was agreed with an account is in force, and known without asking the database each time."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from tests.polling import becomes

from roleferry_enrich.accounts.quota_repository import AgreedQuotas, QuotaRepository, effective
from roleferry_enrich.accounts.quotas import Quota
from roleferry_enrich.errors import NotFound, ServiceUnavailable

USUAL = Quota(per_minute=100, per_hour=1_000, per_day=10_000)


async def test_what_is_agreed_is_kept_until_something_else_is(engine, account_id):
    quotas = QuotaRepository(engine)
    assert await quotas.get(account_id) is None

    await quotas.agree(account_id, Quota(per_minute=5))
    await quotas.agree(account_id, Quota(per_hour=0))
    assert await quotas.get(account_id) == Quota(per_hour=0)

    await quotas.end(account_id)
    assert await quotas.get(account_id) is None


async def test_nothing_is_agreed_with_nobody(engine):
    with pytest.raises(NotFound):
        await QuotaRepository(engine).agree(uuid4(), Quota(per_minute=5))


def test_what_was_not_agreed_is_as_usual():
    assert effective(USUAL, None) == USUAL
    agreed = effective(USUAL, Quota(per_minute=7, per_hour=0))
    assert agreed == Quota(per_minute=7, per_hour=0, per_day=10_000)
    assert [window.name for window in agreed.windows] == ["minute", "day"]


@dataclass
class Kept:
    agreed: Quota | None = None
    away: bool = False
    asked: list[UUID] = field(default_factory=list)

    async def get(self, account_id: UUID) -> Quota | None:
        self.asked.append(account_id)
        if self.away:
            raise ServiceUnavailable("away")
        return self.agreed


async def test_the_database_is_asked_once_in_a_while_behind_the_request():
    kept, now = Kept(), [0.0]
    known, account = AgreedQuotas(kept, USUAL, clock=lambda: now[0]), uuid4()
    for _ in range(3):
        assert await known.of(account) == USUAL
    assert kept.asked == [account]

    kept.agreed, now[0] = Quota(per_minute=7), 5.1
    assert await known.of(account) == USUAL

    async def in_force() -> bool:
        return (await known.of(account)).per_minute == 7

    await becomes(in_force)
    assert len(kept.asked) == 2


async def test_without_the_database_the_last_known_quota_holds():
    kept, now = Kept(agreed=Quota(per_minute=7)), [0.0]
    known, account = AgreedQuotas(kept, USUAL, clock=lambda: now[0]), uuid4()
    await known.of(account)

    kept.away, now[0] = True, 5.1
    await known.of(account)

    async def asked_again() -> bool:
        return len(kept.asked) == 2

    await becomes(asked_again)
    assert (await known.of(account)).per_minute == 7
    assert await AgreedQuotas(kept, USUAL).of(account) == USUAL
