"""H23: what was done for a request is told to whoever sends it again, though nobody heard it."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import httpx
from tests.e2e.installation import Installation

from roleferry_enrich.storage.engine import driver_url

DYING = Path(__file__).parent / "dying.py"
KEY = "h23-of-orla"
ASKED = {"email": "orla.fenwick@quillmere.test", "providers": {"include": ["hunter"]}}


def test_h23_killed_after_the_commit_and_before_the_answer(
    client: httpx.Client, installation: Installation
) -> None:
    before = _recorded(installation)
    words = [sys.executable, str(DYING), installation.key, KEY, json.dumps(ASKED)]
    died = subprocess.run(
        words, env=dict(installation.environment), capture_output=True, check=False, timeout=100
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert _recorded(installation) == before + 1
    calls = _calls(installation)

    keyed = {"Idempotency-Key": KEY}
    replies = [client.post("/enrich", json=ASKED, headers=keyed) for _ in range(2)]

    for reply in replies:
        assert reply.status_code == 200, reply.text
        assert reply.headers["idempotent-replayed"] == "true"
        assert reply.content == replies[0].content
        assert reply.json()["full_name"] == "Orla Fenwick"
    known = client.get(f"/enrichments/{replies[0].json()['meta']['enrichment_id']}")
    assert known.status_code == 200
    assert (_recorded(installation), _calls(installation)) == (before + 1, calls)


def _recorded(installation: Installation) -> int:
    async def ask() -> int:
        url = driver_url(installation.environment["ROLEFERRY_DATABASE_URL"])
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval("SELECT count(*) FROM enrichments")
        finally:
            await connection.close()

    return asyncio.run(ask())


def _calls(installation: Installation) -> int:
    return installation.sandbox.all_calls()
