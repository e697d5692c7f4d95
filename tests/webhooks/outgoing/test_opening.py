"""What the worker really sends with: the socket is checked, whatever a URL has passed."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.webhooks.outgoing.receiver import METRICS, Receiver, receiving

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.opening import open_dispatcher


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    secret = SecretStr("test-pepper-0123456789-0123456789-abc")
    return Settings(data_dir=tmp_path, secret_key=secret)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]"])
async def test_h65_the_workers_session_reaches_no_inside(engine, settings, monkeypatch, host):
    monkeypatch.setattr(Destinations, "refuse", lambda *_: None)
    receiver = Receiver()
    async with receiving(receiver) as url, open_dispatcher(engine, settings, METRICS) as dispatcher:
        answer = await dispatcher._sender.send(url.replace("127.0.0.1", host), {}, b"{}")

    assert answer.failure in {"address_refused", "connection_lost"}
    assert receiver.got == []


async def test_only_a_named_host_is_reached_though_inside(engine, settings):
    receiver = Receiver()
    async with receiving(receiver) as url:
        named = url.removeprefix("http://").partition("/")[0]
        told = settings.model_copy(update={"webhook_inside_hosts": (named,)})
        async with open_dispatcher(engine, told, METRICS) as dispatcher:
            answer = await dispatcher._sender.send(url, {}, b"{}")
        production = told.model_copy(update={"environment": "production"})
        async with open_dispatcher(engine, production, METRICS) as dispatcher:
            refused = await dispatcher._sender.send(url, {}, b"{}")

    assert (answer.status, refused.failure) == (200, "address_refused")
    assert len(receiver.got) == 1
