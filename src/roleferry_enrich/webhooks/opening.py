"""Makes the inbox and what works it off of the settings and an open database."""

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.storage.webhook_events import WebhookEvents
from roleferry_enrich.webhooks.endpoints import accounts_of, endpoints_of
from roleferry_enrich.webhooks.inbox import Inbox
from roleferry_enrich.webhooks.processing import Processing
from roleferry_enrich.webhooks.vault import open_vault


def open_inbox(settings: Settings, engine: AsyncEngine) -> Inbox:
    return Inbox(endpoints_of(settings), WebhookEvents(engine), open_vault(settings))


def open_processing(settings: Settings, engine: AsyncEngine, held: SuppressionList) -> Processing:
    return Processing(
        WebhookEvents(engine),
        open_vault(settings),
        accounts_of(settings),
        held,
        is_live=settings.environment == "production",
    )
