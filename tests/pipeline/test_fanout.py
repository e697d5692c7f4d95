"""Fan-out: no waves, an honest end at the deadline, and silence after an opt-out."""

import asyncio
from datetime import timedelta

from tests.pipeline.scripted import (
    DOMAIN,
    EMAIL,
    TROUBLE,
    Script,
    all_that_can_happen,
    offer,
    orla,
    quillmere,
    request,
    said_of,
    terms,
)

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal, Strategy
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import Absent, OptedOut, OutcomeKind
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.pipeline.fanout import FanOut
from roleferry_enrich.pipeline.planning import next_asks
from roleferry_enrich.pipeline.situation import Situation

MATCH = offer("slow.find_person", "email", credits=1)
COMPANY = offer("quick.find_company", "domain", credits=1)
REGISTER = offer("register.find_company", "company_number")
FINDER = offer("finder.find_email", "full_name+domain", credits=1)


def later(seconds: float) -> float:
    return asyncio.get_running_loop().time() + seconds


def reported(fanout: FanOut) -> dict[str, tuple[str, str | None]]:
    return {
        f"{line.provider}.{line.capability}": (line.outcome, line.reason)
        for line in (report.summary() for report in fanout.all_reports())
    }


async def test_a_new_key_is_used_while_a_slow_provider_is_still_at_work() -> None:
    script = Script(MATCH, COMPANY, REGISTER)
    script.answer("quick.find_company", quillmere(company_number="01234567"))
    running = asyncio.create_task(FanOut(script, request(), terms()).run_until(later(5)))

    await script.until_asked("register.find_company")

    assert not running.done()
    assert script.names == ["slow.find_person", "quick.find_company", "register.find_company"]
    script.answer("slow.find_person", orla())
    script.answer("register.find_company", Absent())
    await running


async def test_it_is_planned_again_only_where_something_was_learnt(monkeypatch) -> None:
    looked: list[Situation] = []

    def planned(situation: Situation) -> tuple[Ask, ...]:
        looked.append(situation)
        return next_asks(situation)

    monkeypatch.setattr("roleferry_enrich.pipeline.fanout.next_asks", planned)
    offers = [offer(f"p{n}.find_person", "email", credits=1) for n in range(8)]
    script = Script(*offers, COMPANY, REGISTER)
    running = asyncio.create_task(FanOut(script, request(), terms()).run_until(later(5)))
    for n in range(8):
        await script.until_asked(f"p{n}.find_person")
        script.answer(f"p{n}.find_person", orla())
        await all_that_can_happen()
    assert len(looked) < 5
    script.answer("quick.find_company", quillmere(company_number="01234567"))
    await script.until_asked("register.find_company")
    script.answer("register.find_company", Absent())
    await running


async def test_it_ends_as_soon_as_all_have_answered() -> None:
    script = Script(MATCH, COMPANY)
    script.answer("slow.find_person", orla())
    script.answer("quick.find_company", TROUBLE)
    fanout = FanOut(script, request(), terms())

    async with asyncio.timeout(20):
        await fanout.run_until(later(60))

    assert fanout.is_finished
    assert reported(fanout) == {
        "slow.find_person": (OutcomeKind.FOUND, None),
        "quick.find_company": (OutcomeKind.FAILED, "status 500"),
    }


async def test_whoever_is_unfinished_at_the_deadline_is_named() -> None:
    script = Script(MATCH, COMPANY, REGISTER)
    script.answer("quick.find_company", quillmere())
    fanout = FanOut(script, request(), terms())

    await fanout.run_until(later(0.05))

    assert not fanout.is_finished
    assert reported(fanout) == {
        "quick.find_company": (OutcomeKind.FOUND, None),
        "slow.find_person": (OutcomeKind.TIMED_OUT, "no answer by the deadline"),
        "register.find_company": (OutcomeKind.SKIPPED, "missing_key"),
    }


async def test_what_comes_late_is_taken_and_starts_nothing() -> None:
    script = Script(MATCH, COMPANY, REGISTER)
    script.answer("slow.find_person", orla())
    fanout = FanOut(script, request(), terms())
    await fanout.run_until(later(0.05))

    script.answer("quick.find_company", quillmere(company_number="01234567"))
    await fanout.run_late()

    assert len(fanout.accepted.companies) == 1
    assert reported(fanout)["register.find_company"] == (OutcomeKind.SKIPPED, "deadline_too_near")


async def test_another_persons_data_is_recorded_and_not_accepted() -> None:
    script = Script(MATCH)
    script.answer("slow.find_person", said_of(PersonClaim(full_name="Bram Okafor")))
    fanout = FanOut(script, request(), terms())

    await fanout.run_until(later(5))

    assert (len(fanout.everything.people), fanout.accepted.people) == (1, ())
    assert reported(fanout) == {
        "slow.find_person": (OutcomeKind.NOT_FOUND, "answered with another subject")
    }


async def test_after_an_opt_out_nobody_else_is_asked() -> None:
    script = Script(MATCH, COMPANY, FINDER)
    script.answer("slow.find_person", OptedOut())
    fanout = FanOut(script, request(), terms())
    running = asyncio.create_task(fanout.run_until(later(5)))
    await script.until_asked("quick.find_company")
    await all_that_can_happen()

    script.answer("quick.find_company", quillmere())
    await running

    assert "finder.find_email" not in script.names
    assert reported(fanout)["slow.find_person"] == (OutcomeKind.OPTED_OUT, None)
    assert reported(fanout)["quick.find_company"] == (OutcomeKind.FOUND, None)


async def test_a_question_that_an_opt_out_forbids_says_so() -> None:
    script = Script(MATCH, COMPANY, REGISTER)
    script.answer("slow.find_person", OptedOut())
    fanout = FanOut(script, request(), terms())
    running = asyncio.create_task(fanout.run_until(later(5)))
    await script.until_asked("quick.find_company")
    await all_that_can_happen()

    script.answer("quick.find_company", quillmere(company_number="01234567"))
    await running

    assert reported(fanout)["register.find_company"] == (OutcomeKind.SKIPPED, "opted_out")


async def test_an_opt_out_forgets_what_others_said_before_and_after_it() -> None:
    early, late = offer("early.find_person", "email"), offer("late.find_person", "email")
    script = Script(early, MATCH, late)
    employer = CompanyClaim(name="Tarn Foundry", domain="tarnfoundry.test")
    personal = Keys(email=EMAIL)
    named = PersonClaim(full_name="Orla Fenwick", emails=orla().observations.people[0].claim.emails)
    fanout = FanOut(script, request(keys=personal), terms())
    running = asyncio.create_task(fanout.run_until(later(5)))

    script.answer("early.find_person", said_of(named, employer))
    await script.until_asked("late.find_person")
    await all_that_can_happen()
    assert fanout.accepted.people
    script.answer("slow.find_person", OptedOut())
    await all_that_can_happen()
    script.answer("late.find_person", said_of(named, provider="late"))
    await running

    assert fanout.accepted.people == fanout.everything.people == ()
    assert fanout.accepted.companies == ()


async def test_an_opt_out_leaves_the_company_that_the_caller_named() -> None:
    script = Script(MATCH, COMPANY)
    script.answer("quick.find_company", quillmere())
    script.answer("slow.find_person", OptedOut())
    fanout = FanOut(script, request(keys=Keys(email=EMAIL, domain=DOMAIN)), terms())

    await fanout.run_until(later(5))

    assert [c.claim.name for c in fanout.accepted.companies] == ["Quillmere Optics"]


async def test_a_company_that_cannot_be_told_stops_nobody() -> None:
    people = offer("staff.find_people", "company_number")
    script = Script(COMPANY, offer("other.find_company", "domain"), people)
    script.answer("quick.find_company", OptedOut())
    script.answer("other.find_company", quillmere(company_number="01234567"))
    script.answer("staff.find_people", said_of(PersonClaim(full_name="Orla Fenwick", title="CEO")))
    fanout = FanOut(script, request(Goal.EXECUTIVES, keys=Keys(domain=DOMAIN)), terms())

    await fanout.run_until(later(5))

    assert len(fanout.accepted.people) == 1


async def test_no_more_is_started_than_the_purse_holds() -> None:
    script = Script(MATCH, COMPANY)
    script.answer("slow.find_person", orla())
    script.answer("quick.find_company", quillmere())
    fanout = FanOut(script, request(), terms(cap=10_000))

    await fanout.run_until(later(5))

    assert len(script.asked) == 1
    assert ("skipped", "budget_spent") in reported(fanout).values()


async def test_whom_nobody_could_place_at_first_is_looked_at_again_when_more_is_known() -> None:
    """The team comes before anybody has said whose the mailbox is.

    It was found in another conversation than the report's own, as our database recalls it.
    """
    unclear = Keys(email=Email(f"ofx@{DOMAIN}"), domain=DOMAIN)
    script = Script(MATCH, offer("site.find_people", "domain"))
    team = [PersonClaim(full_name=n, company_domain=DOMAIN) for n in ("Orla Fenwick", "Bo Nair")]
    fanout = FanOut(script, request(keys=unclear), terms())
    running = asyncio.create_task(fanout.run_until(later(5)))
    script.answer("site.find_people", said_of(*team, provider="site"))
    await all_that_can_happen()

    assert fanout.accepted.people == ()
    assert reported(fanout)["site.find_people"][0] is OutcomeKind.NOT_FOUND

    script.answer("slow.find_person", orla(emails=(EmailClaim(address=f"ofx@{DOMAIN}"),)))
    await running

    assert sorted(
        (person.provenance.provider, person.claim.full_name) for person in fanout.accepted.people
    ) == [("acme", "Orla Fenwick"), ("site", "Orla Fenwick")]
    assert reported(fanout)["site.find_people"] == (OutcomeKind.FOUND, None)


WATERFALL = {"strategy": Strategy.WATERFALL, "deadline": timedelta(milliseconds=400)}


async def test_a_waterfall_waits_for_an_answer_before_it_asks_the_next() -> None:
    script = Script(MATCH, COMPANY)
    unhurried = request(**WATERFALL | {"deadline": timedelta(seconds=10)})
    running = asyncio.create_task(FanOut(script, unhurried, terms()).run_until(later(5)))
    await all_that_can_happen()

    assert len(script.asked) == 1
    script.answer("quick.find_company", quillmere(industry="Optics", company_number="01234567"))
    script.answer("slow.find_person", orla())
    async with asyncio.timeout(5):
        await running


async def test_a_waterfall_goes_on_past_whoever_takes_too_long() -> None:
    script = Script(MATCH, COMPANY)
    fanout = FanOut(script, request(**WATERFALL), terms())
    running = asyncio.create_task(fanout.run_until(later(60)))
    for name in ("slow.find_person", "quick.find_company"):
        await script.until_asked(name)

    script.answer("slow.find_person", orla())
    script.answer("quick.find_company", quillmere())
    async with asyncio.timeout(5):
        await running
    assert {kind for kind, _ in reported(fanout).values()} == {OutcomeKind.FOUND}


async def test_who_charged_for_nothing_is_not_paid_again_with_another_key() -> None:
    by_name = offer("slow.find_person", "full_name+domain", "email", credits=1)
    script = Script(by_name, offer("free.find_people", "domain"))
    script.answer("slow.find_person", Absent())
    script.answer("free.find_people", orla("free"))
    fanout = FanOut(script, request(), terms())

    await fanout.run_until(later(5))

    assert script.names.count("slow.find_person") == 1
