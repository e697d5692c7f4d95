"""The commands as a person or a script runs them, each in a process of its own."""

import csv
import io
import json
import signal
import socket
import subprocess
from contextlib import closing

import pytest
from openapi_spec_validator import validate
from tests.e2e.installation import PROGRAM, environment, free_ports, run

from roleferry_enrich.providers.catalogue import catalogue

ORLA = ("enrich", "--email", "orla.fenwick@quillmere.test")
QUILLMERE = ("executives", "--domain", "quillmere.test", "--limit", "10")


def test_a_contact_is_printed_as_a_table(command):
    said = command(*ORLA)
    assert (said.returncode, said.stderr) == (0, "")
    assert "Orla Fenwick" in said.stdout
    assert sum(f"│ {name} " in said.stdout for name in catalogue()) >= 4


def test_a_contact_is_printed_as_json(command):
    said = command(*ORLA, "--format", "json")
    assert (said.returncode, said.stderr) == (0, "")
    answer = json.loads(said.stdout)
    said_by = {s["provider"] for field in answer["provenance"].values() for s in field["sources"]}
    assert len(said_by) >= 4


def test_a_contact_is_printed_as_csv(command):
    said = command(*ORLA, "--format", "csv")
    [row] = csv.DictReader(io.StringIO(said.stdout))
    assert (row["full_name"], row["status"]) == ("Orla Fenwick", "complete")


def test_addresses_of_a_file_and_others_are_verified(command, tmp_path):
    (tmp_path / "contacts.csv").write_text("name,email\nOrla,orla.fenwick@quillmere.test\n,none\n")
    said = command("verify", "contacts.csv", "info@quillmere.test", "--format", "csv")
    assert said.returncode == 0, said.stderr
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [row["email"] for row in rows] == [
        *("orla.fenwick@quillmere.test", "none", "info@quillmere.test")
    ]
    assert [row["status"] for row in rows][:2] == ["valid", "invalid"]
    assert "role" in rows[2]["reasons"]
    assert said.stderr == "verified: 3\n"


def test_a_plan_is_printed_and_nobody_asked(command):
    said = command(*ORLA, "--dry-run", "--strategy", "waterfall")
    assert (said.returncode, said.stderr) == (0, "")
    assert "Would be asked" in said.stdout
    assert "Nobody was asked." in said.stdout


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_executives_are_printed_in_every_form(command, form):
    said = command(*QUILLMERE, "--format", form)
    assert (said.returncode, said.stderr) == (0, "")
    match form:
        case "json":
            assert len(json.loads(said.stdout)["executives"]) >= 5
        case "csv":
            assert len(list(csv.DictReader(io.StringIO(said.stdout)))) >= 5
        case _:
            assert "Orla Fenwick" in said.stdout


def test_names_are_printed_where_the_terminal_knows_few_letters(tmp_path, installation):
    asked = ("--url", installation.url, "--key", installation.command_key)
    env = environment() | {"PYTHONIOENCODING": "ascii"}
    said = run(*QUILLMERE, *asked, cwd=tmp_path, env=env)
    assert (said.returncode, said.stderr) == (0, "")
    assert "Siobh?n" in said.stdout


def test_a_wrong_setting_is_named_with_exit_code_2(tmp_path):
    said = run("serve", cwd=tmp_path, env=environment(ENVIRONMENT="production"))
    assert (said.returncode, said.stdout) == (2, "")
    assert "ROLEFERRY_DATABASE_URL" in said.stderr


def test_a_refusal_is_one_sentence_with_exit_code_2(command):
    said = command("enrich", "--email", "no address")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("roleferry-enrich: email: ")
    assert said.stderr.count("\n") == 1


def test_without_a_url_the_answer_comes_from_this_process(tmp_path, installation):
    said = run(*ORLA, "--format", "json", cwd=tmp_path, env=installation.environment)
    assert (said.returncode, said.stderr) == (0, "")
    assert json.loads(said.stdout)["full_name"] == "Orla Fenwick"


def test_a_list_is_verified_as_one_job_in_this_process(tmp_path, installation):
    emails = [f"nobody{number}@quillmere.test" for number in range(25)]
    (tmp_path / "list.csv").write_text("\n".join(["email", *emails]))
    arguments = ("verify", "list.csv", "--format", "json")
    said = run(*arguments, cwd=tmp_path, env=installation.environment)
    assert (said.returncode, said.stderr) == (0, "verified: 25\n")
    answer = json.loads(said.stdout)
    assert [one["email"] for one in answer["results"]] == emails
    assert answer["meta"]["counts"]["invalid"] == 25
    assert answer["meta"]["cost_usd"] == pytest.approx(0.2)


def test_rows_are_resolved_from_a_pipe(tmp_path):
    table = "name,email\nAda Byron,ada@a.test\nBo Cole,\nAad Byron,ada@a.test\n"
    said = subprocess.run(
        [*PROGRAM, "resolve", "-"],
        input=table,
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0
    clusters = [row["cluster_id"] for row in csv.DictReader(io.StringIO(said.stdout))]
    assert clusters == ["1", "2", "1"]
    assert said.stderr.endswith("`why` tells whose they may be\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_told_with_its_line(tmp_path):
    (tmp_path / "in.csv").write_text("name,email\nAda\n")
    said = run("resolve", "in.csv", cwd=tmp_path, env=environment())
    assert (said.returncode, said.stdout) == (2, "")
    compared, refused = said.stderr.splitlines()
    assert compared == "compared are full_name from name, email from email"
    assert refused.startswith("roleferry-enrich: the row at line 2 has 1 cells")


def test_the_document_is_printed(tmp_path):
    said = run("openapi", cwd=tmp_path, env=environment())
    assert said.stderr == ""
    validate(json.loads(said.stdout))


def test_a_database_that_is_down_is_told_in_a_sentence(tmp_path):
    env = environment(DATABASE_URL="postgresql://u:hunter2@127.0.0.1:9/x", REDIS_URL="redis://x")
    said = run("migrate", cwd=tmp_path, env=env)
    assert said.returncode == 2
    assert said.stderr.startswith("roleferry-enrich: the database cannot be opened")
    assert "hunter2" not in said.stderr


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        (("demo", "--once"), "ROLEFERRY_PORT"),
        (("serve",), "ROLEFERRY_PORT"),
        (("sandbox",), "ROLEFERRY_SANDBOX_PORT"),
    ],
)
def test_a_port_in_use_is_told_with_its_setting(tmp_path, arguments, setting):
    free, other = free_ports(2)
    ports = {"ROLEFERRY_PORT": str(free), "ROLEFERRY_SANDBOX_PORT": str(other)}
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        ports[setting] = str(taken.getsockname()[1])
        said = run(*arguments, cwd=tmp_path, env=environment() | ports)
    assert said.returncode == 2
    assert setting in said.stderr
    assert ports[setting] in said.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_sandbox_ends_when_told(tmp_path, number):
    [port] = free_ports(1)
    with subprocess.Popen(
        [*PROGRAM, "sandbox", "--companies", "3", "--port", str(port)],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as sandbox:
        assert any("running" in line for line in sandbox.stderr)
        sandbox.send_signal(number)
        sandbox.communicate(timeout=60)
    assert sandbox.returncode in {0, -number, 128 + number}
