"""Recording: the database decides neither when nor whether the caller is answered."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import DataError
from tests.storage.examples import enrichment

from roleferry_enrich.domain.enrichments import Enrichment, Status
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline import recording
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.recording import PatientRecords

SOON = timedelta(milliseconds=20)
LONG = timedelta(seconds=5)
CONTACT = uuid4()


class SlowRepository:
    """Stores when it is told to, or fails."""

    def __init__(self, *, error: Exception | None = None, ready: bool = True) -> None:
        self._error = error
        self.go = asyncio.Event()
        if ready:
            self.go.set()
        self.stored: list[Enrichment] = []
        self.at_once = self._now = 0

    async def record(
        self, enrichment, reports, *, observations, event=None, bill=None, alongside=None
    ) -> Enrichment:
        self.alongside = alongside
        self._now += 1
        self.at_once = max(self.at_once, self._now)
        await self.go.wait()
        self._now -= 1
        if self._error is not None:
            raise self._error
        self.stored.append(enrichment)
        return Enrichment(
            **{n: getattr(enrichment, n) for n in Enrichment.__slots__} | {"person_id": CONTACT}
        )


class Complaints:
    def __init__(self) -> None:
        self.reasons: list[str] = []

    def record_failed(self, enrichment: Enrichment, reason: str) -> None:
        self.reasons.append(reason)


def records(repository: SlowRepository) -> tuple[PatientRecords, Background, Complaints]:
    background, complaints = Background(), Complaints()
    return PatientRecords(repository, background, complaints), background, complaints


async def test_a_quick_database_names_the_contact() -> None:
    kept, _, _ = records(SlowRepository())

    known = await kept.record(enrichment(uuid4()), (), Observations(), within=LONG)

    assert known.person_id == CONTACT


@pytest.mark.parametrize("within", [SOON, LONG], ids=["near the deadline", "with time left"])
async def test_a_slow_database_does_not_hold_the_answer_up(within) -> None:
    repository = SlowRepository(ready=False)
    kept, background, _ = records(repository)
    loop, answer = asyncio.get_running_loop(), enrichment(uuid4())
    started = loop.time()

    known = await kept.record(answer, (), Observations(), within=within)

    assert known is answer
    assert loop.time() - started < LONG.total_seconds()
    repository.go.set()
    await background.drain(5)
    assert repository.stored == [answer]


async def test_near_the_deadline_there_is_no_time_to_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "_PATIENCE", LONG)
    kept, background, _ = records(SlowRepository(ready=False))
    loop = asyncio.get_running_loop()
    started = loop.time()

    await kept.record(enrichment(uuid4()), (), Observations(), within=SOON)

    assert loop.time() - started < LONG.total_seconds()
    await background.drain(0)


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (ServiceUnavailable("the database is away"), "the database is away"),
        (DataError("insert", {}, Exception("no NUL in text")), "not stored: DataError"),
    ],
)
async def test_what_cannot_be_stored_is_answered_and_complained_of(error, complaint) -> None:
    kept, _, complaints = records(SlowRepository(error=error))
    answer = enrichment(uuid4())

    assert await kept.record(answer, (), Observations(), within=LONG) is answer
    assert complaints.reasons == [complaint]


async def test_whoever_needs_it_stored_learns_that_it_is_not() -> None:
    kept, _, complaints = records(SlowRepository(error=ServiceUnavailable("away")))

    with pytest.raises(ServiceUnavailable):
        await kept.store(enrichment(uuid4()), (), Observations())

    assert complaints.reasons == ["away"]


async def test_a_fuller_version_is_not_overtaken_by_a_slow_earlier_one() -> None:
    repository = SlowRepository(ready=False)
    kept, background, _ = records(repository)
    account, same = uuid4(), uuid4()
    first = enrichment(account, id=same, status=Status.PARTIAL)
    fuller = enrichment(account, id=same, status=Status.COMPLETE)

    await kept.record(first, (), Observations(), within=timedelta(0))
    storing = asyncio.create_task(kept.store(fuller, (), Observations()))
    repository.go.set()
    await storing

    assert [one.status for one in repository.stored] == [Status.PARTIAL, Status.COMPLETE]
    await background.drain(1)
    assert kept._under_way == {}


async def test_a_burst_does_not_take_every_connection() -> None:
    repository = SlowRepository(ready=False)
    kept, background, _ = records(repository)
    for _ in range(20):
        await kept.record(enrichment(uuid4()), (), Observations(), within=timedelta(0))
    await asyncio.sleep(0)

    assert repository.at_once <= 5
    repository.go.set()
    await background.drain(5)
    assert (len(repository.stored), repository.at_once) == (20, 5)


async def test_storing_outlives_who_waits_for_it() -> None:
    repository = SlowRepository(ready=False)
    kept, background, _ = records(repository)
    waiting = asyncio.create_task(kept.store(enrichment(uuid4()), (), Observations()))
    await asyncio.sleep(0)

    waiting.cancel()
    repository.go.set()
    await background.drain(5)

    assert len(repository.stored) == 1
