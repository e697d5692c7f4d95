"""The plan of a request: everybody who may be asked, at what cost, and nobody asked for it."""

from dataclasses import replace

import pytest
from evaluation.rehearsal import answered, world
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pipeline.test_waterfall import KEYS, offer, offer_of, situation, steps_of
from tests.thorough import examples

from roleferry_enrich.domain.enrichments import Goal, Options, Request, Strategy
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.plans import CostRange, Plan
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.pipeline.estimate import estimate
from roleferry_enrich.pipeline.situation import EXECUTIVES, Situation
from roleferry_enrich.pipeline.situations import first_situation

PARALLEL = Options(strategy=Strategy.PARALLEL)


def in_parallel(found: Situation) -> Situation:
    return replace(found, request=replace(found.request, options=PARALLEL))


def chances(plan: Plan) -> list[tuple[int, str, float]]:
    return [(ask.step, f"{ask.provider}.{ask.capability}", ask.chance) for ask in plan.asks]


def test_in_parallel_everybody_is_asked_at_once() -> None:
    offers = offer("acme.find_person", "title"), offer("bravo.find_person", "title", credits=2)

    plan = estimate(in_parallel(situation(*offers, wanted="title")))

    assert chances(plan) == [(1, "acme.find_person", 1.0), (1, "bravo.find_person", 1.0)]
    assert plan.cost == CostRange(MicroUsd(0), MicroUsd(15), MicroUsd(30))
    assert plan.fill == {"title": 0.75}


def test_a_waterfall_comes_to_the_second_only_where_the_first_left_something() -> None:
    offers = offer("acme.find_person", "title"), offer("bravo.find_person", "title", credits=2)

    plan = estimate(situation(*offers, wanted="title"))

    assert chances(plan) == [(1, "acme.find_person", 1.0), (2, "bravo.find_person", 0.5)]
    assert plan.cost == CostRange(MicroUsd(0), MicroUsd(10), MicroUsd(30))


def test_who_can_only_be_asked_with_a_key_that_another_brings_comes_after_it() -> None:
    company = offer("acme.find_company", "company_number industry", needs="domain")
    register = offer("bravo.find_people", "full_name", credits=0, needs="company_number")

    plan = estimate(situation(register, company, wanted="full_name industry"))

    assert [(ask.provider, ask.step, ask.needs) for ask in plan.asks] == [
        ("acme", 1, ()),
        ("bravo", 2, ("company_number",)),
    ]
    assert plan.asks[1].chance == 0.5


def test_what_is_charged_whatever_comes_of_it_is_the_least() -> None:
    check = offer("hunter.verify_email", "business_email")

    assert estimate(in_parallel(situation(check, wanted="business_email"))).cost.least == 10


def test_who_is_too_dear_is_not_planned_and_the_cap_is_the_most() -> None:
    offers = offer("acme.find_person", "title"), offer("bravo.find_person", "title", credits=9)

    plan = estimate(situation(*offers, wanted="title", money_left=MicroUsd(15)))

    assert [ask.provider for ask in plan.asks] == ["acme"]
    assert [(one.provider, one.reason) for one in plan.unplanned] == [("bravo", "budget_spent")]
    assert plan.cost.most == 15


def test_a_mailbox_may_have_to_be_checked_where_sureness_is_wanted() -> None:
    found = situation(offer("acme.verify_email", "business_email"), wanted="business_email")
    strict = replace(found.request.options, min_confidence=Confidence(0.9))

    assert estimate(found).asks == ()
    assert estimate(replace(found, request=replace(found.request, options=strict))).asks


def test_a_list_is_paid_for_by_the_people_on_it() -> None:
    listing = offer("acme.find_people", "full_name", needs="domain")
    request = Request(goal=Goal.EXECUTIVES, keys=KEYS, limit=25)

    plan = estimate(replace(situation(listing), request=request))

    assert plan.asks[0].cost.most == 30
    assert plan.fill[EXECUTIVES] == 0.5


@settings(max_examples=examples(40), deadline=None)
@given(
    offers=st.lists(offer_of, max_size=8, unique_by=lambda o: (o.provider, o.capability)),
    steps=steps_of,
    money=st.none() | st.integers(0, 120),
    at_once=st.booleans(),
)
def test_an_estimate_is_in_order_and_counts_nobody_twice(offers, steps, money, at_once) -> None:
    found = situation(*offers, steps=steps, money_left=money)
    plan = estimate(in_parallel(found) if at_once else found)

    assert 0 <= plan.cost.least <= plan.cost.expected <= plan.cost.most
    assert money is None or plan.cost.most <= money
    assert all(0 <= share <= 1 for share in plan.fill.values())
    for ask in plan.asks:
        assert 0 <= ask.cost.least <= ask.cost.expected <= ask.cost.most
        assert 0 <= ask.chance <= 1
    told = [(a.provider, a.capability) for a in (*plan.asks, *plan.unplanned)]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("cap", [None, MicroUsd(60_000)])
async def test_no_answer_costs_more_or_asks_others_than_was_planned(strategy, cap) -> None:
    invented = world(9, 12)
    for person in invented.population.people[::5]:
        company = invented.population.companies[person.company_id]
        options = Options(strategy=strategy, max_cost=cap)
        for keys in (
            Keys(email=Email(person.email), domain=Domain(company.domain)),
            Keys(full_name=person.full_name, company_name=company.name),
        ):
            request = Request(goal=Goal.PERSON, keys=keys, options=options)
            plan = estimate(first_situation(invented.gateway.channels, request))
            answer = await answered(invented, request)

            assert sum(report.cost for report in answer.reports) <= plan.cost.most
            planned = {(ask.provider, ask.capability) for ask in plan.asks}
            asked = {(report.provider, report.capability) for report in answer.reports}
            assert cap is not None or asked <= planned


async def test_whoever_may_be_asked_for_executives_is_planned() -> None:
    invented = world(9, 12)
    for company in invented.population.companies[::3]:
        leaders = tuple(
            person.full_name
            for person in invented.population.people
            if person.company_id == company.id
        )
        request = Request(
            goal=Goal.EXECUTIVES,
            keys=Keys(domain=Domain(company.domain)),
            limit=10,
            known_executives=leaders[:3],
        )
        plan = estimate(first_situation(invented.gateway.channels, request))
        answer = await answered(invented, request)

        planned = {(ask.provider, ask.capability): ask.cost.most for ask in plan.asks}
        for report in answer.reports:
            assert report.cost <= planned[report.provider, report.capability]
        assert ("x", "find_people") in planned
