"""A worker's items: run side by side, each to an end of its own, given back when it stops."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from opentelemetry.metrics import NoOpMeter
from tests.domain.test_batches import outcome
from tests.polling import becomes
from tests.storage.examples import company, enrichment
from tests.storage.job_examples import PRICES, asked

from roleferry_enrich.batches import crew as crew_module
from roleferry_enrich.batches import insisting, running
from roleferry_enrich.batches.crew import Crew
from roleferry_enrich.batches.prices import prices_of
from roleferry_enrich.domain.batches import ItemState, Leased, Settlement
from roleferry_enrich.domain.enrichments import Options, Request, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.errors import CapReached, InsufficientCredits, ServiceUnavailable
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.storage.job_leases import Swept

JOB = uuid4()
METRICS = WorkMetrics(NoOpMeter("unseen"))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_LOOK_S", 0.01)
    monkeypatch.setattr(insisting, "_AGAIN_S", 0.01)
    monkeypatch.setattr(crew_module, "_RENEW_S", 0.01)
    monkeypatch.setattr(crew_module, "_AGAIN_S", 0.011)


SENT_AT = datetime(2026, 11, 1, tzinfo=UTC)


class Plans:
    """What `storage.plans.Plans` knows."""

    def __init__(self) -> None:
        self.known_of: datetime | None = None
        self.away = False

    async def as_of(self, moment: datetime) -> None:
        if self.away:
            raise ServiceUnavailable("the database is away")
        self.known_of = moment


def leased(number: int, **changed) -> Leased:
    standard = {
        "account_id": UUID(int=7),
        "job_id": JOB,
        "number": number,
        "epoch": 1,
        "enrichment_id": uuid4(),
        "request": asked(f"ada{number}@engines.test"),
        "sent_at": SENT_AT,
    }
    return Leased(**standard | changed)


class Table:
    """What `LeaseRepository` keeps in PostgreSQL."""

    def __init__(self, *items: Leased, suspects: tuple[Leased, ...] = ()) -> None:
        self.queued = list(items)
        self.suspected = list(suspects)
        self.held: list[Leased] = []
        self.settled: dict[int, Settlement] = {}
        self.released: list[tuple[int, timedelta, int]] = []
        self.lost: set[int] = set()
        self.away = False
        self.taking: asyncio.Event | None = None

    async def take(self, most, prices, *, suspects=False):
        self._check()
        if self.taking is not None:
            await self.taking.wait()
        source = self.suspected if suspects else self.queued
        found, source[:] = source[:most], source[most:]
        self.held += found
        return found

    async def renew(self, items):
        self._check()
        return {(i.job_id, i.number, i.epoch) for i in items if i.number not in self.lost}

    async def settle(self, item, settlement):
        self._check()
        self.held.remove(item)
        self.settled[item.number] = settlement
        return True

    async def settle_within(self, connection, item, settlement):
        return await self.settle(item, settlement)

    async def release(self, items, *, pause=timedelta(0), delays=0):
        self._check()
        self.released += [(item.number, pause, delays) for item in items]
        self.held = [item for item in self.held if item not in items]

    async def suspects(self):
        return bool(self.suspected)

    async def sweep(self):
        self._check()
        return Swept(0, ())

    def _check(self) -> None:
        if self.away:
            raise ServiceUnavailable("the database is away")


class Asked:
    """An enricher that answers at once, or as a test says."""

    def __init__(self, answer: Callable | None = None) -> None:
        self.requests: list[Request] = []
        self.inside: set[str] = set()
        self.most = 0
        self.met: set[frozenset[str]] = set()
        self._answer = answer
        self.gate = asyncio.Event()
        self.gate.set()

    async def work_off(self, request, account_id, enrichment_id, alongside, *, charge_id, key_id):
        self.requests.append(request)
        self.inside.add(request.keys.email)
        self.met.add(frozenset(self.inside))
        self.most = max(self.most, len(self.inside))
        try:
            await self.gate.wait()
            if self._answer is not None:
                return self._answer(request)
            answer = enrichment(account_id, id=enrichment_id, company=company())
            await alongside(None, answer)
            return answer
        finally:
            self.inside.discard(request.keys.email)


@asynccontextmanager
async def working(
    table: Table, enricher: Asked, plans: Plans | None = None, **options
) -> AsyncIterator[Crew]:
    crew = Crew(table, enricher, PRICES, plans or Plans(), METRICS, **options)
    task = asyncio.create_task(crew.work())
    try:
        yield crew
    finally:
        task.cancel()
        await asyncio.wait({task})
        await crew.give_back()
    assert task.cancelled()


async def settled(table: Table, count: int) -> None:
    async def all_are() -> bool:
        return len(table.settled) >= count

    await becomes(all_are)


async def test_every_item_reaches_its_end() -> None:
    table = Table(*map(leased, range(1, 101)))
    async with working(table, Asked(), at_once=7):
        await settled(table, 100)
    assert {end.state for end in table.settled.values()} == {ItemState.DONE}
    assert table.held == []


async def test_plans_are_known_as_they_were_when_a_job_was_sent() -> None:
    plans, seen = Plans(), []
    enricher = Asked(lambda request: seen.append(plans.known_of))
    async with working(Table(leased(1)), enricher, plans=plans):
        await becomes(lambda: _true(bool(seen)))
    assert seen[0] == SENT_AT


async def test_items_do_not_wait_for_plans_that_cannot_be_read() -> None:
    table, plans = Table(leased(1)), Plans()
    plans.away = True
    async with working(table, Asked(), plans=plans):
        await settled(table, 1)


async def test_no_more_run_at_once_than_there_is_room_for() -> None:
    table, enricher = Table(*map(leased, range(1, 31))), Asked()
    enricher.gate.clear()
    async with working(table, enricher, at_once=4):
        await becomes(lambda: _true(len(enricher.inside) == 4))
        enricher.gate.set()
        await settled(table, 30)
    assert enricher.most == 4


async def _true(value: bool) -> bool:  # noqa: FBT001
    return value


async def test_stopped_it_gives_back_what_runs() -> None:
    table, enricher = Table(leased(1), leased(2)), Asked()
    enricher.gate.clear()
    async with working(table, enricher):
        await becomes(lambda: _true(len(enricher.inside) == 2))
    assert sorted(table.released) == [(1, timedelta(0), 0), (2, timedelta(0), 0)]
    assert (table.settled, enricher.inside) == ({}, set())


async def test_stopped_while_it_takes_it_gives_back_what_it_took() -> None:
    table = Table(leased(1))
    table.taking = asyncio.Event()
    crew = Crew(table, Asked(), PRICES, Plans(), METRICS)
    task = asyncio.create_task(crew.work())
    await becomes(lambda: _true(crew._taking is not None))
    task.cancel()
    await asyncio.wait({task})
    table.taking.set()
    await crew.give_back()
    assert [number for number, *_ in table.released] == [1]


async def test_h51_one_items_error_is_its_own() -> None:
    def answer(request: Request):
        if request.keys.email.startswith("ada2@"):
            raise ZeroDivisionError
        return enrichment(uuid4(), status=Status.NOT_FOUND)

    table = Table(leased(1), leased(2), leased(3))
    async with working(table, Asked(answer)):
        await settled(table, 3)
    assert {n: (end.state, end.reason) for n, end in table.settled.items()} == {
        1: (ItemState.NOT_FOUND, None),
        2: (ItemState.FAILED, "internal_error"),
        3: (ItemState.NOT_FOUND, None),
    }


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (InsufficientCredits("none left"), "insufficient_credits"),
        (CapReached("day"), "cap_reached"),
    ],
)
async def test_an_item_that_cannot_be_paid_for_says_so(refusal, reason) -> None:
    def answer(request):
        if request.keys.email == "ada1@engines.test":
            raise refusal
        return enrichment(UUID(int=7), company=company())

    table = Table(leased(1), leased(2))
    async with working(table, Asked(answer)):
        await settled(table, 2)
    assert (table.settled[1].state, table.settled[1].reason) == (ItemState.FAILED, reason)
    assert table.settled[2].state is ItemState.DONE


async def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_LONGEST_S", 0.05)
    table, enricher = Table(leased(1)), Asked()
    enricher.gate.clear()
    async with working(table, enricher):
        await settled(table, 1)
    assert table.settled[1].reason == "took_too_long"


async def test_h47_ends_are_counted_and_those_that_were_refused_too() -> None:
    class Told(WorkMetrics):
        ends: ClassVar[list[ItemState]] = []
        fenced = 0

        def item_ended(self, state: ItemState) -> None:
            self.ends.append(state)

        def item_fenced(self) -> None:
            self.fenced += 1

    class Overtaken(Table):
        async def settle(self, item, settlement):
            return await super().settle(item, settlement) and item.number != 2

    told, table = Told(NoOpMeter("unseen")), Overtaken(leased(1), leased(2))
    crew = Crew(table, Asked(), PRICES, Plans(), told)
    for item in await crew._take():
        await crew._runner.run(item)
    assert (told.ends, told.fenced) == ([ItemState.DONE], 1)


async def test_h54_what_was_taken_over_or_cancelled_is_stopped() -> None:
    table, enricher = Table(leased(1), leased(2)), Asked()
    enricher.gate.clear()
    table.lost = {1}
    async with working(table, enricher):
        await becomes(lambda: _true(enricher.inside == {"ada2@engines.test"}))
        enricher.gate.set()
        await settled(table, 1)
    assert list(table.settled) == [2]


def _busy(_: Request):
    return enrichment(
        uuid4(), status=Status.PARTIAL, outcomes=(outcome(OutcomeKind.SKIPPED, "no_permit"),)
    )


async def test_who_was_busy_is_asked_again_later() -> None:
    table = Table(leased(1, delays=3))
    async with working(table, Asked(_busy)):
        await becomes(lambda: _true(bool(table.released)))
    assert table.released == [(1, timedelta(seconds=8), 1)]


async def test_but_not_for_ever() -> None:
    table = Table(leased(1, delays=8))
    async with working(table, Asked(_busy)):
        await settled(table, 1)
    assert table.settled[1].state is ItemState.FAILED


async def test_what_cannot_be_recorded_is_done_again_when_the_books_are_kept_again() -> None:
    def answer(_: Request):
        raise ServiceUnavailable("not stored")

    table = Table(leased(1))
    async with working(table, Asked(answer)):
        await becomes(lambda: _true(bool(table.released)))
    assert table.released == [(1, timedelta(seconds=3), 1)]


@pytest.mark.parametrize("refusal", [None, InsufficientCredits("none left")])
async def test_h50_a_database_that_is_away_loses_no_end(refusal) -> None:
    """With an answer it is told in one commit, or both are done again; alone it is insisted on."""

    def refused(_: Request):
        raise refusal

    table, enricher = Table(leased(1)), Asked(refused if refusal else None)
    enricher.gate.clear()
    async with working(table, enricher):
        await becomes(lambda: _true(bool(enricher.inside)))
        table.away = True
        enricher.gate.set()
        await becomes(lambda: _true(not enricher.inside))
        assert (table.settled, table.released) == ({}, [])
        table.away = False
        await becomes(lambda: _true(bool(table.settled or table.released)))
    told = [(1, ItemState.FAILED)] if refusal else []
    assert [(number, end.state) for number, end in table.settled.items()] == told
    assert table.released == ([] if refusal else [(1, timedelta(seconds=3), 1)])


async def test_p4_a_database_that_was_away_is_swept_as_soon_as_it_is_back(monkeypatch) -> None:
    """Leases are safe without a pause: time without a database does not count against them."""
    pauses: list[float] = []
    table = Table()
    table.away = True
    crew = Crew(table, Asked(), PRICES, Plans(), METRICS)
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        await sleep(0)
        if len(pauses) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(crew_module.asyncio, "sleep", noted)
    with pytest.raises(asyncio.CancelledError):
        await crew._keep_sweeping()
    assert pauses == [crew_module._AGAIN_S] * 5


async def test_h51_a_suspect_runs_alone() -> None:
    table = Table(*map(leased, range(1, 20)), suspects=(leased(50), leased(51)))
    enricher = Asked()
    async with working(table, enricher, at_once=5):
        await settled(table, 21)
    for one in (50, 51):
        company_kept = [them for them in enricher.met if f"ada{one}@engines.test" in them]
        assert company_kept == [frozenset({f"ada{one}@engines.test"})]


@pytest.mark.parametrize(
    ("own", "allowed", "expected"), [(None, 300, 300), (200, 300, 200), (400, 300, 300)]
)
async def test_no_item_may_spend_more_than_it_is_allowed(own, allowed, expected) -> None:
    cap = None if own is None else MicroUsd(own)
    item = leased(1, allowance=MicroUsd(allowed))
    item = replace(item, request=replace(item.request, options=Options(max_cost=cap)))
    table, enricher = Table(item), Asked()
    async with working(table, enricher):
        await settled(table, 1)
    assert enricher.requests[0].options.max_cost == expected


def test_prices_are_of_what_may_be_asked() -> None:
    hunter = Channel(provider=Hunter(), key=Credential("k"), credit_price=MicroUsd(10))
    idle = Channel(provider=Hunter())
    prices = prices_of({"hunter": hunter, "idle": idle})
    assert prices.cheapest == 10
    assert prices.dearest == 20 * sum(offer.credits for offer in hunter.offers())
    assert prices_of({"idle": idle}).cheapest == 0


@pytest.mark.parametrize(
    ("stretch_s", "expected"), [(60, [[50], [51], [52], [1, 2]]), (0, [[50], [1, 2]])]
)
async def test_suspects_run_in_a_row_for_a_while_then_it_is_the_others_turn(
    monkeypatch, stretch_s, expected
) -> None:
    monkeypatch.setattr(crew_module, "_STRETCH_S", stretch_s)
    table = Table(*map(leased, (1, 2)), suspects=tuple(map(leased, (50, 51, 52))))
    crew = Crew(table, Asked(), PRICES, Plans(), METRICS, at_once=5)
    await crew._sweep()
    assert [[item.number for item in await crew._take()] for _ in expected] == expected
