"""`batch` in processes of its own: against a service, in this process, interrupted, resumed."""

import csv
import json
import signal
import stat
import subprocess
from collections.abc import Iterator
from datetime import timedelta

import httpx
import psutil
import pytest
from tests.e2e.far_end import FarEnd
from tests.e2e.installation import PROGRAM, Installation, environment, run
from tests.processes import ended, eventually

from roleferry_enrich.sandbox.population import populate

END = timedelta(seconds=90)
# Whom no other test asks for.
PEOPLE = [
    person.email
    for person in populate(7, 500).people
    if person.email and not person.email.endswith("@quillmere.test")
][-60:]


@pytest.fixture
def owner(installation: Installation) -> Iterator[httpx.Client]:
    """Of the command line's account."""
    with installation.client(installation.command_key) as client:
        yield client


@pytest.fixture
def slow(installation: Installation) -> Iterator[FarEnd]:
    """Hunter takes its time until the fault is taken back."""
    installation.sandbox.plan("hunter", "slow", seconds=3)
    yield installation.sandbox
    installation.sandbox.clear()


def jobs(owner):
    return owner.get("/jobs", params={"limit": 100}).json()["items"]


def workers_of(command):
    """Of its own children alone: to look through all processes may take as long as the work."""
    children = psutil.Process(command.pid).children()
    return [it for it in children if not ended(it) and "worker" in it.cmdline()]


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_comes_back_with_what_was_found(command, tmp_path):
    lines = [f"{number},{email},=1+1" for number, email in enumerate(PEOPLE[:3])]
    lines.insert(1, "x,no address,")
    (tmp_path / "leads.csv").write_text("\n".join(["id,E-Mail Address,note", *lines]) + "\n")
    said = command("batch", "leads.csv", "--json", "--max-cost", "5", "--priority", "high")

    assert said.returncode == 1, said.stderr
    assert "email from E-Mail Address; not sent: note" in said.stderr
    assert "row 2 was refused: email: " in said.stderr
    assert "no address" not in said.stderr
    rows = rows_of(tmp_path / "leads.enriched.csv")
    assert [row["id"] for row in rows] == ["0", "x", "1", "2"]
    assert [row["enriched_outcome"] for row in rows] == ["done", "refused", "done", "done"]
    assert all(row["enriched_full_name"] for row in rows if row["id"] != "x")
    assert rows[0]["note"] == "'=1+1"
    told = json.loads(said.stdout)
    assert told["counts"] == {"done": 3, "refused": 1}
    assert told["errors"][0]["row"] == 2
    assert {path.name for path in tmp_path.iterdir()} == {"leads.csv", "leads.enriched.csv"}


def test_what_was_interrupted_goes_on_and_is_sent_once(
    command, tmp_path, installation, owner, slow
):
    source, out = tmp_path / "leads.ndjson", tmp_path / "leads.enriched.ndjson"
    source.write_text("".join(json.dumps({"email": it, "tag": [1]}) + "\n" for it in PEOPLE[3:50]))
    state = tmp_path / "leads.enriched.ndjson.rfe-job"
    before = len(jobs(owner))
    asked = ("--url", installation.url, "--key", installation.command_key)
    with subprocess.Popen(
        [*PROGRAM, "batch", source.name, *asked],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as begun:
        assert eventually(lambda: state.exists() or begun.poll() is not None, within=END)
        begun.send_signal(signal.SIGINT)
        _, told = begun.communicate(timeout=60)

    assert begun.returncode == 128 + signal.SIGINT, told
    assert "Run the same command again" in told
    assert "Traceback" not in told
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    kept = state.read_text()
    assert installation.command_key not in kept
    assert "@" not in kept
    assert {path.name for path in tmp_path.iterdir()} == {source.name, state.name}
    [job] = [it for it in jobs(owner) if it["id"] in kept]

    slow.clear()
    said = command("batch", source.name)
    assert said.returncode == 0, said.stderr
    assert "Going on" in said.stderr
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [row["email"] for row in rows] == PEOPLE[3:50]
    assert [row["enriched"]["row"] for row in rows] == list(range(1, 48))
    assert {row["enriched"]["state"] for row in rows} == {"done"}
    assert sum(bool(row["enriched"]["answer"]["full_name"]) for row in rows) > 40
    assert all(row["tag"] == [1] for row in rows)
    assert not state.exists()

    again = command("batch", source.name, "--json")
    assert "--again asks anew" in again.stderr
    assert json.loads(again.stdout)["jobs"] == [job["id"]]
    assert len(jobs(owner)) == before + 1


def test_without_a_url_a_worker_works_for_it_until_it_is_interrupted(tmp_path, installation, slow):
    source, out = tmp_path / "leads.csv", tmp_path / "found.csv"
    source.write_text("email\n" + "".join(f"{email}\n" for email in PEOPLE[50:]))
    command = ("batch", source.name, "--out", out.name)
    state = tmp_path / "found.csv.rfe-job"
    with subprocess.Popen(
        [*PROGRAM, *command],
        cwd=tmp_path,
        env=installation.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as begun:
        # The worker is there before anything is sent; from then on the work could end any moment.
        assert eventually(lambda: workers_of(begun) != [])
        workers = workers_of(begun)
        assert eventually(lambda: state.exists() or begun.poll() is not None, within=END)
        begun.send_signal(signal.SIGINT)
        _, told = begun.communicate(timeout=60)

    assert begun.returncode == 128 + signal.SIGINT, told
    assert "to go on (job " in told
    assert len(workers) == 1
    assert eventually(lambda: ended(workers[0]))

    slow.clear()
    said = run(*command, cwd=tmp_path, env=installation.environment, within_s=90)
    assert said.returncode == 0, said.stderr
    assert [row["email"] for row in rows_of(out)] == PEOPLE[50:]
    assert {row["enriched_outcome"] for row in rows_of(out)} == {"done"}
