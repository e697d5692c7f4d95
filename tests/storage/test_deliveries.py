"""Messages to endpoints: written with their cause, sent by one, in fair shares, never forgotten."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.databases import new_account
from tests.storage.outgoing_examples import (
    QUARANTINED,
    announced,
    deliveries_are_due,
    deliveries_become,
    endpoint_becomes,
    endpoint_of,
    event,
    failure,
    settlement,
)

from roleferry_enrich.domain.outgoing_webhooks import DeliveryState, DisabledBy, EndpointChange
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.storage.announcing import announce, announce_to_all
from roleferry_enrich.storage.deliveries import DeliveryRepository, Due, Shares
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.endpoints import EndpointRepository
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries

LEASE = timedelta(seconds=30)
SHARES = Shares(per_endpoint=5, per_account=20)


@pytest.fixture
async def endpoint(engine, account_id):
    yield (made := await endpoint_of(engine, account_id))
    await EndpointRepository(engine).remove(account_id, made.id)


async def claimed(engine, endpoint, slots: int = 1_000, shares: Shares = SHARES) -> list[Due]:
    """Of this endpoint: other tests' messages lie in the same table."""
    found = await DeliveryRepository(engine).claim(slots, shares, LEASE)
    return [due for due in found if due.endpoint_id == endpoint.id]


async def log_of(engine, endpoint):
    return (await DeliveryLog(engine).page(endpoint.account_id, endpoint.id)).items


async def test_what_was_rolled_back_is_told_to_nobody(engine, account_id, endpoint):
    with pytest.raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await announce(connection, account_id, event())
            raise ZeroDivisionError

    assert await log_of(engine, endpoint) == ()


async def test_an_event_announced_again_is_one_message(engine, account_id, endpoint):
    for _ in range(3):
        async with engine.begin() as connection:
            await announce(connection, account_id, event("the same"))

    assert len(await log_of(engine, endpoint)) == 1


async def test_only_who_subscribed_and_is_enabled_is_told(engine, account_id, other_account_id):
    wanting = await endpoint_of(engine, account_id)
    other_kind = await endpoint_of(engine, account_id, EventType.BATCH_COMPLETED)
    disabled = await endpoint_of(engine, account_id)
    await EndpointRepository(engine).change(account_id, disabled.id, EndpointChange(enabled=False))
    foreign = await endpoint_of(engine, other_account_id)
    await announced(engine, account_id)

    told = [len(await log_of(engine, it)) for it in (wanting, other_kind, disabled, foreign)]

    assert told == [1, 0, 0, 0]


async def test_what_concerns_all_is_told_to_all(engine, account_id, other_account_id):
    endpoints = [await endpoint_of(engine, owner) for owner in (account_id, other_account_id)]
    async with engine.begin() as connection:
        await announce_to_all(connection, event())

    assert [len(await log_of(engine, each)) for each in endpoints] == [1, 1]


async def test_of_many_senders_one_gets_it(engine, account_id, endpoint):
    await announced(engine, account_id)

    claims = await asyncio.gather(*(claimed(engine, endpoint) for _ in range(5)))

    assert sorted(map(len, claims)) == [0, 0, 0, 0, 1]


async def test_a_sender_that_dies_gives_it_back_when_its_lease_ends(engine, account_id, endpoint):
    await announced(engine, account_id)
    first = await claimed(engine, endpoint)
    assert await claimed(engine, endpoint) == []

    await deliveries_become(
        engine, endpoint, due_at=func.clock_timestamp(), leased_until=func.clock_timestamp()
    )
    second = await claimed(engine, endpoint)

    assert [due.event_id for due in second] == [due.event_id for due in first]
    assert second[0].epoch == first[0].epoch + 1


async def test_a_sender_that_was_overtaken_writes_nothing(engine, account_id, endpoint):
    repository = DeliveryRepository(engine)
    await announced(engine, account_id)
    (late,) = await claimed(engine, endpoint)
    await deliveries_are_due(engine, endpoint)
    (holder,) = await claimed(engine, endpoint)

    await repository.settle(late, failure(is_gone=True))
    assert (await log_of(engine, endpoint))[0].attempts == ()

    await repository.settle(holder, settlement())
    (delivery,) = await log_of(engine, endpoint)
    assert delivery.state is DeliveryState.DELIVERED
    assert [attempt.status for attempt in delivery.attempts] == [200]
    assert (await EndpointRepository(engine).get(account_id, endpoint.id)).disabled_at is None


async def test_h71_an_endpoint_has_no_more_than_its_share_under_way(engine, account_id, endpoint):
    await announced(engine, account_id, 30)

    first, *others = [await claimed(engine, endpoint) for _ in range(3)]
    await DeliveryRepository(engine).settle(first[0], settlement())
    afterwards = await claimed(engine, endpoint)

    assert len(first) == 5
    assert others == [[], []]
    assert len(afterwards) == 1


async def test_h71_claims_at_the_same_moment_keep_the_share_too(engine, account_id, endpoint):
    await announced(engine, account_id, 30)

    claims = await asyncio.gather(*(claimed(engine, endpoint) for _ in range(8)))

    assert sum(map(len, claims)) == 5


async def test_h71_accounts_take_turns(engine):
    """The one with ten thousand messages came first, and gets no more than the others."""
    crowded, *quiet = [await new_account(engine) for _ in range(4)]
    many = [await endpoint_of(engine, crowded) for _ in range(10)]
    few = [await endpoint_of(engine, owner) for owner in quiet]
    await announced(engine, crowded, 100)
    for each in quiet:
        await announced(engine, each, 2)
    ours = {crowded, *quiet}

    found = await DeliveryRepository(engine).claim(1_000, SHARES, LEASE)
    shares = Counter(due.account_id for due in found if due.account_id in ours)

    assert shares == {crowded: 20, **dict.fromkeys(quiet, 2)}
    for each in (*many, *few):
        await EndpointRepository(engine).remove(each.account_id, each.id)


async def test_messages_to_a_disabled_or_paused_endpoint_wait(engine, account_id, endpoint):
    await announced(engine, account_id)
    endpoints = EndpointRepository(engine)

    await endpoints.change(account_id, endpoint.id, EndpointChange(enabled=False))
    assert await claimed(engine, endpoint) == []
    await endpoints.change(account_id, endpoint.id, EndpointChange(enabled=True))
    later = func.clock_timestamp() + timedelta(hours=1)
    await endpoint_becomes(engine, endpoint, paused_until=later)
    assert await claimed(engine, endpoint) == []

    await endpoints.change(account_id, endpoint.id, EndpointChange(enabled=True))
    assert len(await claimed(engine, endpoint)) == 1


async def test_a_failure_is_due_again_and_pauses_the_endpoint_if_it_says_so(
    engine, account_id, endpoint
):
    await announced(engine, account_id, 2)
    (first, second) = await claimed(engine, endpoint)
    repository = DeliveryRepository(engine)

    assert await repository.settle(first, failure(pause=timedelta(minutes=1))) is None
    await deliveries_are_due(engine, endpoint)
    assert await claimed(engine, endpoint) == []
    assert (await EndpointRepository(engine).get(account_id, endpoint.id)).failing_since

    await repository.settle(second, settlement())
    (again,) = await claimed(engine, endpoint)
    assert (again.id, again.tries) == (first.id, 1)
    assert (await EndpointRepository(engine).get(account_id, endpoint.id)).failing_since is None


async def test_h68_gone_disables_at_once_and_tells_the_others(engine, account_id, endpoint):
    other = await endpoint_of(engine, account_id, EventType.ENDPOINT_DISABLED)
    await announced(engine, account_id)
    (due,) = await claimed(engine, endpoint)

    why = await DeliveryRepository(engine).settle(
        due, failure(status=410, state=DeliveryState.FAILED, is_gone=True)
    )

    assert why is DisabledBy.GONE
    assert (await EndpointRepository(engine).get(account_id, endpoint.id)).disabled_by is why
    assert [it.event for it in await log_of(engine, other)] == [EventType.ENDPOINT_DISABLED]


@pytest.mark.parametrize(("hours", "expected"), [(119, None), (121, DisabledBy.FAILING)])
async def test_h68_days_of_nothing_but_failures_disable(
    engine, account_id, endpoint, hours, expected
):
    other = await endpoint_of(engine, account_id, EventType.ENDPOINT_DISABLED)
    since = func.clock_timestamp() - timedelta(hours=hours)
    await endpoint_becomes(engine, endpoint, failing_since=since)
    await announced(engine, account_id)
    (due,) = await claimed(engine, endpoint)

    assert await DeliveryRepository(engine).settle(due, failure()) is expected

    assert (await EndpointRepository(engine).get(account_id, endpoint.id)).disabled_by is expected
    assert len(await log_of(engine, other)) == (expected is not None)


async def test_h70_both_secrets_come_with_every_message_while_both_hold(
    engine, account_id, endpoint
):
    endpoints = EndpointRepository(engine)
    await announced(engine, account_id, 2)
    await endpoints.rotate(account_id, endpoint.id, b"newer", timedelta(hours=1))

    secrets = {(due.secret, due.old_secret) for due in await claimed(engine, endpoint)}
    assert secrets == {(b"newer", b"sealed")}

    await endpoint_becomes(engine, endpoint, old_secret_until=func.clock_timestamp())
    await deliveries_are_due(engine, endpoint)
    secrets = {(due.secret, due.old_secret) for due in await claimed(engine, endpoint)}
    assert secrets == {(b"newer", None)}


async def test_a_replay_begins_the_plan_anew_and_the_log_goes_on(engine, account_id, endpoint):
    repository, log = DeliveryRepository(engine), DeliveryLog(engine)
    await announced(engine, account_id)
    (first,) = await claimed(engine, endpoint)
    await repository.settle(first, failure(state=DeliveryState.FAILED))
    assert await claimed(engine, endpoint) == []

    replayed = await log.replay(account_id, endpoint.id, first.id)
    (again,) = await claimed(engine, endpoint)
    await repository.settle(again, settlement())

    assert (replayed.state, len(replayed.attempts)) == (DeliveryState.WAITING, 1)
    assert (again.event_id, again.body, again.tries) == (first.event_id, first.body, 0)
    (delivery,) = await log_of(engine, endpoint)
    assert [(it.number, it.status) for it in delivery.attempts] == [(1, 500), (2, 200)]


async def test_a_replay_leaves_what_is_being_sent_alone(engine, account_id, endpoint):
    await announced(engine, account_id)
    (under_way,) = await claimed(engine, endpoint)

    await DeliveryLog(engine).replay(account_id, endpoint.id, under_way.id)

    assert await claimed(engine, endpoint) == []


async def test_h18_a_foreign_delivery_is_neither_seen_nor_replayed(
    engine, account_id, other_account_id, endpoint
):
    await announced(engine, account_id)
    (due,) = await claimed(engine, endpoint)
    log = DeliveryLog(engine)

    assert (await log.page(other_account_id, endpoint.id)).items == ()
    assert await log.replay(other_account_id, endpoint.id, due.id) is None
    assert await log.test(other_account_id, endpoint.id, "key") is None


async def test_the_log_is_paged_newest_first(engine, account_id, endpoint):
    for _ in range(5):
        await announced(engine, account_id)
    log, seen, after = DeliveryLog(engine), [], None

    while True:
        page = await log.page(account_id, endpoint.id, after=after, limit=2)
        seen += page.items
        after = page.next
        if after is None:
            break

    assert len({it.id for it in seen}) == 5
    assert [it.created_at for it in seen] == sorted((it.created_at for it in seen), reverse=True)


async def test_a_test_reaches_an_endpoint_whatever_it_is_subscribed_to(
    engine, account_id, endpoint
):
    delivery = await DeliveryLog(engine).test(account_id, endpoint.id, "key")

    assert (delivery.event, delivery.state) == (EventType.ENDPOINT_TEST, DeliveryState.WAITING)
    assert len(await claimed(engine, endpoint)) == 1


async def test_what_is_older_than_thirty_days_is_forgotten(engine, account_id, endpoint):
    await announced(engine, account_id, 2)
    first, _ = await claimed(engine, endpoint)
    await DeliveryRepository(engine).settle(first, settlement())
    aged = func.now() - timedelta(days=31)
    await deliveries_become(engine, endpoint, created_at=aged)
    fresh = await announced(engine, account_id)

    await DeliveryRepository(engine).forget_old()

    mine = select(webhook_deliveries.c.event_id).where(
        webhook_deliveries.c.endpoint_id == endpoint.id
    )
    async with engine.connect() as connection:
        left = (await connection.execute(mine)).scalars().all()
    assert left == [each.id for each in fresh]


async def test_an_endpoint_goes_with_its_messages(engine, account_id):
    endpoint = await endpoint_of(engine, account_id, QUARANTINED)
    await announced(engine, account_id)
    endpoints = EndpointRepository(engine)

    assert await endpoints.remove(account_id, endpoint.id)
    assert not await endpoints.remove(account_id, endpoint.id)
    assert await log_of(engine, endpoint) == ()
