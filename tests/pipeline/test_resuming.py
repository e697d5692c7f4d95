"""Completion: who said "later" is asked again, for what is left of the money, and no one else."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.pipeline.scripted import (
    ACCOUNT,
    PRICE,
    TROUBLE,
    Script,
    Shelf,
    enricher,
    offer,
    orla,
    outcomes,
    quillmere,
    request,
)

from roleferry_enrich.domain.enrichments import Enrichment, Status
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Absent, Found, OptedOut, Waiting
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline import enrichment
from roleferry_enrich.pipeline.background import Background

MATCH = offer("apollo.find_person", "email", credits=1)
COMPANY = offer("clearbit.find_company", "domain", credits=1)
REGISTER = offer("companies_house.find_company", "company_number")
LATER = Waiting(timedelta(seconds=30))


async def pending(script: Script, shelf: Shelf, **options) -> Enrichment:
    """An enrichment whose company is owed."""
    script.answer("apollo.find_person", orla("apollo"))
    script.answer("clearbit.find_company", LATER)
    return await enricher(script, shelf).enrich(request(**options), ACCOUNT)


async def test_the_fuller_record_takes_the_same_id() -> None:
    script, shelf = Script(MATCH, COMPANY, REGISTER), Shelf()
    earlier = await pending(script, shelf)
    script.answer("clearbit.find_company", quillmere("clearbit"))

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert earlier.status is Status.PARTIAL
    assert (fuller.id, fuller.started_at) == (earlier.id, earlier.started_at)
    assert fuller.status is Status.COMPLETE
    assert fuller.person.text("full_name") == "Orla Fenwick"
    assert fuller.company.text("name") == "Quillmere Optics"
    assert shelf.kept[-1] is fuller
    assert shelf.events == [EventType.ENRICHMENT_COMPLETED]


async def test_who_says_later_again_completes_nothing() -> None:
    script, shelf = Script(MATCH, COMPANY, REGISTER), Shelf()
    earlier = await pending(script, shelf)
    script.answer("clearbit.find_company", LATER)

    await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert shelf.events == [None]


async def test_only_who_is_owed_is_asked_again() -> None:
    script, shelf = Script(MATCH, COMPANY, REGISTER), Shelf()
    earlier = await pending(script, shelf)
    script.asked.clear()
    script.answer("clearbit.find_company", quillmere("clearbit", company_number="01234567"))

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert script.names == ["clearbit.find_company"]
    assert outcomes(fuller) == {
        "apollo.find_person": "found",
        "clearbit.find_company": "found",
        "companies_house.find_company": "skipped:missing_key",
    }


async def test_what_our_own_database_said_is_read_again_for_it_was_not_kept_twice() -> None:
    own, missed = offer("internal.find_person", "email"), offer("internal.find_people", "domain")
    script, shelf = Script(MATCH, COMPANY, own, missed), Shelf()
    script.answer("internal.find_person", recalled("hunter", city="Bristol"))
    script.answer("internal.find_people", Absent())
    earlier = await pending(script, shelf)
    script.asked.clear()
    script.answer("clearbit.find_company", quillmere("clearbit"))
    kept = Observations(
        people=tuple(o for o in shelf.observed[0].people if not o.provenance.recalled)
    )

    fuller = await enricher(script, shelf).complete(earlier, kept)

    assert sorted(script.names) == ["clearbit.find_company", "internal.find_person"]
    assert fuller.person.text("city") == earlier.person.text("city") == "Bristol"
    assert len(outcomes(fuller)) == len(fuller.outcomes) == 4


def recalled(provider: str, **changed) -> Found:
    people = orla(provider, **changed).observations.people
    told = (replace(o, provenance=replace(o.provenance, recalled=True)) for o in people)
    return Found(Observations(people=tuple(told)))


async def test_what_was_spent_before_goes_on_counting() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await pending(script, shelf)

    again = await enricher(script, shelf).complete(earlier, shelf.observed[0])
    third = await enricher(script, shelf).complete(again, shelf.observed[-1])

    assert (earlier.cost, again.cost, third.cost) == (2 * PRICE, 3 * PRICE, 4 * PRICE)
    assert outcomes(third)["clearbit.find_company"] == "pending"


async def test_however_often_it_is_asked_the_cost_stays_within_the_cap() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    known = await pending(script, shelf, max_cost=3 * PRICE)

    for _ in range(4):
        known = await enricher(script, shelf).complete(known, shelf.observed[-1])

    assert known.cost == 3 * PRICE
    assert outcomes(known)["clearbit.find_company"] == "skipped:budget_spent"


async def test_the_oldest_answer_allowed_is_so_for_a_completion_too() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await pending(script, shelf, max_age=timedelta(minutes=5))

    await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert script.terms[-1].max_age == timedelta(minutes=5)


async def test_trouble_is_the_new_outcome() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await pending(script, shelf)
    script.answer("clearbit.find_company", TROUBLE)

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert outcomes(fuller)["clearbit.find_company"] == "failed:status 500"
    assert fuller.status is Status.PARTIAL


async def test_a_provider_that_was_switched_off_is_owed_nothing_but_its_cost() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await pending(script, shelf)
    del script.channels["clearbit"]

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert outcomes(fuller)["clearbit.find_company"] == "skipped:not_configured"
    assert fuller.cost == earlier.cost


async def test_nobody_is_asked_again_about_who_opted_out() -> None:
    other = offer("hunter.find_person", "email", credits=1)
    script, shelf = Script(MATCH, other), Shelf()
    script.answer("apollo.find_person", LATER)
    script.answer("hunter.find_person", OptedOut())
    earlier = await enricher(script, shelf).enrich(request(), ACCOUNT)
    script.asked.clear()

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert script.asked == []
    assert fuller.person is None
    assert outcomes(fuller)["apollo.find_person"] == "skipped:opted_out"


async def test_no_sample_takes_the_place_of_a_completion() -> None:
    script, shelf = Script(COMPANY), Shelf()
    script.answer("clearbit.find_company", LATER)
    earlier = await enricher(script, shelf).enrich(request(sample_fallback=True), ACCOUNT)
    script.answer("clearbit.find_company", TROUBLE)

    fuller = await enricher(script, shelf).complete(earlier, shelf.observed[0])

    assert earlier.sample
    assert (fuller.sample, shelf.kept[-1]) == (False, fuller)


async def test_a_completion_that_cannot_be_stored_is_none() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await pending(script, shelf)

    with pytest.raises(ServiceUnavailable):
        await enricher(script, Shelf(broken=True)).complete(earlier, shelf.observed[0])


async def begun(script: Script, shelf: Shelf, **options) -> Enrichment:
    """An enrichment for which a provider was paid to begin what takes longer."""
    script.answer("apollo.find_person", orla("apollo"))
    script.answer("clearbit.find_company", Waiting(timedelta(seconds=30), "run_1"))
    return await enricher(script, shelf).enrich(request(**options), ACCOUNT)


async def test_what_was_begun_is_gone_on_with_whatever_else_is_known_by_now() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    earlier = await begun(script, shelf, max_cost=2 * PRICE, max_age=timedelta(0))
    script.asked.clear()
    script.answer("clearbit.find_company", Waiting(timedelta(seconds=30), "run_1"))

    again = await enricher(script, shelf).complete(earlier, shelf.observed[0])
    script.answer("clearbit.find_company", quillmere("clearbit"))
    fuller = await enricher(script, shelf).complete(again, shelf.observed[0])

    assert [ask.reference for ask in script.asked] == ["run_1", "run_1"]
    assert outcomes(again)["clearbit.find_company"] == "pending"
    assert outcomes(fuller)["clearbit.find_company"] == "found"
    assert fuller.cost == earlier.cost == 2 * PRICE


async def test_what_was_begun_and_is_still_under_way_at_the_deadline_stays_owed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(enrichment, "_COMPLETION_TIME", timedelta(milliseconds=20))
    script, shelf, background = Script(MATCH, COMPANY), Shelf(), Background()
    earlier = await begun(script, shelf)
    slow = Script(MATCH, COMPANY)

    known = await enricher(slow, shelf, background).complete(earlier, shelf.observed[0])
    slow.answer("clearbit.find_company", Absent())
    await background.drain(5)

    (owed,) = [o for o in known.outcomes if o.provider == "clearbit"]
    assert (owed.outcome, owed.reference) == ("pending", "run_1")


async def test_a_worker_that_stops_lets_a_completion_end() -> None:
    script, shelf, background = Script(MATCH, COMPANY), Shelf(), Background()
    earlier = await pending(script, shelf)
    slow = Script(MATCH, COMPANY)
    working = asyncio.create_task(
        enricher(slow, shelf, background).complete(earlier, shelf.observed[0])
    )
    await slow.until_asked("clearbit.find_company")

    working.cancel()
    slow.answer("clearbit.find_company", Absent())
    await background.drain(5)

    assert outcomes(shelf.kept[-1])["clearbit.find_company"] == "not_found"
