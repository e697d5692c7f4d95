"""An item of a batch: nobody waits for it, so that it waits for all, and lets others go first."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.pipeline.scripted import (
    ACCOUNT,
    Script,
    Shelf,
    all_that_can_happen,
    enricher,
    offer,
    request,
)

from roleferry_enrich.domain.enrichments import Status
from roleferry_enrich.domain.outcomes import Absent
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.pipeline import enrichment as module
from roleferry_enrich.pipeline.background import Background

PAID = offer("acme.find_person", "email", credits=1)
NEXT = offer("bolt.find_email", "full_name", credits=1)


async def test_it_gives_way_to_who_waits_for_an_answer() -> None:
    script, shelf = Script(PAID), Shelf()
    script.answer("acme.find_person", Absent())
    await enricher(script, shelf).work_off(request(), ACCOUNT, uuid4())
    assert [terms.priority for terms in script.terms] == [Priority.BATCH]


async def test_what_comes_after_the_deadline_still_is_part_of_it() -> None:
    script, shelf, known = Script(PAID), Shelf(), uuid4()
    late = request(deadline=timedelta(milliseconds=1))
    task = asyncio.create_task(enricher(script, shelf).work_off(late, ACCOUNT, known))
    await script.until_asked("acme.find_person")
    await asyncio.sleep(0.05)
    script.answer("acme.find_person", Absent())
    enrichment = await task
    assert (enrichment.id, enrichment.status) == (known, Status.NOT_FOUND)
    assert shelf.kept == [enrichment]


async def test_what_cannot_be_recorded_is_no_answer() -> None:
    script = Script(PAID)
    script.answer("acme.find_person", Absent())
    with pytest.raises(ServiceUnavailable):
        await enricher(script, Shelf(broken=True)).work_off(request(), ACCOUNT, uuid4())


async def test_stopped_it_asks_nobody_more_and_keeps_what_is_paid_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_CROWD_S", 0)
    script, shelf, background = Script(PAID, NEXT), Shelf(), Background()
    task = asyncio.create_task(
        enricher(script, shelf, background).work_off(request(), ACCOUNT, uuid4())
    )
    await script.until_asked("acme.find_person")
    task.cancel()
    await asyncio.wait({task})
    script.answer("acme.find_person", Absent())
    await background.drain(5)
    await all_that_can_happen()
    assert script.names == ["acme.find_person"]
    (kept,) = shelf.kept
    assert kept.cost == 10_000
    # An end that nobody was waiting for: the item is somebody else's now, or was cancelled.
    assert shelf.events == [None]
