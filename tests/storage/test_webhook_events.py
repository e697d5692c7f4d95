"""Events from outside: kept once, worked through once and in turn, given back, dead at last.

P18, H59 to H61 and H64.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, text, update
from tests.storage.examples import NOW

from roleferry_enrich.storage.webhook_desk import WebhookDesk
from roleferry_enrich.storage.webhook_events import MOST_TRIES, Arrived, WebhookEvents
from roleferry_enrich.storage.webhook_tables import webhook_events

DAY = timedelta(days=1)


@pytest.fixture
async def events(engine) -> AsyncIterator[WebhookEvents]:
    """Nobody else's are due: the table is one for the whole installation."""
    yield WebhookEvents(engine)
    async with engine.begin() as connection:
        await connection.execute(delete(webhook_events))


@pytest.fixture
def desk(engine) -> WebhookDesk:
    return WebhookDesk(engine)


def event(name: str = "e1", **changed) -> Arrived:
    standard = {
        "event_id": name,
        "kind": "bounce",
        "subject": None,
        "occurred_at": NOW,
        "digest": b"d1",
        "body": b"sealed",
    }
    return Arrived(**standard | changed)


async def changed(engine, **values) -> None:
    async with engine.begin() as connection:
        await connection.execute(update(webhook_events).values(**values))


async def states(engine) -> dict[str, tuple[str, str | None, str | None]]:
    columns = webhook_events.c
    async with engine.connect() as connection:
        rows = await connection.execute(select(webhook_events).order_by(columns.event_id))
        return {row.event_id: (row.state, row.effect, row.reason) for row in rows}


async def applied(_connection) -> str:
    return "kept"


async def taken_by(events: WebhookEvents) -> list[str]:
    return sorted(claimed.event_id for claimed in await events.claim(100))


async def test_p18_of_a_hundred_equal_deliveries_at_once_one_is_new(events):
    taken = await asyncio.gather(*(events.take_in("acme", [event()]) for _ in range(100)))

    assert sum(one.new for one in taken) == 1
    assert not any(one.differing or one.is_reused for one in taken)


async def test_p18_batches_that_overlap_keep_each_event_once(events):
    names = [f"e{number}" for number in range(20)]
    forth = [event(name) for name in names]
    taken = await asyncio.gather(
        *(events.take_in("acme", forth if n % 2 else forth[::-1]) for n in range(20))
    )

    assert sum(one.new for one in taken) == 20


@pytest.mark.parametrize("later", [timedelta(hours=29), timedelta(days=7), timedelta(days=29)])
async def test_p18_a_repeated_event_is_known_for_as_long_as_it_is_kept(engine, events, desk, later):
    await events.take_in("acme", [event()])
    (claimed,) = await events.claim(1)
    await events.finish(claimed, applied)
    await changed(engine, received_at=func.clock_timestamp() - later)
    await desk.forget(timedelta(days=30), 100)

    assert (await events.take_in("acme", [event()])).new == 0
    assert await events.claim(1) == []


async def test_the_same_id_of_another_sender_is_another_event(events):
    await events.take_in("acme", [event()])

    assert (await events.take_in("other", [event()])).new == 1


async def test_h59_the_same_id_with_another_content_is_told_and_the_first_stands(engine, events):
    await events.take_in("acme", [event()])

    taken = await events.take_in("acme", [event(digest=b"d2", body=b"forged"), event("e2")])

    assert (taken.new, taken.differing) == (1, ["e1"])
    async with engine.connect() as connection:
        bodies = await connection.scalars(select(webhook_events.c.body))
        assert set(bodies) == {b"sealed"}


async def test_an_event_twice_in_one_body_is_one(events):
    assert (await events.take_in("acme", [event(), event()])).new == 1


async def test_h60_a_thousand_events_of_one_body_are_kept_and_the_bad_one_set_aside(engine, events):
    arrived = [event(f"e{n}", fault="unreadable" if n == 500 else None) for n in range(1_000)]

    assert (await events.take_in("acme", arrived)).new == 1_000
    found = await states(engine)
    assert found.pop("e500") == ("dead", None, "unreadable")
    assert set(found.values()) == {("waiting", None, None)}


async def test_nothing_delivered_is_nothing_kept(events):
    assert (await events.take_in("acme", [])).new == 0


async def test_h62_what_serves_once_is_refused_with_another_event(engine, events):
    await events.take_in("acme", [event(nonce=b"n1")])

    again = await events.take_in("acme", [event(nonce=b"n1")])
    other = await events.take_in("acme", [event("e2", digest=b"d2", nonce=b"n1")])

    assert (again.new, again.is_reused) == (0, False)
    assert other.is_reused
    assert set(await states(engine)) == {"e1"}


async def test_h62_of_many_events_at_once_by_one_proof_one_is_kept(engine, events):
    sent = (events.take_in("acme", [event(f"e{n}", nonce=b"n1")]) for n in range(20))

    taken = await asyncio.gather(*sent)

    assert [one.is_reused for one in taken].count(False) == 1
    assert len(await states(engine)) == 1


async def test_an_event_is_claimed_by_one_worker_until_its_lease_ends(engine, events):
    await events.take_in("acme", [event()])
    claims = await asyncio.gather(*(events.claim(10) for _ in range(5)))

    assert sum(map(len, claims)) == 1
    await changed(engine, due_at=func.clock_timestamp() - timedelta(seconds=1))
    assert await taken_by(events) == ["e1"]


async def test_h64_who_was_overtaken_has_no_effect(engine, events):
    await events.take_in("acme", [event()])
    (first,) = await events.claim(1)
    await changed(engine, due_at=func.clock_timestamp() - timedelta(seconds=1))
    (second,) = await events.claim(1)
    effects = []

    async def once(_connection) -> str:
        effects.append(1)
        return "kept"

    assert not await events.finish(first, once)
    assert await events.finish(second, once)
    assert not await events.finish(second, once)
    assert len(effects) == 1


async def test_h64_an_effect_and_its_end_are_written_together_or_not_at_all(engine, events):
    await events.take_in("acme", [event()])
    (claimed,) = await events.claim(1)

    async def broken(connection) -> str:
        await connection.execute(text("UPDATE webhook_events SET kind = 'half done'"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await events.finish(claimed, broken)

    async with engine.connect() as connection:
        assert await connection.scalar(select(webhook_events.c.kind)) == "bounce"
    assert await states(engine) == {"e1": ("waiting", None, None)}
    assert await events.finish(claimed, applied)


async def test_h61_events_of_one_subject_are_taken_in_the_order_they_occurred(engine, events):
    hours = {"late": 3, "early": 1, "middle": 2}
    for name, hour in hours.items():
        at = NOW + timedelta(hours=hour)
        await events.take_in("acme", [event(name, subject="pi_1", occurred_at=at)])
    await events.take_in("acme", [event("other", subject="pi_2"), event("free")])
    order = []
    while claimed := await events.claim(10):
        order.append(sorted(one.event_id for one in claimed))
        for one in claimed:
            await events.finish(one, applied)

    assert order == [["early", "free", "other"], ["middle"], ["late"]]


async def test_who_waits_for_its_next_try_keeps_the_later_of_its_subject_waiting(engine, events):
    await events.take_in("acme", [event("first", subject="pi_1")])
    at = NOW + timedelta(hours=1)
    await events.take_in("acme", [event("second", subject="pi_1", occurred_at=at)])
    (first,) = await events.claim(10)
    await events.put_off(first, "trouble")

    assert await events.claim(10) == []
    await events.bury(first, "trouble")
    assert await taken_by(events) == ["second"]


async def test_trouble_is_tried_again_later_each_time_and_dead_at_last(engine, events):
    await events.take_in("acme", [event()])
    pauses = []
    for _ in range(MOST_TRIES):
        (claimed,) = await events.claim(1)
        await events.put_off(claimed, "KeyError")
        async with engine.connect() as connection:
            due_in = webhook_events.c.due_at - func.clock_timestamp()
            pauses.append(await connection.scalar(select(due_in)))
        assert await events.claim(1) == []
        await changed(engine, due_at=func.clock_timestamp() - timedelta(seconds=1))

    assert await states(engine) == {"e1": ("dead", None, "KeyError")}
    assert pauses[:-1] == sorted(pauses[:-1])
    assert pauses[0] > timedelta(seconds=5)
    assert await events.claim(1) == []


async def test_an_event_that_ends_its_workers_is_dead_at_last(engine, events):
    await events.take_in("acme", [event("poison"), event("good")])
    await changed(engine, tries=MOST_TRIES - 1)
    await events.claim(10)
    await changed(engine, due_at=func.clock_timestamp() - timedelta(seconds=1))

    assert await events.claim(10) == []
    assert {state for state, *_ in (await states(engine)).values()} == {"dead"}


async def test_a_time_in_the_future_is_taken_for_now(events, desk):
    await events.take_in(
        "acme", [event(occurred_at=NOW + 3650 * DAY), event("e2", occurred_at=None)]
    )

    for kept in await desk.latest(provider=None, state=None, limit=10):
        assert kept.occurred_at <= kept.received_at


async def test_what_is_settled_is_forgotten_when_it_is_old_and_what_waits_never(
    engine, events, desk
):
    await events.take_in("acme", [event("done"), event("waiting", subject=None)])
    (one, *_) = await events.claim(1)
    await events.finish(one, applied)
    await changed(engine, received_at=func.clock_timestamp() - 31 * DAY)

    assert await desk.forget(30 * DAY, 100) == 1
    assert [state for state, *_ in (await states(engine)).values()] == ["waiting"]


async def test_the_desk_lists_what_is_asked_for(events, desk):
    await events.take_in("acme", [event("a"), event("b", fault="unreadable")])
    await events.take_in("other", [event("c")])

    async def listed(**wanted) -> list[str]:
        given = {"provider": None, "state": None, "limit": 10} | wanted
        return sorted(kept.event_id for kept in await desk.latest(**given))

    assert await listed() == ["a", "b", "c"]
    assert await listed(provider="acme") == ["a", "b"]
    assert await listed(state="dead") == ["b"]
    assert len(await listed(limit=1)) == 1
    kept, body = await desk.one("acme", "a")
    assert (kept.state, body) == ("waiting", b"sealed")
    assert await desk.one("acme", "c") is None


async def test_an_event_is_replayed_from_the_beginning(engine, events, desk):
    await events.take_in("acme", [event("a"), event("b", fault="unreadable")])
    (claimed,) = await events.claim(10)
    await events.finish(claimed, applied)

    assert await desk.replay("acme", "a") == 1
    assert await desk.replay("acme", None) == 1
    assert await desk.replay("acme", "nothing") == 0
    assert not await events.finish(claimed, applied)
    assert await taken_by(events) == ["a", "b"]


async def test_who_has_an_event_when_it_is_replayed_is_overtaken(events, desk):
    await events.take_in("acme", [event()])
    (claimed,) = await events.claim(1)
    await desk.replay("acme", "e1")

    assert not await events.finish(claimed, applied)
    assert await taken_by(events) == ["e1"]
