"""Going together: to each its own answer and its own part of the cost, whatever happens."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.crowd import (
    MOMENT,
    MOST,
    PRICE,
    Gatekeeper,
    errand_for,
    find,
    known_as,
    verify,
)

from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.errors import (
    BreakerOpen,
    BudgetSpent,
    CallSkipped,
    DeadlineTooNear,
    NoPermit,
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderTimedOut,
    ProviderUnavailable,
    RoleferryError,
)
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.errand import Errand
from roleferry_enrich.gateway.gathering import Gatherings, UnreadableForAll
from roleferry_enrich.providers.contract import Answer, Call

KINDS = pytest.mark.parametrize("kind", [verify, find])
Kind = Callable[[str], Ask]


def addresses(count: int, name: str = "orla") -> list[str]:
    return [f"{name}{number}@quillmere.test" for number in range(count)]


def said(answer: Answer | BaseException) -> str | None:
    """The name an answer brought, or that of the error."""
    if isinstance(answer, BaseException):
        return type(answer).__name__
    return answer.people[0].full_name if answer.people else None


async def ask_all(
    gates: Gatekeeper, asks: Sequence[Ask], errands: Sequence[Errand] | None = None
) -> list[Answer | BaseException]:
    gatherings = Gatherings(gates)
    errands = errands or [errand_for(each) for each in asks]
    return await asyncio.gather(
        *(gatherings.ask(*each) for each in zip(asks, errands, strict=True)),
        return_exceptions=True,
    )


@KINDS
async def test_those_who_ask_at_once_go_together(kind: Kind) -> None:
    gates, emails = Gatekeeper(), addresses(5)

    answers = await ask_all(gates, list(map(kind, emails)))

    assert list(map(said, answers)) == list(map(known_as, emails))
    assert gates.sizes == [5]


@KINDS
async def test_who_asks_alone_asks_as_always(kind: Kind) -> None:
    gates = Gatekeeper()

    await ask_all(gates, [kind("orla@quillmere.test")])

    assert [call.path for call in gates.made] == [{verify: "/check", find: "/person"}[kind]]


@KINDS
async def test_a_full_party_leaves_and_the_next_one_forms(kind: Kind) -> None:
    gates, emails = Gatekeeper(), addresses(2 * MOST + 3)

    answers = await ask_all(gates, list(map(kind, emails)))

    assert list(map(said, answers)) == list(map(known_as, emails))
    assert gates.sizes == [MOST, MOST, 3]


@KINDS
async def test_a_process_that_stood_still_sends_nobody_ahead(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two looks at the clock more time may pass than a party waits."""
    gates, emails = Gatekeeper(), addresses(5)
    clock = count(step=MOMENT.total_seconds() * 2)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(clock))

    answers = await ask_all(gates, list(map(kind, emails)))

    assert list(map(said, answers)) == list(map(known_as, emails))
    assert gates.sizes == [5]


@KINDS
async def test_the_same_crowd_makes_the_same_call_in_whatever_order(kind: Kind) -> None:
    """So that after a crash its reply may still be in the books."""
    gates, asks = Gatekeeper(), list(map(kind, addresses(5)))

    await ask_all(gates, asks)
    await ask_all(gates, asks[::-1])

    first, second = gates.made
    assert first.json == second.json


async def test_equal_calls_travel_as_one_and_share_its_price() -> None:
    gates = Gatekeeper()
    asks = [find("orla@quillmere.test")] * 3 + [find("ada@quillmere.test")]
    errands = [errand_for(each) for each in asks]

    answers = await ask_all(gates, asks, errands)

    assert [said(answer) for answer in answers] == ["Owner of orla@quillmere.test"] * 3 + [
        "Owner of ada@quillmere.test"
    ]
    assert gates.sizes == [2]
    assert [errand.calls[0].cost for errand in errands] == [3334, 3333, 3333, 10_000]


@KINDS
async def test_each_reports_the_call_with_its_own_part(kind: Kind) -> None:
    gates, asks = Gatekeeper(), list(map(kind, addresses(3)))
    errands = [errand_for(each) for each in asks]

    await ask_all(gates, asks, errands)

    calls = [call for errand in errands for call in errand.calls]
    assert [call.cost for call in calls] == [PRICE] * 3
    assert [call.whole for call in calls] == [3 * PRICE] * 3
    assert len({call.id for call in calls}) == 1
    assert [call.conversation for call in calls] == [errand.conversation for errand in errands]


async def test_who_was_not_found_pays_nothing_where_replies_show_it() -> None:
    asks = [find("orla@quillmere.test"), find("nobody@quillmere.test")]
    errands = [errand_for(each) for each in asks]

    await ask_all(Gatekeeper(), asks, errands)

    assert [errand.calls[0].cost for errand in errands] == [PRICE, 0]


@KINDS
async def test_who_cannot_pay_its_share_holds_nobody_up(kind: Kind) -> None:
    gates, asks = Gatekeeper(), list(map(kind, addresses(3)))
    errands = [errand_for(each, cap=cap) for each, cap in zip(asks, [PRICE, 1, PRICE], strict=True)]

    answers = await ask_all(gates, asks, errands)

    assert isinstance(answers[1], BudgetSpent)
    assert gates.sizes == [2]
    assert [errand.terms.purse.left for errand in errands] == [0, 1, 0]


@KINDS
@pytest.mark.parametrize(
    "error",
    [
        ProviderUnavailable("status 503"),
        ProviderRateLimited("status 429"),
        ProviderTimedOut("no reply"),
        BreakerOpen("open"),
        NoPermit("none before the deadline"),
        DeadlineTooNear("too near"),
    ],
)
async def test_a_failure_reaches_each_with_its_reason(kind: Kind, error: RoleferryError) -> None:
    gates = Gatekeeper(trouble=lambda _: error)

    answers = await ask_all(gates, list(map(kind, addresses(4))))

    assert [(type(answer), str(answer)) for answer in answers] == [(type(error), str(error))] * 4
    assert len({id(answer) for answer in answers}) == 4
    assert gates.sizes == [4]


@KINDS
async def test_an_unreadable_reply_is_told_once_for_all(kind: Kind) -> None:
    gates = Gatekeeper(trouble=lambda _: ProviderContractChanged("no rows"))

    answers = await ask_all(gates, list(map(kind, addresses(4))))

    assert {type(answer) for answer in answers} == {UnreadableForAll}
    assert gates.unreadable_calls == 1


@KINDS
async def test_one_bad_question_spoils_no_other(kind: Kind) -> None:
    def trouble(call: Call) -> RoleferryError | None:
        is_bad = any(email.startswith("bad") for email in call.json)
        return ProviderRefusedQuery("status 422") if is_bad else None

    gates, emails = Gatekeeper(trouble=trouble), [*addresses(3), "bad@quillmere.test"]

    answers = await ask_all(gates, list(map(kind, emails)))

    assert list(map(said, answers)) == [*map(known_as, emails[:3]), "ProviderRefusedQuery"]
    assert gates.sizes == [4, 1, 1, 1, 1]


async def test_an_error_of_one_is_that_one_s() -> None:
    emails = ["orla@quillmere.test", "refused@quillmere.test", "nobody@quillmere.test"]

    answers = await ask_all(Gatekeeper(), list(map(verify, emails)))

    assert list(map(said, answers)) == [known_as(emails[0]), "ProviderRefusedQuery", None]


@KINDS
async def test_accounts_do_not_go_together(kind: Kind) -> None:
    gates, asks = Gatekeeper(), list(map(kind, addresses(4)))
    payers = [Payer(uuid4(), uuid4()) for _ in range(2)] * 2
    errands = [errand_for(each) for each in asks]
    for errand, payer in zip(errands, payers, strict=True):
        errand.terms = replace(errand.terms, payer=payer)

    await ask_all(gates, asks, errands)

    assert gates.sizes == [2, 2]


@KINDS
async def test_a_short_deadline_ends_no_other_s_wait(kind: Kind) -> None:
    """Refused for the sake of the first deadline, the others try for theirs."""

    def refuse_once(_: Call) -> RoleferryError | None:
        return NoPermit("not before the deadline") if len(gates.made) == 1 else None

    gates, asks = Gatekeeper(trouble=refuse_once), list(map(kind, addresses(3)))
    errands = [errand_for(each, seconds=time) for each, time in zip(asks, [60, 9, 60], strict=True)]

    answers = await ask_all(gates, asks, errands)

    assert [isinstance(answer, NoPermit) for answer in answers] == [False, True, False]
    assert gates.sizes == [3, 2]


@KINDS
async def test_who_goes_away_takes_nobody_along(kind: Kind) -> None:
    gates, asks = Gatekeeper(door=asyncio.Event()), list(map(kind, addresses(4)))
    gatherings, errands = Gatherings(gates), [errand_for(each) for each in asks]
    tasks = [asyncio.create_task(gatherings.ask(*e)) for e in zip(asks, errands, strict=True)]
    await asyncio.sleep(0)
    tasks[0].cancel()  # before they leave
    await gates.arrived.wait()
    tasks[1].cancel()  # on the way
    await asyncio.sleep(0)
    gates.door.set()

    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await gatherings.drain()

    assert list(map(said, answers))[:2] == ["CancelledError"] * 2
    assert list(map(said, answers))[2:] == [f"Owner of {each}" for each in addresses(4)[2:]]
    assert gates.sizes == [3]
    assert sum(call.cost for errand in errands for call in errand.calls) == gates.taken


FATES = st.sampled_from(
    [
        None,
        None,
        ProviderUnavailable("status 503"),
        ProviderTimedOut("no reply"),
        ProviderRefusedQuery("status 422"),
        BreakerOpen("open"),
    ]
)
ASKERS = st.lists(
    st.tuples(
        st.sampled_from(["orla", "ada", "nobody", "refused"]),
        st.integers(0, 12),
        st.integers(0, 3),
        st.sampled_from([None, 1, PRICE]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(askers=ASKERS, fates=st.lists(FATES, max_size=6))
def test_whatever_happens_each_gets_its_own_and_all_is_paid_once(
    askers: list[tuple[str, int, int, int | None, bool]],
    fates: list[RoleferryError | None],
) -> None:
    asyncio.run(_whatever_happens(askers, fates))


async def _whatever_happens(
    askers: list[tuple[str, int, int, int | None, bool]],
    fates: list[RoleferryError | None],
) -> None:
    left = list(fates)
    gates = Gatekeeper(trouble=lambda _: left.pop(0) if left else None)
    gatherings = Gatherings(gates)
    emails = [f"{name}{number}@quillmere.test" for name, number, *_ in askers]
    asks = [
        find(email) if name in {"ada", "nobody"} else verify(email)
        for (name, *_), email in zip(askers, emails, strict=True)
    ]
    errands = [errand_for(each, cap=cap) for each, (*_, cap, _c) in zip(asks, askers, strict=True)]

    async def come(place: int) -> Answer:
        for _ in range(askers[place][2]):
            await asyncio.sleep(0.001)
        return await gatherings.ask(asks[place], errands[place])

    tasks = [asyncio.create_task(come(place)) for place in range(len(askers))]
    await asyncio.sleep(0.001)
    for task, (*_, is_cancelled) in zip(tasks, askers, strict=True):
        if is_cancelled and len(fates) % 2:
            task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    await gatherings.drain()

    for email, answer in zip(emails, answers, strict=True):
        if isinstance(answer, BaseException):
            assert isinstance(answer, ProviderError | CallSkipped | asyncio.CancelledError)
        else:
            assert said(answer) == known_as(email)
    costs = [sum(call.cost for call in errand.calls) for errand in errands]
    assert sum(costs) == gates.taken
    assert all(size <= MOST for size in gates.sizes)
    for errand, cost in zip(errands, costs, strict=True):
        purse = errand.terms.purse
        assert purse.left is None or purse.left >= 0
        assert purse._held == cost
