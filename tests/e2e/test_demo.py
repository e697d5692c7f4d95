"""The demo, as the README has people run it: in an empty directory, with nothing set."""

import re
import signal
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest
from tests.e2e.installation import PROGRAM, environment, free_ports, run
from tests.processes import ended, eventually, running_with

from roleferry_enrich.providers.catalogue import catalogue


@pytest.fixture
def ports() -> dict[str, str]:
    port, sandbox_port = free_ports(2)
    return {"ROLEFERRY_PORT": str(port), "ROLEFERRY_SANDBOX_PORT": str(sandbox_port)}


def test_the_demo_shows_a_person_and_a_companys_executives(tmp_path, ports):
    # A proxy for the world outside has no part in what stays on this machine.
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    said = run("demo", "--once", cwd=tmp_path, env=environment() | ports | proxy)
    assert (said.returncode, said.stderr) == (0, "")
    person, _, company = said.stdout.partition("POST /companies/executives")
    fields = person.partition("Contact")[2].partition("Providers")[0]
    assert sum(name in fields for name in catalogue()) >= 4
    executives = company.partition("Executives")[2].partition("Providers")[0]
    assert len(re.findall(r" \d+ % ", executives)) >= 5
    assert eventually(lambda: not running_with(tmp_path))


def test_ctrl_c_ends_a_serving_demo_and_all_it_started(tmp_path: Path, ports, installation):
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "demo_key").write_bytes(b"\xff" * 1_000_000)
    (tmp_path / "url").write_text(installation.environment["ROLEFERRY_DATABASE_URL"])
    env = environment(
        DATA_DIR=data_dir,
        DATABASE_URL_FILE=tmp_path / "url",
        REDIS_URL=installation.redis_url,
        SANDBOX_LATENCY_SCALE=0.1,
    )
    with subprocess.Popen(
        [*PROGRAM, "demo"], cwd=tmp_path, env=env | ports, stdout=subprocess.PIPE, text=True
    ) as demo:
        key = next(line.split()[1] for line in demo.stdout if line.startswith("Key "))
        children = psutil.Process(demo.pid).children(recursive=True)
        assert len(children) >= 3
        headers = {"Authorization": f"Bearer {key}"}
        reply = httpx.get(f"http://127.0.0.1:{ports['ROLEFERRY_PORT']}/contacts", headers=headers)
        assert reply.json()["items"]
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    assert demo.returncode == 0
    assert eventually(lambda: all(map(ended, children)))


def test_a_demo_interrupted_before_it_serves_says_so(tmp_path: Path, ports, installation):
    env = environment(
        DATABASE_URL=installation.environment["ROLEFERRY_DATABASE_URL"],
        REDIS_URL=installation.redis_url,
    )
    with subprocess.Popen(
        [*PROGRAM, "demo"], cwd=tmp_path, env=env | ports, stdout=subprocess.PIPE, text=True
    ) as demo:
        me = psutil.Process(demo.pid)
        assert eventually(lambda: bool(me.children()))
        children = me.children(recursive=True)
        demo.send_signal(signal.SIGINT)
        out, _ = demo.communicate(timeout=60)
    assert (demo.returncode, out) == (130, "")
    assert eventually(lambda: all(map(ended, children)))


def test_the_help_tells_how_it_ends(tmp_path):
    said = run("demo", "--help", cwd=tmp_path, env=environment())
    assert "exit code 0" in " ".join(said.stdout.split())
