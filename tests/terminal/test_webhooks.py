"""The `webhooks` commands: what was sent is listed, shown and tried again."""

import asyncio
import json

import orjson
import pytest
from sqlalchemy import text
from tests.suppressed import held
from tests.webhooks import signers
from tests.webhooks.signers import NOW, delivery

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.webhooks.opening import open_inbox, open_processing

SECRET = "test-secret-of-stripes"
PEPPER = "test-pepper-of-thirty-two-characters"
EVENT = {"id": "evt_1", "type": "charge.refunded", "created": NOW, "name": "=Maren()"}


@pytest.fixture
def webhooks(command, monkeypatch, database_url, redis_url):
    """The commands, with one event that is done and one that is dead."""
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", database_url)
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    monkeypatch.setenv("ROLEFERRY_SECRET_KEY", PEPPER)
    asyncio.run(_delivered(database_url))
    return lambda *arguments: command("webhooks", *arguments)


async def _delivered(url: str) -> None:
    settings = Settings(secret_key=PEPPER, webhooks={"stripe": {"secret": SECRET}})
    engine = create_engine(url)
    inbox = open_inbox(settings, engine)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM webhook_events"))
        for body in (orjson.dumps(EVENT), b'{"id": "evt_2"}'):
            sent = delivery(body, signers.stripe_headers(body, SECRET))
            await inbox.receive(inbox.endpoint("stripe", has_token=False), sent)
        await open_processing(settings, engine, held()).process_due()
    finally:
        await engine.dispose()


def listed(said) -> dict[str, str]:
    return {event["event_id"]: event["state"] for event in json.loads(said.out)["events"]}


def test_events_are_listed_without_what_they_say(webhooks):
    said = webhooks("list")

    assert said.code == 0
    for shown in ("evt_1", "charge.refunded", "kept", "evt_2", "dead", "unreadable"):
        assert shown in said.out
    assert "Maren" not in said.out


def test_they_are_listed_for_programs_too(webhooks):
    assert listed(webhooks("list", "--format", "json")) == {"evt_1": "done", "evt_2": "dead"}
    csv = webhooks("list", "--format", "csv").out.splitlines()
    assert csv[0].startswith("provider,event_id,kind,state,effect,reason")
    assert len(csv) == 3


def test_the_list_can_be_narrowed(webhooks):
    assert set(listed(webhooks("list", "--state", "dead", "-f", "json"))) == {"evt_2"}
    assert listed(webhooks("list", "--provider", "sendgrid", "-f", "json")) == {}
    assert len(listed(webhooks("list", "--limit", "1", "-f", "json"))) == 1


def test_an_event_is_shown_with_all_it_says(webhooks):
    shown = json.loads(webhooks("show", "stripe", "evt_1").out)

    assert shown["body"] == EVENT
    assert (shown["state"], shown["effect"]) == ("done", "kept")


def test_an_event_that_is_none_is_told(webhooks):
    for arguments in (("show", "stripe", "evt_9"), ("replay", "stripe", "evt_9")):
        said = webhooks(*arguments)
        assert said.code == 2
        assert "no such event" in said.err


def test_an_event_whose_key_is_gone_is_told(webhooks, monkeypatch):
    monkeypatch.setenv("ROLEFERRY_SECRET_KEY", "another-" + PEPPER)
    said = webhooks("show", "stripe", "evt_1")

    assert said.code == 2
    assert "ROLEFERRY_SEALING_KEYS" in said.err


def test_an_event_waits_again_when_it_is_replayed(webhooks):
    assert webhooks("replay", "stripe", "evt_1").out == "1 event waits again.\n"
    assert webhooks("replay", "stripe", "--dead").out == "1 event waits again.\n"
    assert webhooks("replay", "stripe", "--dead").out == "0 events wait again.\n"
    assert set(listed(webhooks("list", "-f", "json")).values()) == {"waiting"}


@pytest.mark.parametrize("arguments", [("replay", "stripe"), ("replay", "stripe", "x", "--dead")])
def test_either_an_event_or_all_dead_ones_are_replayed(webhooks, arguments):
    said = webhooks(*arguments)

    assert said.code == 2
    assert "--dead" in said.err
