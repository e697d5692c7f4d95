"""Sends what is due, a bounded number at once. Runs in the worker; any number of them may.

The database is looked at once a second, and at once when there is room after a full load.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Protocol

import structlog

from roleferry_enrich.domain.outgoing_webhooks import DisabledBy
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.storage.deliveries import Due, Settlement, Shares
from roleferry_enrich.webhooks.outgoing.plan import Answer, settlement
from roleferry_enrich.webhooks.outgoing.sending import DEADLINE_S, Sender
from roleferry_enrich.webhooks.outgoing.signing import Vault, signed

AT_ONCE = 100
SHARES = Shares(per_endpoint=5, per_account=20)
# Longer than an attempt can take, so that a lease ends only for a sender that died.
LEASE = timedelta(seconds=DEADLINE_S * 2)
_LOOK_S = 1.0
_BREATH_S = 0.02
_FORGET_S = 600.0
_log = structlog.get_logger("roleferry_enrich")


class Deliveries(Protocol):
    async def claim(self, slots: int, shares: Shares, lease: timedelta) -> Sequence[Due]: ...
    async def settle(self, due: Due, settlement: Settlement) -> DisabledBy | None: ...
    async def forget_old(self) -> int: ...


class Dispatcher:
    def __init__(
        self,
        deliveries: Deliveries,
        sender: Sender,
        vault: Vault,
        background: Background,
        metrics: WorkMetrics,
    ) -> None:
        self._deliveries = deliveries
        self._sender = sender
        self._vault = vault
        self._background = background
        self._metrics = metrics
        self._random = Random()  # noqa: S311 - jitter is no secret
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; what is under way then is the background's."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_all())
            group.create_task(self._forget())

    async def send_due(self) -> int:
        """Begin to send what is due, as far as there is room; how many messages that is."""
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        found = await self._deliveries.claim(room, SHARES, LEASE)
        for due in found:
            task = self._background.start(self._send(due))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return len(found)

    async def _send_all(self) -> None:
        while True:
            try:
                await self.send_due()
            except ServiceUnavailable:
                _log.warning("webhooks.database.lost")
            await self._rest()

    async def _rest(self) -> None:
        """A second; or, after a load, until some of it is done and its share is free again."""
        if not self._under_way:
            await asyncio.sleep(_LOOK_S)
            return
        await asyncio.wait(self._under_way, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(_BREATH_S)

    async def _forget(self) -> None:
        while True:
            with contextlib.suppress(ServiceUnavailable):
                while await self._deliveries.forget_old():
                    pass
            await asyncio.sleep(_FORGET_S)

    async def _send(self, due: Due) -> None:
        answer = await self._answer(due)
        self._metrics.webhook_sent(answer.failure)
        settled = settlement(answer, tries=due.tries, chance=self._random.random())
        try:
            disabled_by = await self._deliveries.settle(due, settled)
        except ServiceUnavailable:
            # Its lease ends, and it is sent again.
            _log.warning("webhook.unsettled", endpoint_id=str(due.endpoint_id))
            return
        self._tell(due, answer, disabled_by)

    async def _answer(self, due: Due) -> Answer:
        sealed = [one for one in (due.secret, due.old_secret) if one is not None]
        opened = [self._vault.open(due.account_id, due.endpoint_id, one) for one in sealed]
        secrets = [secret for secret in opened if secret is not None]
        if not secrets:
            return Answer(status=None, failure="secret_unreadable", duration=timedelta(0))
        headers = signed(due.event_id, due.claimed_at, due.body, secrets)
        return await self._sender.send(due.url, headers, due.body)

    def _tell(self, due: Due, answer: Answer, disabled_by: DisabledBy | None) -> None:
        # Never the URL: receivers put keys into it.
        known = {"endpoint_id": str(due.endpoint_id), "event_id": str(due.event_id)}
        if answer.failure is not None:
            failure, status = answer.failure, answer.status
            _log.info("webhook.failed", failure=failure, status=status, **known)
        if disabled_by is not None:
            _log.error("webhook.endpoint.disabled", reason=disabled_by.value, **known)
