"""H78: neither traces nor what a process says when it breaks name a person or a key."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import DEVNULL, PIPE

import httpx
import pytest
from tests.e2e import crashing
from tests.e2e.installation import environment, free_ports
from tests.e2e.sandbox_process import KEYED, Sandbox, running_api, running_sandbox, settings_for

from roleferry_enrich.embedded import Servers
from roleferry_enrich.services import LocalServices

CANARY = "Zzcanary Person"
# Each breaks in a way of its own; the others answer.
FAULTS = {"apollo": "html", "clearbit": "unauthorised", "explorium": "500", "hunter": "truncated"}


class Collector:
    """Takes in what is exported, over HTTP and in a thread: the exporter blocks when it ends."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    @contextmanager
    def served(self) -> Iterator[str]:
        bodies = self.bodies

        class Intake(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                bodies[self.path] = bodies.get(self.path, b"") + sent
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        with ThreadingHTTPServer(("127.0.0.1", 0), Intake) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}"
            finally:
                server.shutdown()
                thread.join()


@pytest.fixture(scope="module")
def far_ends() -> Iterator[Sandbox]:
    with running_sandbox(companies=10) as sandbox:
        yield sandbox


async def asked(client: httpx.AsyncClient, far_ends: Sandbox) -> list[str]:
    """Everything that people and keys are called by, once all of it was asked for."""
    fact = far_ends.truth()[0]
    company, person = fact["company"], fact["people"][0]
    name = f"{person['first_name']} {person['last_name']}"
    body = {
        "email": person["email"],
        "full_name": name,
        "company_name": company["legal_name"],
        "domain": company["domain"],
        "deadline_ms": 8_000,
    }
    found = await client.post("/enrich", json=body)
    assert found.json()["full_name"] == name
    for provider, fault in FAULTS.items():
        far_ends.plan(provider, fault)
    again = await client.post("/enrich", json={**body, "max_age": 0})
    told = {line["outcome"] for line in again.json()["meta"]["providers"]}
    assert {"contract_changed", "unauthorised", "failed"} <= told
    await client.post("/companies/executives", json={"domain": company["domain"]})
    await client.post("/emails/verify", json={"emails": [person["email"]]})
    for way in ("/contacts", "/enrichments"):
        await client.get(f"{way}/{person['email']}", params={"name": CANARY})
    await client.request(CANARY.replace(" ", "-"), f"/nowhere/{CANARY}")
    points = [point["value"] for point in found.json()["contact_points"]]
    assert points
    return [CANARY, name, person["last_name"], person["email"], *points]


async def test_h78_traces_name_no_person_and_no_key(
    far_ends: Sandbox,
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collector, servers = Collector(), Servers(database_url, redis_url)
    with collector.served() as url:
        settings = settings_for(far_ends.url, tmp_path)
        settings = settings.model_copy(update={"otlp_endpoint": url})
        async with running_api(settings, servers) as client:
            words = await asked(client, far_ends)

            async def broken(*_: object, **__: object) -> None:
                raise KeyError(CANARY)

            monkeypatch.setattr(LocalServices, "enrich", broken)
            reply = await client.post("/enrich", json={"email": words[3]})
            assert reply.status_code == 500
            words.append(client.headers["Authorization"].removeprefix("Bearer "))
    spans = collector.bodies["/v1/traces"].decode("latin-1")
    for name in ("provider.call", "http POST /enrich", "http other", *FAULTS):
        assert name in spans
    keys = [settings.providers[name].api_key.get_secret_value() for name in KEYED]
    everything = (spans + collector.bodies["/v1/metrics"].decode("latin-1")).casefold()
    assert [word for word in (*words, *keys) if word.casefold() in everything] == []


def test_h78_a_process_that_breaks_names_nobody(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    env = environment(
        DATABASE_URL=database_url,
        REDIS_URL=redis_url,
        DATA_DIR=tmp_path,
        PORT=free_ports(1)[0],
        USAGE_EVERY_S=0,
    )
    command = [sys.executable, crashing.__file__]
    with ExitStack() as stack:
        breaking = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, name, CANARY], env=env, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
                )
            )
            for name in crashing.PLACES
        ]
        for process in breaking:
            stack.callback(process.kill)
        ended = [(process, *process.communicate(timeout=100)) for process in breaking]
    for process, out, err in ended:
        said = (out + err).decode()
        assert process.returncode, said
        assert "Zzcanary" not in said
        # Whoever mends it is told what it was, and where.
        lines = [json.loads(line) for line in err.splitlines() if line.startswith(b"{")]
        assert any("KeyError at crashing.py:" in line.get("exception", "") for line in lines), said
