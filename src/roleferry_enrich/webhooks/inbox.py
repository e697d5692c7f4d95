"""Takes in what a sender delivers: proves it, keeps each event once, and only then says so."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import NotFound, WebhookRefused
from roleferry_enrich.storage.documents import storable
from roleferry_enrich.storage.webhook_events import Arrived, Taken
from roleferry_enrich.webhooks.documents import read_document
from roleferry_enrich.webhooks.endpoints import BY_PATH, Endpoint
from roleferry_enrich.webhooks.events import Event, events_of
from roleferry_enrich.webhooks.signatures.delivery import Delivery
from roleferry_enrich.webhooks.vault import Vault

_LONGEST_KIND = 100
_LARGE_BODY = 64 * 1024
_LATEST = 253_402_300_799  # the last second of the year 9999
_NAME = re.compile(r"[\x21-\x7e]{1,200}")
_log = structlog.get_logger("roleferry_enrich")


class Events(Protocol):
    async def take_in(self, provider: str, arrived: Sequence[Arrived]) -> Taken: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    events: int
    new: int


class Inbox:
    def __init__(self, endpoints: Mapping[str, Endpoint], events: Events, vault: Vault) -> None:
        self._endpoints = endpoints
        self._events = events
        self._vault = vault

    def endpoint(self, sender: str, *, has_token: bool) -> Endpoint:
        """Raises NotFound, as for any path that is none, where nobody is listened to."""
        endpoint = self._endpoints.get(sender)
        if endpoint is None or (has_token and sender not in BY_PATH):
            raise NotFound("there is nothing at this path")
        return endpoint

    async def receive(self, endpoint: Endpoint, delivery: Delivery) -> Receipt:
        """Keep what was delivered. Raises WebhookRefused, MalformedBody, ServiceUnavailable."""
        try:
            return await self._received(endpoint, delivery)
        except WebhookRefused as refused:
            _log.warning("webhook.refused", provider=endpoint.sender, reason=refused.fault)
            raise

    async def _received(self, endpoint: Endpoint, delivery: Delivery) -> Receipt:
        nonce = endpoint.verifier.verify(delivery)
        # A large one would keep every other request waiting while it is sealed.
        large = len(delivery.body) > _LARGE_BODY
        made = endpoint, delivery.body, nonce
        arrived = await asyncio.to_thread(self._arrived, *made) if large else self._arrived(*made)
        taken = await self._events.take_in(endpoint.sender, arrived)
        if taken.is_reused:
            raise WebhookRefused("reused")
        if taken.differing:
            count = len(taken.differing)
            _log.warning("webhook.event.differs", provider=endpoint.sender, count=count)
        return Receipt(events=len(arrived), new=taken.new)

    def _arrived(self, endpoint: Endpoint, body: bytes, nonce: str | None) -> list[Arrived]:
        once = None if nonce is None else self._vault.digest(nonce)
        found = events_of(endpoint.sender, read_document(body), endpoint.id_field)
        return [self._kept(endpoint.sender, event, once) for event in found]

    def _kept(self, sender: str, event: Event, nonce: bytes | None) -> Arrived:
        digest = self._vault.digest(event.document)
        event_id = _name(event.id) or digest.hex()
        return Arrived(
            event_id=event_id,
            kind=storable(event.kind)[:_LONGEST_KIND],
            subject=_name(event.subject),
            occurred_at=_moment(event.at),
            digest=digest,
            body=self._vault.seal(sender, event_id, event.document),
            nonce=nonce,
            fault=event.fault,
        )


def _name(text: str | None) -> str | None:
    """A sender's own id; None for what no sender would call a thing."""
    return text if text and _NAME.fullmatch(text) else None


def _moment(seconds: float | None) -> datetime | None:
    if seconds is None or not 0 <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
