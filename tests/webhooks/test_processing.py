"""From the delivery to its effect, over a real database: once, in turn, and past every trouble."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.storage.examples import enrichment
from tests.suppressed import held, suppress
from tests.webhooks import signers
from tests.webhooks.schemes import NEW, OLD, SENDGRID
from tests.webhooks.signers import NOW, delivery

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome, Report, Waiting
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.storage.bound_names import address_name
from roleferry_enrich.storage.completions import CompletionRepository, Due
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.sealed import opened_text
from roleferry_enrich.storage.webhook_events import WebhookEvents
from roleferry_enrich.storage.webhook_tables import mailbox_reports, webhook_events
from roleferry_enrich.webhooks.endpoints import endpoints_of
from roleferry_enrich.webhooks.inbox import Inbox, Receipt
from roleferry_enrich.webhooks.processing import Processing
from roleferry_enrich.webhooks.vault import Vault

ADA = "ada@engines.test"
BOUNCE = {"sg_event_id": "sg-1", "event": "bounce", "email": ADA, "timestamp": NOW}


class House:
    """An inbox and a worker over one database."""

    def __init__(self, engine: AsyncEngine, account_id: UUID) -> None:
        self.held = held()
        self.engine = engine
        self.events = WebhookEvents(engine)
        self.vault = Vault(KeyRing([b"k" * 32]), b"k" * 32)
        self.accounts: Mapping[str, UUID] = {"sendgrid": account_id, "mailgun": account_id}
        given = {
            "sendgrid": {"secret": SENDGRID.public_key, "account": account_id},
            "mailgun": {"secret": OLD, "account": account_id},
            "stripe": {"secret": f"{OLD},{NEW}"},
            "clay": {"secret": OLD},
        }
        self.inbox = Inbox(endpoints_of(Settings(webhooks=given)), self.events, self.vault)
        self.account_id = account_id

    def worker(self, vault: Vault | None = None, *, is_live: bool = False) -> Processing:
        return Processing(
            self.events, vault or self.vault, self.accounts, self.held, is_live=is_live
        )

    async def sendgrid(self, *entries: object) -> Receipt:
        body = orjson.dumps(list(entries)) + b"\r\n"
        endpoint = self.inbox.endpoint("sendgrid", has_token=False)
        return await self.inbox.receive(endpoint, delivery(body, SENDGRID.headers(body)))

    async def stripe(self, event: object) -> Receipt:
        body = orjson.dumps(event)
        endpoint = self.inbox.endpoint("stripe", has_token=False)
        return await self.inbox.receive(endpoint, delivery(body, signers.stripe_headers(body, NEW)))

    async def told(self) -> dict[str, tuple[str, str | None, str | None]]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(webhook_events))
            return {row.event_id: (row.state, row.effect, row.reason) for row in rows}

    async def reports(self) -> list[tuple[str, str]]:
        mine = mailbox_reports.c.account_id == self.account_id
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(mailbox_reports).where(mine))
            return [(_address(row), row.deliverability) for row in rows]


def _address(row: Row[Any]) -> str | None:
    return opened_text(AT_REST, address_name(row.mailbox), row.address)


@pytest.fixture
def house(engine, account_id) -> House:
    return House(engine, account_id)


async def test_h64_what_was_answered_has_its_effect_though_the_process_ended(house):
    """Nobody but the table knows of it between the answer and the worker's look."""
    await house.sendgrid(BOUNCE)
    assert await house.reports() == []

    assert await house.worker().process_due() == 1

    assert await house.reports() == [(ADA, "invalid")]
    assert await house.told() == {"sg-1": ("done", "mailbox_noted", None)}


async def test_h73_what_is_said_of_a_suppressed_person_is_not_kept(house):
    suppress(house.held, NormalForm("email", ADA))
    await house.sendgrid({**BOUNCE, "email": "Ada+news@Engines.test"})

    assert await house.worker().process_due() == 1

    assert await house.reports() == []
    assert await house.told() == {"sg-1": ("done", "suppressed", None)}
    async with house.engine.connect() as connection:
        assert await connection.scalar(select(webhook_events.c.body)) == b""


async def test_p18_a_hundred_duplicates_at_once_have_one_effect(house):
    receipts = await asyncio.gather(*(house.sendgrid(BOUNCE) for _ in range(100)))
    worked = await asyncio.gather(*(house.worker().process_due() for _ in range(5)))

    assert sum(receipt.new for receipt in receipts) == 1
    assert sum(worked) == 1
    assert await house.reports() == [(ADA, "invalid")]


async def test_h59_a_repeated_event_has_no_second_effect(house):
    await house.sendgrid(BOUNCE)
    await house.worker().process_due()

    receipt = await house.sendgrid(BOUNCE)

    assert (receipt.events, receipt.new) == (1, 0)
    assert await house.worker().process_due() == 0


async def test_h61_the_latest_of_a_mailbox_counts_in_whatever_order_they_come(house):
    complaint = {**BOUNCE, "sg_event_id": "sg-2", "event": "spamreport", "timestamp": NOW + 9}
    await house.sendgrid(complaint)
    await house.worker().process_due()
    await house.sendgrid(BOUNCE)
    await house.worker().process_due()

    assert await house.reports() == [(ADA, "risky")]
    assert (await house.told())["sg-1"][1] == "known_better"


async def test_payments_are_kept_for_whoever_will_consume_them(house):
    thing = {"object": "payment_intent", "id": "pi_1"}
    event = {"id": "evt_1", "type": "payment_intent.succeeded", "created": NOW}
    await house.stripe({**event, "data": {"object": thing}})
    await house.worker().process_due()

    assert await house.told() == {"evt_1": ("done", "kept", None)}


@pytest.mark.parametrize(
    ("event", "is_live", "effect"),
    [
        ({"livemode": False}, True, "test_mode"),
        ({"livemode": True}, True, "kept"),
        ({}, True, "kept"),
        ({"livemode": False}, False, "kept"),
    ],
)
async def test_h63_what_was_only_tried_is_not_meant_in_production(house, event, is_live, effect):
    await house.stripe({"id": "evt_1", "type": "payment_intent.succeeded", **event})
    await house.worker(is_live=is_live).process_due()

    assert await house.told() == {"evt_1": ("done", effect, None)}


class Stumbling(Vault):
    """Brings out a mistake of ours with one event."""

    def open(self, provider: str, event_id: str, sealed: bytes) -> object:
        if event_id == "poison":
            raise ZeroDivisionError
        return super().open(provider, event_id, sealed)


class Away(WebhookEvents):
    """A database that goes away when the effect is to be written."""

    async def finish(self, event, apply):
        del event, apply
        raise ServiceUnavailable("away")


class Gone(Away):
    """And stays away when the trouble is to be written down."""

    async def put_off(self, event, reason):
        del event, reason
        raise ServiceUnavailable("away")


async def test_a_database_that_stays_away_ends_no_worker(house, engine):
    await house.sendgrid({**BOUNCE, "sg_event_id": "poison"}, BOUNCE)
    house.events = Gone(engine)
    worker = house.worker(Stumbling(KeyRing([b"k" * 32]), b"k" * 32))

    assert await worker.process_due() == 2


async def test_h60_a_large_body_is_kept_whole(house):
    padding = "x" * 100
    entries = [{**BOUNCE, "sg_event_id": f"sg-{n}", "padding": padding} for n in range(1_000)]

    receipt = await house.sendgrid(*entries)

    assert (receipt.events, receipt.new) == (1_000, 1_000)


@pytest.mark.parametrize("address", ["no address", "a" * 700, "@", "x\0y@z"])
async def test_a_bounce_of_what_is_no_address_is_told_so(house, address):
    await house.sendgrid({**BOUNCE, "email": address})
    await house.worker().process_due()

    assert await house.told() == {"sg-1": ("done", "no_address", None)}


async def test_an_account_that_is_gone_is_told(house):
    house.accounts = {"sendgrid": uuid4()}
    await house.sendgrid(BOUNCE)
    await house.worker().process_due()

    assert await house.told() == {"sg-1": ("done", "no_account", None)}


async def test_a_sender_whose_account_is_no_longer_set_is_told(house):
    house.accounts = {}
    await house.sendgrid(BOUNCE)
    await house.worker().process_due()

    assert await house.told() == {"sg-1": ("done", "no_account", None)}


async def test_what_no_key_opens_is_dead_at_once(house):
    await house.sendgrid(BOUNCE)

    await house.worker(Vault(KeyRing([b"x" * 32]), b"x" * 32)).process_due()

    assert await house.told() == {"sg-1": ("dead", None, "unreadable")}


async def test_h51_an_event_that_brings_out_a_mistake_keeps_no_other_waiting(house):
    await house.sendgrid({**BOUNCE, "sg_event_id": "poison"}, BOUNCE)

    await house.worker(Stumbling(KeyRing([b"k" * 32]), b"k" * 32)).process_due()

    assert await house.told() == {
        "poison": ("waiting", None, "ZeroDivisionError"),
        "sg-1": ("done", "mailbox_noted", None),
    }


async def test_a_database_that_goes_away_costs_no_event(house, engine):
    await house.sendgrid(BOUNCE)
    events = house.events
    house.events = Away(engine)
    assert await house.worker().process_due() == 1
    async with engine.begin() as connection:
        await connection.execute(update(webhook_events).values(due_at=webhook_events.c.received_at))

    house.events = events
    await house.worker().process_due()

    assert await house.told() == {"sg-1": ("done", "mailbox_noted", None)}


async def test_a_result_wakes_who_waits_for_it(house, account_id):
    later = ProviderOutcome(
        provider="clay",
        capability="find_email",
        outcome=OutcomeKind.PENDING,
        reason=None,
        retry_after=timedelta(hours=1),
        latency=timedelta(0),
        cost=MicroUsd(0),
        calls=1,
        cached=None,
        records=0,
        reference="run_1",
    )
    waiting = Waiting(timedelta(hours=1), "run_1")
    report = Report(
        conversation=uuid4(),
        provider="clay",
        capability="find_email",
        outcome=waiting,
        latency=timedelta(0),
    )
    given = enrichment(account_id, outcomes=(later,))
    await EnrichmentRepository(house.engine).record(given, [report], observations=Observations())
    completions = CompletionRepository(house.engine)
    assert await completions.claim(10) == []

    body = orjson.dumps({"webhookId": "wh", "data": {"routine_run_id": "run_1"}})
    endpoint = house.inbox.endpoint("clay", has_token=False)
    await house.inbox.receive(endpoint, delivery(body, signers.clay_headers(body, OLD)))
    await house.worker().process_due()

    assert await house.told() == {"run_1": ("done", "completion_woken", None)}
    assert await completions.claim(10) == [Due(account_id, given.id)]


async def test_h62_mailguns_token_proves_one_event(house):
    event = {"id": "mg-1", "event": "complained", "recipient": ADA, "timestamp": NOW}
    endpoint = house.inbox.endpoint("mailgun", has_token=False)
    for other in (event, event):
        await house.inbox.receive(endpoint, delivery(signers.mailgun_body(other, OLD)))
    forged = signers.mailgun_body({**event, "id": "mg-2", "recipient": "eve@engines.test"}, OLD)

    with pytest.raises(Exception, match="prove"):
        await house.inbox.receive(endpoint, delivery(forged))

    await house.worker().process_due()
    assert await house.reports() == [(ADA, "risky")]
