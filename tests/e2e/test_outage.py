"""PostgreSQL is away, here for as long as it takes to ask a few times: nobody is promised anything
that is not kept, what is known is still told, and what was accepted goes on when it is back."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
from tests.chaos.servers import Server
from tests.e2e.installation import environment
from tests.e2e.poisoned import played
from tests.polling import becomes

from roleferry_enrich.accounts.opening import open_accounts
from roleferry_enrich.app import create_app
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.scopes import USUAL
from roleferry_enrich.embedded import Servers
from roleferry_enrich.private_servers.place import POSTGRES, Place
from roleferry_enrich.private_servers.postgres_program import Postgres
from roleferry_enrich.storage.migrate import migrate

ROOT = Path(__file__).parents[2]
ADA = {"email": "ada@engines.test"}
MANY = 200


@asynccontextmanager
async def postgres_of_its_own(directory: Path) -> AsyncIterator[Server]:
    place = Place(directory, POSTGRES)
    server = Server(place, Postgres(place))
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@contextmanager
def worker(servers: Servers, data_dir: Path) -> Iterator[None]:
    env = environment(
        DATABASE_URL=servers.database_url, REDIS_URL=servers.redis_url, DATA_DIR=data_dir
    )
    env["PYTHONPATH"] += f":{ROOT}"
    with (data_dir / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, ROOT / "tests/e2e/poisoned.py", "1"], env=env, stderr=log, stdout=log
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@asynccontextmanager
async def caller(servers: Servers, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Who talks to an API that is this process."""
    async with open_accounts(settings, servers) as accounts:
        owner = await accounts.create_account("outage")
        key = await accounts.create_key(owner, "outage", USUAL)
    app = create_app(settings, servers, channels=played())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://outage.test",
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        ) as client,
    ):
        yield client


def batch(first: int) -> dict[str, object]:
    return {"items": [{"email": f"ada{n}@engines.test"} for n in range(first, first + MANY)]}


async def test_h50_without_postgresql_no_batch_is_accepted_and_none_is_lost(
    redis_url: str, tmp_path: Path
) -> None:
    settings = Settings(
        data_dir=tmp_path, quota_per_minute=0, quota_per_hour=0, quota_per_day=0, usage_every_s=0
    )
    async with postgres_of_its_own(tmp_path) as postgres:
        servers = Servers(database_url=postgres.url, redis_url=redis_url)
        await migrate(servers.database_url)
        with worker(servers, tmp_path):
            async with caller(servers, settings) as client:
                await _outlasts(client, postgres)


async def _outlasts(client: httpx.AsyncClient, postgres: Server) -> None:
    known = (await client.post("/enrich", json=ADA)).raise_for_status().json()
    before = (await client.post("/enrich/batch", json=batch(0))).raise_for_status().json()
    await becomes(lambda: _some_ended(client, before["job"]["id"]))
    await postgres.kill()

    refused = await client.post("/enrich/batch", json=batch(MANY))
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    again = await client.post("/enrich", json=ADA)
    assert (again.status_code, again.json()["full_name"]) == (200, known["full_name"])
    assert (await client.get(f"/jobs/{before['job']['id']}")).status_code == 503

    await postgres.start()
    accepted: list[str] = []

    async def is_accepted() -> bool:
        answer = await client.post("/enrich/batch", json=batch(MANY))
        accepted.extend([answer.json()["job"]["id"]] if answer.status_code == 202 else [])
        return bool(accepted)

    await becomes(is_accepted)
    for job_id in (before["job"]["id"], *accepted):
        await becomes(lambda job_id=job_id: _all_done(client, job_id))
    # One that was refused is not one that came in after all.
    assert len((await client.get("/jobs")).json()["items"]) == 2


async def _some_ended(client: httpx.AsyncClient, job_id: str) -> bool:
    return (await client.get(f"/jobs/{job_id}")).json()["counts"]["done"] > 0


async def _all_done(client: httpx.AsyncClient, job_id: str) -> bool:
    answer = await client.get(f"/jobs/{job_id}")
    return answer.status_code == 200 and answer.json()["counts"]["done"] == MANY
