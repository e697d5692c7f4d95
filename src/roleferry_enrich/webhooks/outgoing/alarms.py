"""Tells every account's endpoints of what concerns the whole service."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.acting import acting_for
from roleferry_enrich.domain.webhook_events import Event, EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.announcing import announce_to_all
from roleferry_enrich.storage.transactions import in_transaction

_log = structlog.get_logger("roleferry_enrich")


class Alarms:
    def __init__(
        self, engine: AsyncEngine, background: Background, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._background = background
        self._now = now

    def quarantined(self, provider: str, reason: str) -> None:
        """Nobody waits for it. Without a database the log alone has said it."""
        event = Event(
            type=EventType.PROVIDER_QUARANTINED,
            key=str(uuid4()),
            occurred_at=self._now(),
            data={"provider": provider, "reason": reason},
        )
        self._background.start(self._announce(event))

    async def _announce(self, event: Event) -> None:
        async def work(connection: AsyncConnection) -> None:
            await announce_to_all(connection, event)

        try:
            # Whatever account's request has shown it.
            with acting_for(None):
                await in_transaction(self._engine, work)
        except ServiceUnavailable:
            _log.warning("webhook.unannounced", event_type=event.type.value)
