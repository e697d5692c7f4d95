"""Sending a file's parts and writing what came of them, while the rest is still running."""

import io

import pytest

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.batches import contacts as contacts_module
from roleferry_enrich.terminal.batches.asking import JobsOf
from roleferry_enrich.terminal.batches.run import Run, Terms
from roleferry_enrich.terminal.batches.sent import Sent, read_sent
from roleferry_enrich.terminal.batches.sheet import EnrichedSheet
from roleferry_enrich.terminal.service import ServiceRefused


class Bench:
    """A run whose every pause lets some more rows end."""

    def __init__(self, file, service, path):
        self.file, self.service, self.path = file, service, path
        self.sent = read_sent(path) or Sent(path, file.digest, "asked")
        self.out = io.BytesIO()
        self.shown = []
        self.ending = []
        self.written_at_pause = []
        self.run = Run(
            file,
            JobsOf(service),
            self.sent,
            show=self.shown.append,
            check=self.check,
            sleep=self.sleep,
        )

    def check(self):
        """Nobody is gone."""

    async def sleep(self, _):
        self.written_at_pause.append(self.out.getvalue().count(b"Of "))
        rows = self.ending.pop(0) if self.ending else None
        for job in self.service.made.values():
            job.ended |= set(job.accepted) if rows is None else rows

    async def done(self, **terms):
        await self.run.send(Terms(**terms))
        return await self.run.write(EnrichedSheet(self.file, RowForm.CSV), self.out)

    def names(self):
        return [line.split(",")[0] for line in self.out.getvalue().decode().splitlines()[1:]]


@pytest.fixture
def bench(contacts, service, tmp_path):
    def make(*emails):
        return Bench(
            contacts("email,n\n" + "".join(f"{it},\n" for it in emails)), service, tmp_path / "s"
        )

    return make


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(contacts_module, "MOST_ITEMS", 2)


def people(count):
    return [f"p{number}@a.test" for number in range(count)]


async def test_rows_are_written_in_their_order_as_soon_as_all_before_have_ended(bench):
    b = bench(*people(5))
    b.ending = [{3, 5}, {1, 2}, {4}]
    tally = await b.done()

    assert b.written_at_pause == [0, 0, 3]
    assert b.names() == people(5)
    assert tally.states == {"done": 5}
    assert [standing.done for standing in b.shown] == [0, 2, 4, 5, 5]
    assert b.run.standing.cost_usd == 0.05


async def test_more_than_a_page_is_read_to_its_end(bench):
    b = bench(*people(250))
    b.ending = [set(range(1, 121)), set(range(1, 251)) - {130}]
    await b.done()

    assert b.written_at_pause == [0, 120, 129]
    assert b.names() == people(250)


async def test_rows_that_were_refused_keep_their_place(bench):
    b = bench("p0@a.test", "bad", "p1@a.test", "broken,x,y")
    tally = await b.done()

    assert b.names() == ["p0@a.test", "bad", "p1@a.test", "broken"]
    assert tally.states == {"done": 2, "refused": 2}
    assert tally.faults[0] == (2, "email: is no address")
    assert tally.faults[1][0] == 4


async def test_where_not_all_reasons_are_told_nothing_is_taken_for_refused_early(bench, service):
    service.told = 1
    b = bench("bad", "bad", "p0@a.test", "p1@a.test")
    b.ending = [{4}, {3, 4}]
    tally = await b.done()

    assert b.names()[2:] == ["p0@a.test", "p1@a.test"]
    assert tally.faults == [(1, "email: is no address"), (2, "row: was not accepted")]
    assert tally.states["done"] == 2


@pytest.mark.usefixtures("small_parts")
async def test_a_large_file_is_several_jobs_which_share_the_money(bench, service):
    b = bench(*people(5))
    tally = await b.done(max_cost=1.0, priority="high")

    assert [post["params"] for post in service.posts()] == [
        {"priority": "high", "max_cost": "0.400000"},
        {"priority": "high", "max_cost": "0.400000"},
        {"priority": "high", "max_cost": "0.200000"},
    ]
    assert len({post["headers"]["Idempotency-Key"] for post in service.posts()}) == 3
    assert (b.names(), tally.states["done"]) == (people(5), 5)
    assert b.run.standing.total == 5


@pytest.mark.usefixtures("small_parts")
async def test_a_part_without_a_good_row_does_not_hold_up_the_others(bench):
    b = bench("bad", "bad", "p0@a.test")
    tally = await b.done()

    assert tally.states == {"refused": 2, "done": 1}


async def test_a_file_without_a_good_row_is_refused(bench, tmp_path):
    with pytest.raises(ServiceRefused, match="row 1: email: is no address"):
        await bench("bad", "bad").done()
    assert not (tmp_path / "s").exists()


@pytest.mark.usefixtures("small_parts")
async def test_what_was_sent_is_not_sent_again(bench, service):
    emails = people(3)
    first = bench(*emails)
    await first.run.send(Terms())
    keys = [post["headers"]["Idempotency-Key"] for post in service.posts()]

    second = bench(*emails)
    await second.done()
    assert len(service.posts()) == 2
    assert second.names() == emails

    (second.path).unlink()
    await bench(*emails).run.send(Terms())
    assert [post["headers"]["Idempotency-Key"] for post in service.posts()[2:]] == keys
    assert len(service.made) == 2


async def test_another_file_and_another_time_have_other_keys(bench, service):
    await bench("p0@a.test").run.send(Terms())
    b = bench("p0@a.test")
    b.sent.parts.clear()
    b.sent.again = "x"
    await b.run.send(Terms())
    b.path.unlink()
    await bench("p1@a.test").run.send(Terms())

    assert len(service.made) == 3


async def test_a_file_that_changes_meanwhile_is_refused(bench):
    b = bench("p0@a.test")
    await b.run.send(Terms())
    b.file.path.write_text("email,n\np9@a.test,\n")
    with pytest.raises(RecordsRefused, match="was changed"):
        await b.run.write(EnrichedSheet(b.file, RowForm.CSV), b.out)


async def test_a_job_that_is_not_known_is_told_with_what_to_do(bench):
    b = bench("p0@a.test")
    await b.run.send(Terms())
    b.service.made.clear()
    with pytest.raises(ServiceRefused, match="--again"):
        await b.run.write(EnrichedSheet(b.file, RowForm.CSV), b.out)


async def test_it_does_not_wait_for_work_that_nobody_does(bench):
    b = bench("p0@a.test")

    def gone():
        raise ServiceRefused("the worker is gone")

    b.run = Run(b.file, JobsOf(b.service), b.sent, show=b.shown.append, check=gone, sleep=b.sleep)
    with pytest.raises(ServiceRefused, match="gone"):
        await b.done()
