"""Group commit, without a database."""

import asyncio
from collections.abc import Sequence

import pytest

from roleferry_enrich.storage.lanes import Lane
from roleferry_enrich.storage.wire import DatabaseAway


class Table:
    """Notes each batch; writes it once it may, or fails as often as told."""

    def __init__(self, *, failures: int = 0, is_sent: bool = True) -> None:
        self.batches: list[list[int]] = []
        self.may_write = asyncio.Event()
        self._failures = failures
        self._is_sent = is_sent

    async def write(self, items: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(items))
        await self.may_write.wait()
        if self._failures:
            self._failures -= 1
            raise DatabaseAway("gone", is_sent=self._is_sent)
        return [item * 10 for item in items]


async def test_who_comes_while_a_statement_runs_shares_the_next() -> None:
    table = Table()
    lane = Lane(table.write)
    first = lane.put(0)
    await asyncio.sleep(0)
    others = [lane.put(n) for n in range(1, 251)]
    table.may_write.set()
    assert await first == 0
    assert [await other for other in others] == [n * 10 for n in range(1, 251)]
    assert [len(batch) for batch in table.batches] == [1, 100, 100, 50]


async def test_who_went_before_anything_was_written_is_not_written() -> None:
    table = Table()
    lane = Lane(table.write)
    lane.put(0)
    await asyncio.sleep(0)
    gone, stayed = lane.put(1), lane.put(2)
    gone.cancel()
    table.may_write.set()
    assert await stayed == 20
    assert table.batches == [[0], [2]]


async def test_what_was_written_for_somebody_gone_is_told() -> None:
    table, left_behind = Table(), list[int]()
    lane = Lane(table.write, left_behind=left_behind.append)
    gone, stayed = lane.put(1), lane.put(2)
    await asyncio.sleep(0)
    gone.cancel()
    table.may_write.set()
    await stayed
    assert left_behind == [1]


@pytest.mark.parametrize(("is_sent", "left"), [(True, [1, 2]), (False, [])])
async def test_what_may_have_been_written_when_the_database_went_is_told(is_sent, left) -> None:
    table, left_behind = Table(failures=1, is_sent=is_sent), list[int]()
    table.may_write.set()
    lane = Lane(table.write, left_behind=left_behind.append)
    for waiting in (lane.put(1), lane.put(2)):
        with pytest.raises(DatabaseAway):
            await waiting
    assert left_behind == left


async def test_a_patient_lane_writes_once_the_database_is_back() -> None:
    table = Table(failures=2)
    table.may_write.set()
    lane = Lane(table.write, is_patient=True)
    assert await lane.put(7) == 70
    assert table.batches == [[7], [7], [7]]


async def test_a_patient_lane_writes_also_for_who_has_gone() -> None:
    table = Table()
    table.may_write.set()
    lane = Lane(table.write, is_patient=True)
    lane.put(1).cancel()
    assert await lane.put(2) == 20
    assert table.batches == [[1, 2]]


async def test_a_lane_that_closes_writes_what_waits_and_takes_no_more() -> None:
    table = Table()
    table.may_write.set()
    lane = Lane(table.write)
    waiting = lane.put(1)
    await lane.close(patience_s=5)
    assert waiting.result() == 10
    assert lane.put(2).cancelled()
