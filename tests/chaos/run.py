"""One run: batches are sent while faults happen, all is given time, and the books are read."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.faults import Chaos, drawn
from tests.chaos.house import House, opened
from tests.chaos.owner import Owner, cut, subjects
from tests.chaos.report import Evidence, Report
from tests.chaos.witness import Witness

# There are about fourteen people in each, and not all have an address.
_PEOPLE_A_COMPANY = 8
_LOOK_S = 0.5
_NO_PROGRESS_S = 60.0
_Tell = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    seed: int
    seconds: float
    items: int
    workers: int = 2
    gap_s: float = 1.0
    """Between two faults, on average."""


async def run(plan: Plan, directory: Path, tell: _Tell) -> Report:
    """Needs an empty directory. Leaves no process behind."""
    companies = math.ceil(plan.items / _PEOPLE_A_COMPANY)
    addresses = subjects(plan.items, companies)
    chance = random.Random(plan.seed)
    async with opened(directory, companies=companies, workers=plan.workers) as house:
        witness = Witness(house.databases.urls.database_url)
        await witness.look_on()
        owner = Owner(house.url, house.key, chance)
        chaos = Chaos(house)
        tell(f"seed {plan.seed}: {len(addresses)} items in {plan.seconds:g} s")
        faults = drawn(plan.seed, math.ceil(2 * plan.seconds / plan.gap_s), plan.gap_s)
        looking_on = asyncio.create_task(chaos.look_on())
        async with asyncio.TaskGroup() as group:
            group.create_task(owner.send(cut(addresses, chance), plan.seconds))
            group.create_task(chaos.reign(faults, time.monotonic() + plan.seconds))
        tell(f"{len(chaos.happened)} faults happened; waiting for the rest of the items")
        await _falls_to_nothing(witness.unended)
        # The books of the last that died are closed some seconds later than their leases.
        await _falls_to_nothing(witness.under_way)
        looking_on.cancel()
        return Report(await _evidence(plan, house, witness, owner, chaos))


async def _falls_to_nothing(count: Callable[[], Awaitable[int]]) -> None:
    """As long as it still falls; what then is left is for the report."""
    least, since = await count(), time.monotonic()
    while least and time.monotonic() - since < _NO_PROGRESS_S:
        await asyncio.sleep(_LOOK_S)
        left = await count()
        if left < least:
            least, since = left, time.monotonic()


async def _evidence(
    plan: Plan, house: House, witness: Witness, owner: Owner, chaos: Chaos
) -> Evidence:
    results = await owner.results()
    return Evidence(
        seed=plan.seed,
        seconds=plan.seconds,
        attempted=frozenset(owner.attempted),
        accepted=frozenset(owner.accepted),
        jobs=frozenset(owner.jobs),
        found=results.references,
        found_jobs=frozenset(results.jobs),
        states=results.states,
        reasons=results.reasons,
        findings=await witness.testify(),
        unended=await witness.unended(),
        fenced=_told(house.logs, "worker.item.refused"),
        paid_calls=house.paid_calls(),
        faults=chaos.happened,
        idle=chaos.idle,
        fell_over=[words for post in house.posts for words in post.fell_over],
        unclean=[words for post in house.posts for words in post.unclean],
    )


def _told(logs: Path, event: str) -> int:
    return sum(log.read_text(errors="replace").count(event) for log in logs.glob("worker-*.log"))
