import asyncio
from collections.abc import Iterator

from roleferry_enrich.in_turns import in_turns


async def test_others_are_served_before_every_piece() -> None:
    turns: list[int] = []
    seen: list[int] = []

    async def other() -> None:
        while True:
            turns.append(len(seen))
            await asyncio.sleep(0)

    def things() -> Iterator[int]:
        for thing in range(5):
            yield thing
            seen.append(thing)

    served = asyncio.create_task(other())
    assert [thing async for thing in in_turns(things(), piece=2)] == [0, 1, 2, 3, 4]
    served.cancel()

    assert turns == [0, 2, 4]
