"""Works through what was taken in: each event once, those of one subject in their order.

A worker that dies gives its events back when their lease ends. One event's trouble is not the
others': it is tried again, each time later, and kept as dead at last.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import of_email
from roleferry_enrich.storage.completions import Answered, wake
from roleferry_enrich.storage.mailbox_reports import Reported, note
from roleferry_enrich.storage.suppressions import EVERYWHERE
from roleferry_enrich.storage.webhook_events import Apply, Claimed, empty
from roleferry_enrich.webhooks.effects import (
    Effect,
    MailboxReport,
    ProviderResult,
    effect_of,
    is_test,
)
from roleferry_enrich.webhooks.events import UNREADABLE
from roleferry_enrich.webhooks.vault import Vault

_AT_ONCE = 20
_SIDE_BY_SIDE = 4
_log = structlog.get_logger("roleferry_enrich")


class Events(Protocol):
    async def claim(self, limit: int) -> Sequence[Claimed]: ...
    async def finish(self, event: Claimed, apply: Apply) -> bool: ...
    async def bury(self, event: Claimed, reason: str) -> None: ...
    async def put_off(self, event: Claimed, reason: str) -> None: ...


class Processing:
    def __init__(
        self,
        events: Events,
        vault: Vault,
        accounts: Mapping[str, UUID],
        held: SuppressionList,
        *,
        is_live: bool = False,
    ) -> None:
        """`accounts`: whose mail each sender reports on. Live, what was only tried is not meant."""
        self._is_live = is_live
        self._events = events
        self._vault = vault
        self._accounts = accounts
        self._held = held

    async def process_due(self) -> int:
        """Work through what is due now; how many events that were. Raises ServiceUnavailable."""
        count = 0
        while claimed := await self._events.claim(_AT_ONCE):
            few = asyncio.Semaphore(_SIDE_BY_SIDE)
            async with asyncio.TaskGroup() as group:
                for event in claimed:
                    group.create_task(self._process(event, few))
            count += len(claimed)
        return count

    async def _process(self, event: Claimed, few: asyncio.Semaphore) -> None:
        async with few:
            try:
                await self._work(event)
            except ServiceUnavailable:
                _log.warning("webhook.put_off", provider=event.provider, reason="database")
            # A root: an event that brings out a mistake of ours must not keep the others waiting.
            except Exception as error:  # noqa: BLE001
                name = type(error).__name__
                _log.error("webhook.failed", provider=event.provider, error=name)
                # Where the database is away its lease ends, and it is due again.
                with contextlib.suppress(ServiceUnavailable):
                    await self._events.put_off(event, name)

    async def _work(self, event: Claimed) -> None:
        try:
            document = self._vault.open(event.provider, event.event_id, event.body)
        except ValueError:
            await self._events.bury(event, UNREADABLE)
            return
        effect = effect_of(event.provider, document)
        tried = self._is_live and is_test(event.provider, document)

        async def apply(connection: AsyncConnection) -> str:
            return "test_mode" if tried else await self._apply(connection, event, effect)

        await self._events.finish(event, apply)

    async def _apply(
        self, connection: AsyncConnection, event: Claimed, effect: Effect | None
    ) -> str:
        """What came of it: nothing, where nothing here consumes such events."""
        if self._is_suppressed(event, effect):
            await empty(connection, event)
            return "suppressed"
        match effect:
            case MailboxReport():
                return await self._report(connection, event, effect)
            case ProviderResult(reference=reference, email=email, domain=domain):
                answered = Answered(
                    provider=event.provider, reference=reference, email=email, domain=domain
                )
                woken = await wake(connection, answered)
                return "completion_woken" if woken else "nobody_waits"
            case None:
                return "kept"

    def _is_suppressed(self, event: Claimed, effect: Effect | None) -> bool:
        """Whether it speaks of whom its account may not hear. Raises ServiceUnavailable."""
        match effect:
            case MailboxReport(address=said):
                address: str | None = said
            case ProviderResult(email=said_of):
                address = said_of
            case None:
                return False
        account_id = self._accounts.get(event.provider, EVERYWHERE)
        return address is not None and bool(self._held.of(account_id, of_email(address)))

    async def _report(
        self, connection: AsyncConnection, event: Claimed, report: MailboxReport
    ) -> str:
        account_id = self._accounts.get(event.provider)
        if account_id is None:
            return "no_account"
        address = parse_email(report.address)
        if address is None:
            return "no_address"
        reported = Reported(
            provider=event.provider,
            event_id=event.event_id,
            address=address,
            deliverability=report.deliverability,
            reason=report.reason,
            at=event.occurred_at,
        )
        return await note(connection, account_id, reported)
