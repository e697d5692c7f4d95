"""What an account has said of people's data is read seldom, and once for all who ask together."""

import asyncio
from uuid import UUID

from tests.api.fake_suppressions import KeptHandlings

from roleferry_enrich.domain.handling import Handling
from roleferry_enrich.privacy.handlings import Handlings

ACCOUNT = UUID(int=1)


class SlowHandlings(KeptHandlings):
    """What was read is told when the test lets go of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.told = asyncio.Event(), asyncio.Event()

    async def get(self, account_id: UUID) -> Handling:
        found = await super().get(account_id)
        self.asked.set()
        await self.told.wait()
        return found


async def test_who_asks_at_the_same_moment_is_answered_by_one_look() -> None:
    kept = SlowHandlings()
    handlings = Handlings(kept)
    asking = [asyncio.create_task(handlings.of(ACCOUNT)) for _ in range(40)]
    await asyncio.sleep(0)
    asking[0].cancel()
    kept.told.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [Handling()] * 39
    assert kept.reads == 1


async def test_what_is_changed_during_a_look_is_in_force_when_that_is_said() -> None:
    kept = SlowHandlings()
    handlings = Handlings(kept)
    before = asyncio.create_task(handlings.of(ACCOUNT))
    await kept.asked.wait()
    await handlings.change(ACCOUNT, Handling(purpose="sales"))
    kept.told.set()
    assert await before == Handling()
    assert (await handlings.of(ACCOUNT)).purpose == "sales"
