"""The main path: answers by the deadline, records what came, goes on for what is late."""

import asyncio
from datetime import timedelta

import pytest
from tests.pipeline.scripted import (
    ACCOUNT,
    EMAIL,
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

from roleferry_enrich.domain.enrichments import Status
from roleferry_enrich.domain.outcomes import Absent, OptedOut
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.pipeline.background import Background

MATCH = offer("apollo.find_person", "email", credits=1)
OTHER = offer("hunter.find_person", "email", credits=1)
COMPANY = offer("clearbit.find_company", "domain", credits=1)


async def test_what_was_found_is_merged_recorded_and_seen() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    script.answer("apollo.find_person", orla("apollo"))
    script.answer("clearbit.find_company", quillmere("clearbit"))
    service = enricher(script, shelf)

    answer = await service.enrich(request(), ACCOUNT)

    assert answer.status is Status.COMPLETE
    assert answer.person.text("full_name") == "Orla Fenwick"
    assert answer.company.text("name") == "Quillmere Optics"
    assert answer.cost == 20_000
    assert shelf.kept == service.onlooker.seen == [answer]


async def test_late_answers_are_recorded_under_the_same_id() -> None:
    script, shelf, background = Script(MATCH, COMPANY), Shelf(), Background()
    script.answer("clearbit.find_company", quillmere("clearbit"))

    answer = await enricher(script, shelf, background).enrich(request(), ACCOUNT)
    script.answer("apollo.find_person", orla("apollo"))
    await background.drain(5)

    assert answer.status is Status.PARTIAL
    assert outcomes(answer)["apollo.find_person"] == "timed_out:no answer by the deadline"
    first, fuller = shelf.kept
    assert first.id == fuller.id == answer.id
    assert fuller.status is Status.COMPLETE
    assert fuller.person.text("full_name") == "Orla Fenwick"
    assert outcomes(fuller)["apollo.find_person"] == "found"


async def test_recording_may_take_what_is_left_of_the_deadline_and_no_more() -> None:
    script, shelf, background = Script(MATCH), Shelf(), Background()

    await enricher(script, shelf, background).enrich(
        request(deadline=timedelta(milliseconds=300)), ACCOUNT
    )

    assert timedelta(0) <= shelf.within[0] <= timedelta(milliseconds=30)
    await background.drain(0)


async def test_a_caller_that_goes_away_leaves_the_work_going() -> None:
    script, shelf, background = Script(MATCH), Shelf(), Background()
    asking = asyncio.create_task(enricher(script, shelf, background).enrich(request(), ACCOUNT))
    await script.until_asked("apollo.find_person")

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    script.answer("apollo.find_person", orla("apollo"))
    await background.drain(5)

    assert [one.status for one in shelf.kept] == [Status.COMPLETE]


async def test_an_answer_that_cannot_be_stored_is_an_answer() -> None:
    script, background = Script(MATCH, COMPANY), Background()
    script.answer("apollo.find_person", orla("apollo"))

    answer = await enricher(script, Shelf(broken=True), background).enrich(request(), ACCOUNT)
    script.answer("clearbit.find_company", quillmere("clearbit"))
    await background.drain(5)

    assert answer.person.text("full_name") == "Orla Fenwick"


async def test_who_opted_out_is_not_served_from_anybody() -> None:
    script, shelf = Script(MATCH, OTHER, COMPANY), Shelf()
    script.answer("apollo.find_person", orla("apollo"))
    script.answer("clearbit.find_company", quillmere("clearbit"))
    script.answer("hunter.find_person", OptedOut())

    answer = await enricher(script, shelf).enrich(request(), ACCOUNT)

    assert (answer.person, answer.executives) == (None, ())
    assert answer.company.text("name") == "Quillmere Optics"
    assert answer.status is Status.COMPLETE
    assert outcomes(answer) == {
        "apollo.find_person": "found",
        "hunter.find_person": "opted_out",
        "clearbit.find_company": "found",
    }
    assert (shelf.observed[0].people, shelf.observed[0].verdicts) == ((), ())


async def test_an_opt_out_that_comes_late_takes_the_person_out_again() -> None:
    script, shelf, background = Script(MATCH, OTHER), Shelf(), Background()
    script.answer("apollo.find_person", orla("apollo"))

    answer = await enricher(script, shelf, background).enrich(
        request(keys=Keys(email=EMAIL)), ACCOUNT
    )
    script.answer("hunter.find_person", OptedOut())
    await background.drain(5)

    assert answer.person is not None
    assert shelf.kept[-1].person is None
    assert shelf.kept[-1].status is Status.NOT_FOUND
    assert shelf.observed[-1].people == ()


async def test_where_providers_fail_a_sample_is_answered_to_who_asked_for_it() -> None:
    script, shelf = Script(MATCH), Shelf()
    script.answer("apollo.find_person", TROUBLE)

    answer = await enricher(script, shelf).enrich(request(sample_fallback=True), ACCOUNT)

    assert answer.sample
    assert answer.person is not None
    (kept,) = shelf.kept
    assert (kept.sample, kept.person, kept.company) == (False, None, None)
    assert kept.cost == 10_000, "what was spent is in the books, sample or not"


@pytest.mark.parametrize(
    ("outcome", "asked_for"),
    [(TROUBLE, False), (Absent(), True), (OptedOut(), True)],
    ids=["not asked for", "nobody failed", "opted out"],
)
async def test_else_there_is_no_sample(outcome, asked_for) -> None:
    script, shelf = Script(MATCH, OTHER), Shelf()
    script.answer("apollo.find_person", outcome)
    script.answer("hunter.find_person", outcome if isinstance(outcome, Absent) else TROUBLE)

    answer = await enricher(script, shelf).enrich(request(sample_fallback=asked_for), ACCOUNT)

    assert not answer.sample
    assert answer.person is None


async def test_something_found_is_never_mixed_with_a_sample() -> None:
    script, shelf = Script(MATCH, COMPANY), Shelf()
    script.answer("apollo.find_person", TROUBLE)
    script.answer("clearbit.find_company", quillmere())

    answer = await enricher(script, shelf).enrich(request(sample_fallback=True), ACCOUNT)

    assert not answer.sample
    assert answer.person is None
