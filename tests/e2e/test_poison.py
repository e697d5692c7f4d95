"""Items that end, hang or hold up whoever takes them: they die alone, the others are answered."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.databases import migrated_database, new_account
from tests.e2e.installation import environment
from tests.polling import becomes
from tests.storage.job_examples import asked, rows, run

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.batches import MOST_DEATHS, Item, Job, NewJob
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.jobs import JobRepository

ROOT = Path(__file__).parents[2]
POISON = ("crash", "hang", "block")


@pytest.fixture
def own_database_url(servers: Servers) -> Iterator[str]:
    """The installation's worker would not die of them."""
    with migrated_database(servers.database_url) as url:
        yield url


@pytest.fixture
def log(own_database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Path]:
    """What three workers write, which are there until the test ends."""
    env = environment(
        DATABASE_URL=own_database_url, REDIS_URL=redis_url, DATA_DIR=tmp_path / "data"
    )
    env["PYTHONPATH"] += f":{ROOT}"
    with (tmp_path / "log").open("wb") as log:
        workers = subprocess.Popen(
            [sys.executable, ROOT / "tests/e2e/poisoned.py", "3"], env=env, stderr=log, stdout=log
        )
    try:
        yield tmp_path / "log"
    finally:
        workers.terminate()
        workers.wait()


def test_h51_poison_dies_alone_and_says_where(own_database_url: str, log: Path) -> None:
    asyncio.run(_die_alone(own_database_url, Settings(data_dir=log.parent / "data")))
    said = log.read_text()
    # Who came back said how long it was away; who did not was ended, and where it stood is known.
    assert "loop.blocked" in said
    assert "Timeout" in said
    assert "poisoned.py" in said
    assert "hang@" not in said


async def _die_alone(url: str, settings: Settings) -> None:
    engine = create_engine(url, at_rest=open_at_rest(settings))
    try:
        job = await _sent(engine)

        async def ended() -> bool:
            return all(row.settled_at is not None for row in await rows(engine, job))

        await becomes(ended)
        found = await rows(engine, job)
    finally:
        await engine.dispose()
    crashed, hung, blocked, *others = found
    for row in (crashed, hung):
        assert (row.state, row.reason, row.deaths) == ("dead", "worker_died", MOST_DEATHS)
    # Who comes back is in time, or finds its item in other hands.
    assert blocked.state in {"done", "dead"}
    assert {row.state for row in others} == {"done"}
    assert max(row.deaths for row in others) < MOST_DEATHS


async def _sent(engine: AsyncEngine) -> Job:
    names = (*POISON, *(f"ada{n}" for n in range(20)))
    items = tuple(
        Item(number=n, reference=None, request=asked(f"{name}@engines.test"))
        for n, name in enumerate(names, 1)
    )
    job = await JobRepository(engine).create(await new_account(engine), NewJob(items=items))
    # What takes long has met workers before.
    met = "UPDATE job_items SET deaths = 3 * number - 2 WHERE job_id = :job AND number IN (1, 2)"
    await run(engine, met, job=job.id)
    return job
