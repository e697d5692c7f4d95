"""Messages on their whole way: from the table over real HTTP to a receiver that verifies them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func
from structlog.testing import capture_logs
from tests.polling import becomes
from tests.storage.outgoing_examples import (
    QUARANTINED,
    announced,
    deliveries_are_due,
    endpoint_becomes,
)
from tests.webhooks.outgoing.receiver import (
    METRICS,
    Names,
    Receiver,
    destinations,
    receiving,
    sender,
)

from roleferry_enrich.domain.outgoing_webhooks import (
    Delivery,
    DeliveryState,
    DisabledBy,
    Endpoint,
    EndpointChange,
    EndpointWish,
)
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import Conflict, InvalidQuery, NotFound, ServiceUnavailable
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.deliveries import DeliveryRepository
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.storage.endpoints import MOST_ENDPOINTS, EndpointRepository
from roleferry_enrich.webhooks.outgoing.desk import EndpointDesk
from roleferry_enrich.webhooks.outgoing.dispatch import SHARES, Dispatcher
from roleferry_enrich.webhooks.outgoing.signing import Vault, mint, shown

VAULT = Vault(KeyRing([b"of this test alone"]))
HOUR = timedelta(hours=1)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver) -> AsyncIterator[str]:
    async with receiving(receiver) as url:
        yield url


@pytest.fixture
async def desk(engine, url) -> AsyncIterator[EndpointDesk]:
    desk = desk_for(engine, url)
    made = desk._endpoints
    seen: list[Endpoint] = []
    add = made.add

    async def noted(new, *alongside) -> Endpoint:
        seen.append(await add(new, *alongside))
        return seen[-1]

    made.add = noted
    yield desk
    for endpoint in seen:
        await made.remove(endpoint.account_id, endpoint.id)


def desk_for(engine, *urls: str) -> EndpointDesk:
    hosts = [urlsplit(url).netloc for url in urls]
    places = destinations(Names([]), *hosts)
    return EndpointDesk(EndpointRepository(engine), DeliveryLog(engine), places, VAULT)


@pytest.fixture
async def endpoint(desk, url, account_id) -> tuple[Endpoint, str]:
    return await desk.register(account_id, EndpointWish(url=url, events=(QUARANTINED,)))


@asynccontextmanager
async def dispatching(
    engine, *urls: str, deliveries=None, vault=VAULT
) -> AsyncIterator[Dispatcher]:
    """What other tests have left behind is refused by the resolver."""
    background = Background()
    async with sender(*urls, names=Names([])) as sending:
        repository = deliveries or DeliveryRepository(engine)
        yield Dispatcher(repository, sending, vault, background, METRICS)
        await background.drain(10)


async def send_once(engine, *urls: str, **options) -> None:
    """All that is due and has a share, once; until it is settled."""
    async with dispatching(engine, *urls, **options) as dispatcher:
        await dispatcher.send_due()


@asynccontextmanager
async def running(engine, *urls: str) -> AsyncIterator[None]:
    async with dispatching(engine, *urls) as dispatcher:
        work = asyncio.create_task(dispatcher.run())
        yield
        work.cancel()
        await asyncio.wait({work})


async def log_of(desk, endpoint: Endpoint) -> tuple[Delivery, ...]:
    return (await desk.deliveries(endpoint.account_id, endpoint.id, after=None, limit=100)).items


async def test_p19_a_message_arrives_verified_and_is_in_the_log(
    engine, account_id, desk, endpoint, receiver, url
):
    made, secret = endpoint
    (event,) = await announced(engine, account_id)

    await send_once(engine, url)

    (message,) = receiver.verified(secret)
    assert message["type"] == "provider.quarantined"
    assert message["timestamp"] == "2026-03-01T12:00:00Z"
    assert message["data"] == {"provider": "acme", "reason": "unauthorised"}
    (delivery,) = await log_of(desk, made)
    assert (delivery.state, delivery.event_id) == (DeliveryState.DELIVERED, event.id)
    assert [(it.number, it.status, it.failure) for it in delivery.attempts] == [(1, 200, None)]


async def test_p19_what_failed_comes_again_as_the_same_message_at_another_time(
    engine, account_id, desk, endpoint, receiver, url
):
    made, secret = endpoint
    receiver.statuses = [500, 200]
    await announced(engine, account_id)

    await send_once(engine, url)
    (waiting,) = await log_of(desk, made)
    await send_once(engine, url)
    assert len(receiver.got) == 1, "not before its time"
    await deliveries_are_due(engine, made)
    await send_once(engine, url)

    assert waiting.state is DeliveryState.WAITING
    assert timedelta(0) < waiting.due_at - waiting.attempts[0].sent_at
    assert len(set(receiver.ids())) == 1
    assert len(receiver.verified(secret)) == 2
    assert {body for _, body in receiver.got} == {receiver.got[0][1]}
    (delivered,) = await log_of(desk, made)
    assert [it.status for it in delivered.attempts] == [500, 200]


async def test_p19_after_ten_attempts_it_is_given_up_and_may_be_replayed(
    engine, account_id, desk, endpoint, receiver, url
):
    made, secret = endpoint
    receiver.statuses = [500]
    await announced(engine, account_id)
    for _ in range(11):
        await deliveries_are_due(engine, made)
        await send_once(engine, url)
    (failed,) = await log_of(desk, made)
    assert (failed.state, failed.due_at, len(failed.attempts)) == (DeliveryState.FAILED, None, 10)

    receiver.statuses = [200]
    await desk.replay(account_id, made.id, failed.id)
    await send_once(engine, url)

    assert len(set(receiver.ids())) == 1
    assert len(receiver.verified(secret)) == 11
    (replayed,) = await log_of(desk, made)
    assert (replayed.state, len(replayed.attempts)) == (DeliveryState.DELIVERED, 11)


async def test_h68_one_that_is_gone_gets_nothing_more(
    engine, account_id, desk, endpoint, receiver, url
):
    made, _ = endpoint
    receiver.statuses = [410]
    await announced(engine, account_id)
    with capture_logs() as logs:
        await send_once(engine, url)
    receiver.statuses = [200]
    await announced(engine, account_id)
    await send_once(engine, url)

    disabled = await desk.get(account_id, made.id)
    assert (disabled.disabled_by, len(receiver.got)) == (DisabledBy.GONE, 1)
    assert [it["reason"] for it in logs if it["event"] == "webhook.endpoint.disabled"] == ["gone"]
    for act in (desk.test(account_id, made.id), desk.replay(account_id, made.id, made.id)):
        with pytest.raises(Conflict):
            await act


async def test_h68_five_days_of_failures_disable_and_the_others_are_told(
    engine, account_id, desk, endpoint, receiver, url
):
    made, _ = endpoint
    watching = Receiver()
    async with receiving(watching) as other_url:
        wish = EndpointWish(url=other_url, events=(EventType.ENDPOINT_DISABLED,))
        _, secret = await desk_for(engine, other_url).register(account_id, wish)
        receiver.statuses = [500]
        since = func.clock_timestamp() - timedelta(hours=121)
        await endpoint_becomes(engine, made, failing_since=since)
        await announced(engine, account_id)
        for _ in range(2):
            await send_once(engine, url, other_url)

        (notice,) = watching.verified(secret)
    assert notice["data"] == {"endpoint_id": str(made.id), "reason": "failing"}
    enabled = await desk.change(account_id, made.id, EndpointChange(enabled=True))
    assert (enabled.disabled_at, enabled.disabled_by, enabled.failing_since) == (None, None, None)


async def test_h68_one_that_asks_for_quiet_has_it(
    engine, account_id, desk, endpoint, receiver, url
):
    made, _ = endpoint
    receiver.statuses, receiver.headers = [429], {"Retry-After": "1000000000"}
    await announced(engine, account_id)
    await send_once(engine, url)
    (put_off,) = await log_of(desk, made)
    await announced(engine, account_id, 5)
    await deliveries_are_due(engine, made)
    await send_once(engine, url)

    assert len(receiver.got) == 1
    assert HOUR <= put_off.due_at - put_off.attempts[0].sent_at <= HOUR * 1.2


async def test_h70_all_that_is_queued_when_a_secret_is_rotated_verifies_with_both(
    engine, account_id, desk, endpoint, receiver, url
):
    made, old = endpoint
    await announced(engine, account_id, 1_000)
    async with running(engine, url):
        await becomes(lambda: _true(len(receiver.got) >= 100), 60)
        rotated, new = await desk.rotate(account_id, made.id, None, HOUR)
        before = len(receiver.got) + SHARES.per_endpoint
        await becomes(lambda: _true(len(receiver.got) >= 1_000), 60)

    assert rotated.old_secret_until is not None
    assert len(receiver.verified(old)) == 1_000
    receiver.got = receiver.got[before:]
    assert len(receiver.verified(new)) == 1_000 - before
    assert receiver.most_at_once <= SHARES.per_endpoint


async def _true(condition: bool) -> bool:  # noqa: FBT001
    return condition


async def test_h71_a_slow_endpoint_holds_up_nobody_else(
    engine, account_id, other_account_id, desk, endpoint, receiver, url
):
    receiver.let_go = asyncio.Event()
    quick = Receiver()
    async with receiving(quick) as quick_url:
        wish = EndpointWish(url=quick_url, events=(QUARANTINED,))
        _, secret = await desk_for(engine, quick_url).register(other_account_id, wish)
        await announced(engine, account_id, 200)
        await announced(engine, other_account_id, 50)
        async with running(engine, url, quick_url):
            await becomes(lambda: _true(len(quick.got) == 50), 60)
            slow = receiver.at_once
            receiver.let_go.set()

        assert len(quick.verified(secret)) == 50
    assert slow == receiver.most_at_once == SHARES.per_endpoint


async def test_what_cannot_be_settled_is_sent_again_when_its_lease_ends(
    engine, account_id, desk, endpoint, receiver, url
):
    class Away(DeliveryRepository):
        async def settle(self, due, settlement):
            raise ServiceUnavailable("the database is away")

    made, secret = endpoint
    await announced(engine, account_id)
    await send_once(engine, url, deliveries=Away(engine))
    await send_once(engine, url)
    assert len(receiver.got) == 1

    await deliveries_are_due(engine, made)
    await send_once(engine, url)

    assert len(set(receiver.ids())) == 1
    assert len(receiver.verified(secret)) == 2
    assert (await log_of(desk, made))[0].state is DeliveryState.DELIVERED


async def test_a_database_that_is_away_does_not_end_the_dispatcher(
    engine, account_id, endpoint, receiver, url
):
    class Flaky(DeliveryRepository):
        claims = 0

        async def claim(self, *args):
            self.claims += 1
            if self.claims == 1:
                raise ServiceUnavailable("the database is away")
            return await super().claim(*args)

    await announced(engine, account_id)
    async with dispatching(engine, url, deliveries=Flaky(engine)) as dispatcher:
        work = asyncio.create_task(dispatcher.run())
        await becomes(lambda: _true(len(receiver.got) == 1))
        work.cancel()
        await asyncio.wait({work})


async def test_a_secret_that_cannot_be_opened_sends_nothing(
    engine, account_id, desk, endpoint, receiver, url
):
    made, _ = endpoint
    await announced(engine, account_id)
    await send_once(engine, url, vault=Vault(KeyRing([b"another key"])))

    (delivery,) = await log_of(desk, made)
    assert [it.failure for it in delivery.attempts] == ["secret_unreadable"]
    assert receiver.got == []


async def test_a_host_that_was_taken_off_the_list_is_not_called_any_more(
    engine, account_id, desk, endpoint, receiver, url
):
    made, _ = endpoint
    await announced(engine, account_id)
    await send_once(engine)

    (delivery,) = await log_of(desk, made)
    assert [it.failure for it in delivery.attempts] == ["address_refused"]
    assert receiver.got == []


async def test_the_log_of_a_process_never_has_the_url(
    engine, account_id, desk, endpoint, receiver, url
):
    receiver.statuses = [500]
    await announced(engine, account_id)
    with capture_logs() as logs:
        await send_once(engine, url)

    assert any(line["event"] == "webhook.failed" for line in logs)
    assert url not in str(logs)


async def test_a_secret_of_ones_own_signs(engine, account_id, desk, receiver, url):
    own = shown(mint())
    wish = EndpointWish(url=url, events=(QUARANTINED,), secret=own)
    made, told = await desk.register(account_id, wish)
    await desk.test(account_id, made.id)
    await send_once(engine, url)

    (message,) = receiver.verified(own)
    assert (told, message["data"]) == (own, {"endpoint_id": str(made.id)})


async def test_a_url_that_may_not_be_called_is_no_endpoint(engine, account_id, desk):
    for bad in ("http://127.0.0.1:1/", "https://localhost/"):
        with pytest.raises(InvalidQuery):
            await desk.register(account_id, EndpointWish(url=bad, events=(QUARANTINED,)))
    assert await desk.all(account_id) == []


async def test_an_account_has_so_many_endpoints_also_if_all_come_at_once(account_id, desk, url):
    wish = EndpointWish(url=url, events=(QUARANTINED,))
    tried = [desk.register(account_id, wish) for _ in range(MOST_ENDPOINTS + 5)]
    outcomes = await asyncio.gather(*tried, return_exceptions=True)

    assert sum(isinstance(it, Conflict) for it in outcomes) == 5
    assert len(await desk.all(account_id)) == MOST_ENDPOINTS


async def test_h18_a_foreign_endpoint_is_as_good_as_none(
    account_id, other_account_id, desk, endpoint
):
    made, _ = endpoint
    for id_, owner in ((made.id, other_account_id), (UUID(int=1), account_id)):
        for act in (
            desk.get(owner, id_),
            desk.change(owner, id_, EndpointChange(enabled=False)),
            desk.remove(owner, id_),
            desk.rotate(owner, id_, None, HOUR),
            desk.deliveries(owner, id_, after=None, limit=10),
            desk.replay(owner, id_, made.id),
            desk.test(owner, id_),
        ):
            with pytest.raises(NotFound, match="no such webhook endpoint"):
                await act
    assert (await desk.get(account_id, made.id)).disabled_at is None
