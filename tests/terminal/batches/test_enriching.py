"""The whole command over a service in memory: files, the state beside them, and what is said."""

import asyncio
import csv
import io
import json
import os
import signal

import pytest

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.batches import enriching
from roleferry_enrich.terminal.batches.enriching import (
    Asked,
    LeftRunning,
    Terms,
    Wish,
    enrich_file,
)

URL = "https://enrich.acme.test"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("email,note\nada@a.test,x\nbad,y\n")
    return path


@pytest.fixture
def state(tmp_path):
    return tmp_path / "leads.enriched.csv.rfe-job"


@pytest.fixture(autouse=True)
def serving(monkeypatch, service):
    """Each item ends as soon as it is sent, unless `service.holds`."""
    service.holds = False
    create = service._create

    def creating(sent):
        answer = create(sent)
        for job in service.made.values():
            if not service.holds:
                job.ended |= set(job.accepted)
        return answer

    monkeypatch.setattr(service, "_create", creating)

    def work(work, url, key):
        assert (url, key) == (URL, "key")
        return asyncio.run(work(service))

    monkeypatch.setattr(enriching, "work_there", work)


def wish(source, *, out=None, form=None, columns=(), added=None, terms=None, again=False):
    asked = Asked(URL, "key", again=again)
    return Wish(source, out, form, columns, added or {}, terms or Terms(), asked)


def interrupted(source, service, **more):
    """As far as it comes when Ctrl-C is pressed while it waits."""
    service.holds = True
    ask = service.ask

    async def asking_on(method, path, having, **sent):
        answer = await ask(method, path, having, **sent)
        if path.endswith("results"):
            os.kill(os.getpid(), signal.SIGINT)
        return answer

    service.ask = asking_on
    with pytest.raises(LeftRunning) as left:
        enrich_file(wish(source, **more), as_json=False)
    service.ask, service.holds = ask, False
    for job in service.made.values():
        job.ended |= set(job.accepted)
    return left.value


def test_the_output_lies_beside_the_input(source, tmp_path, capsys):
    report = enrich_file(wish(source), as_json=False)

    with (tmp_path / "leads.enriched.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["enriched_outcome"] for row in rows] == ["done", "refused"]
    assert not report.is_whole
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sent are email from email; not sent: note\n")
    assert "row 2 was refused: email: is no address\n" in said.err
    assert "2 rows: 1 done, 1 refused; $0.0100\n" in said.err
    assert {path.name for path in tmp_path.iterdir()} == {"leads.csv", "leads.enriched.csv"}


def test_it_is_summed_up_for_programs(source, capsys):
    enrich_file(wish(source), as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert told["output"].endswith("leads.enriched.csv")
    del told["output"]
    assert told == {
        "rows": 2,
        "counts": {"done": 1, "refused": 1},
        "cost_usd": 0.01,
        "cache_hits": 1,
        "jobs": ["job-1"],
        "columns": {"email": "email"},
        "errors": [{"row": 2, "reason": "email: is no address"}],
    }


@pytest.mark.parametrize(
    ("name", "form", "out", "written", "is_json"),
    [
        ("a.csv", None, None, "a.enriched.csv", False),
        ("a.tsv", None, None, "a.enriched.tsv", False),
        ("a.txt", None, None, "a.enriched.csv", False),
        ("a.csv", RowForm.JSON, None, "a.enriched.ndjson", True),
        ("a.csv", None, "b.jsonl", "b.jsonl", True),
        ("a.csv", None, "b.dat", "b.dat", False),
        ("a.csv", RowForm.CSV, "b.jsonl", "b.jsonl", False),
    ],
)
def test_the_form_is_that_told_or_of_the_extension_or_of_the_input(
    tmp_path, name, form, out, written, is_json
):
    (tmp_path / name).write_text("email\nada@a.test\n")
    out = None if out is None else tmp_path / out
    report = enrich_file(wish(tmp_path / name, form=form, out=out), as_json=False)

    assert report.output == tmp_path / written
    assert report.output.read_text().startswith("{" if is_json else "email,") is True
    assert report.is_whole


def test_it_may_write_to_a_pipe(source, capfdbinary, tmp_path):
    enrich_file(wish(source, out=enriching.STANDARD), as_json=False)

    out = capfdbinary.readouterr().out.decode()
    assert len(list(csv.DictReader(io.StringIO(out)))) == 2
    assert list(tmp_path.iterdir()) == [source]


def test_the_input_is_never_written_over(source, tmp_path):
    with pytest.raises(RecordsRefused, match="--out"):
        enrich_file(wish(source, out=tmp_path / "." / "leads.csv"), as_json=False)


def test_a_file_without_a_readable_row_is_not_sent(source, service):
    source.write_text("email,note\na\n")
    with pytest.raises(RecordsRefused, match="no row that can be read"):
        enrich_file(wish(source), as_json=False)
    assert service.asked == []


def test_what_all_rows_say_is_sent_with_each(source, service):
    enrich_file(wish(source, added={"waterfall": "cheap"}), as_json=False)

    assert b'"waterfall":"cheap"' in service.posts()[0]["content"]


def test_what_was_interrupted_goes_on_without_sending_again(source, state, service, capsys):
    left = interrupted(source, service)
    assert left.code == 130
    assert "Run the same command again" in str(left)
    assert "job-1" in str(left)
    assert state.exists()

    enrich_file(wish(source), as_json=False)
    assert len(service.posts()) == 1
    assert "Going on with what was sent before." in capsys.readouterr().err
    assert not state.exists()


def test_the_same_file_again_is_the_same_work(source, service, capsys):
    enrich_file(wish(source), as_json=False)
    capsys.readouterr()
    report = enrich_file(wish(source), as_json=False)

    assert report.jobs == ["job-1"]
    assert "--again asks anew" in capsys.readouterr().err
    assert enrich_file(wish(source, again=True), as_json=False).jobs == ["job-2"]
    assert len(service.made) == 2


def test_what_was_sent_anew_goes_on_as_such(source, service):
    enrich_file(wish(source), as_json=False)
    left = interrupted(source, service, again=True)
    assert "Run this again without --again" in str(left)

    assert enrich_file(wish(source), as_json=False).jobs == ["job-2"]
    assert len(service.made) == 2


def test_other_options_or_another_file_need_a_word_of_yours(source, state, service):
    interrupted(source, service)
    with pytest.raises(RecordsRefused, match="other options"):
        enrich_file(wish(source, terms=Terms(max_cost=1)), as_json=False)
    source.write_text("email\nbo@a.test\n")
    with pytest.raises(RecordsRefused, match="has changed since it was sent"):
        enrich_file(wish(source), as_json=False)
    assert len(service.made) == 1

    enrich_file(wish(source, again=True), as_json=False)
    assert len(service.made) == 2
    assert not state.exists()


def test_interrupted_before_anything_was_sent(source, state, service):
    async def ask(*_, **__):
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)

    service.ask = ask
    with pytest.raises(LeftRunning, match="before anything was sent") as left:
        enrich_file(wish(source), as_json=False)
    assert left.value.code == 143
    assert not state.exists()


def test_only_the_first_bad_rows_are_listed(source, capsys):
    source.write_text("email\nada@a.test\n" + "bad\n" * 30)
    enrich_file(wish(source), as_json=False)

    said = capsys.readouterr().err
    assert said.count("was refused") == 20
    assert "and 10 more rows: the output has their reasons" in said


def test_a_heading_gives_no_orders_to_a_terminal(source, capsys):
    source.write_text("email,\x1b[2Jnote\nada@a.test,x\n")
    enrich_file(wish(source), as_json=False)

    assert "not sent: ?[2Jnote" in capsys.readouterr().err


def test_what_failed_is_told_with_what_to_do(source, service, monkeypatch, capsys):
    item = type(service)._page

    def failing(self, job, params):
        page = item(self, job, params)
        return {**page, "items": [{**it, "state": "failed"} for it in page["items"]]}

    monkeypatch.setattr(type(service), "_page", failing)
    source.write_text("email\nada@a.test\n")
    report = enrich_file(wish(source), as_json=False)

    assert not report.is_whole
    assert "/retry" in capsys.readouterr().err
