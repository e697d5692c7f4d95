"""What concerns the whole service is told to every account that wants to know."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs
from tests.storage.outgoing_examples import QUARANTINED, endpoint_of

from roleferry_enrich.observability.watching import Watching
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.delivery_log import DeliveryLog
from roleferry_enrich.webhooks.outgoing.alarms import Alarms

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def now() -> datetime:
    return NOW


async def test_a_quarantine_is_told_to_every_account(engine, account_id, other_account_id):
    endpoints = [
        await endpoint_of(engine, owner, QUARANTINED) for owner in (account_id, other_account_id)
    ]
    background = Background()
    alarms = Alarms(engine, background, now)
    watching = Watching(None, None, on_quarantine=alarms.quarantined)

    watching.quarantined("hunter", "unauthorised")
    await background.drain(10)

    for endpoint in endpoints:
        (delivery,) = (await DeliveryLog(engine).page(endpoint.account_id, endpoint.id)).items
        assert delivery.event is QUARANTINED


async def test_without_a_database_the_log_has_said_it():
    engine = create_async_engine("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    background = Background()

    with capture_logs() as logs:
        Alarms(engine, background, now).quarantined("hunter", "unauthorised")
        await background.drain(10)

    assert [line["event"] for line in logs] == ["webhook.unannounced"]
