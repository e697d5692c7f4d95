"""The worker process: runs batch jobs, completes what providers answer later, sends webhooks.

It looks once a second by itself and at once when woken; a Redis that restarts costs it nothing
but the wake-ups.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterable, Mapping
from datetime import timedelta

import structlog
import uvloop
from redis.exceptions import RedisError

from roleferry_enrich.accounts.billing import Billing
from roleferry_enrich.accounts.opening import open_kept_answers
from roleferry_enrich.batches.backlogs import backlogs_watched
from roleferry_enrich.batches.completion import Completion
from roleferry_enrich.batches.crew import LEASE, Crew
from roleferry_enrich.batches.prices import prices_of
from roleferry_enrich.batches.queue import Look, Queue, Work
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.embedded import Servers
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.garbage import look_seldom
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.observability.crashes import report_failed_tasks
from roleferry_enrich.observability.hanging import HUNG, ended_when_hung
from roleferry_enrich.observability.serving import metrics_served
from roleferry_enrich.observability.telemetry import configure_telemetry
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.privacy.chores import keep_no_longer, look_again
from roleferry_enrich.privacy.opening import open_retention, replay_journal
from roleferry_enrich.resources import Resources, open_resources
from roleferry_enrich.storage.audits import AuditRepository
from roleferry_enrich.storage.backlogs import BacklogRepository
from roleferry_enrich.storage.completions import CompletionRepository
from roleferry_enrich.storage.job_leases import LeaseRepository
from roleferry_enrich.storage.webhook_desk import WebhookDesk
from roleferry_enrich.storage.wire import DatabaseAway
from roleferry_enrich.webhooks.opening import open_processing
from roleferry_enrich.webhooks.outgoing.opening import open_dispatcher

_LOOK_S = 1.0
_TIDY_S = 10.0
_INSIST_S = 2.0
_MOST_FORGOTTEN = 1_000
_log = structlog.get_logger("roleferry_enrich")


def run(
    settings: Settings, servers: Servers, *, channels: Mapping[str, Channel] | None = None
) -> None:
    """`work`, on the event loop that the API has too."""
    uvloop.run(work(settings, servers, channels=channels))


async def work(
    settings: Settings, servers: Servers, *, channels: Mapping[str, Channel] | None = None
) -> None:
    """Until SIGTERM or SIGINT; what is paid for then is finished first, items are given back.

    `channels` takes the place of the catalogue's.
    """
    report_failed_tasks()
    telemetry = configure_telemetry(settings)
    metrics, registry = telemetry.metrics.metrics.work, telemetry.metrics.registry
    with metrics_served(registry, settings.host, settings.worker_metrics_port):
        async with open_resources(settings, servers, telemetry, channels=channels) as resources:
            await _work(settings, servers, resources, metrics)


async def _work(
    settings: Settings, servers: Servers, resources: Resources, metrics: WorkMetrics
) -> None:
    async with (
        ended_when_hung(HUNG),
        open_dispatcher(resources.engine, settings, metrics) as dispatcher,
        backlogs_watched(BacklogRepository(resources.engine), metrics),
        resources.usage.asked_every(timedelta(seconds=settings.usage_every_s)),
    ):
        await replay_journal(resources.erasure)
        completion = Completion(
            resources.enricher, resources.enrichments, CompletionRepository(resources.engine)
        )
        crew = Crew(
            LeaseRepository(resources.engine, lease=LEASE),
            resources.enricher,
            prices_of(resources.gateway.channels),
            resources.billing.plans,
            metrics,
        )
        queue, items = Queue(servers.redis_url), Queue(servers.redis_url, Work.ITEMS)
        stopped = _stopped()
        look_seldom()
        _log.info("worker.started")
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_sweep(completion, queue)),
                group.create_task(_listen(completion, queue)),
                group.create_task(_tidy(resources)),
                group.create_task(_take_in(resources)),
                group.create_task(_keep_accounts(resources.billing)),
                group.create_task(look_again(resources.erasure)),
                group.create_task(keep_no_longer(open_retention(resources.erasure, settings))),
                group.create_task(_hear(crew.look, items)),
                group.create_task(dispatcher.run()),
            ]
            working = group.create_task(crew.work())
            await stopped.wait()
            await _end([working])
            await crew.give_back()
            await _end(tasks)
        await queue.close()
        await items.close()
        _log.info("worker.stopped")


async def _sweep(completion: Completion, queue: Queue) -> None:
    while True:
        await asyncio.sleep(_LOOK_S)
        # Whoever is free takes it; where nobody can be woken, this worker looks itself.
        if not await queue.wake():
            await _complete(completion)


async def _complete(completion: Completion) -> None:
    try:
        await completion.complete_due()
    except* ServiceUnavailable:
        _log.warning("worker.database.lost")


async def _tidy(resources: Resources) -> None:
    """Write off paid calls whose process died; forget replies and answers kept long enough."""
    watch = resources.gateway.gates.watch
    answers = open_kept_answers(resources.settings, resources.engine)
    audits = AuditRepository(resources.engine)
    while True:
        await asyncio.sleep(_TIDY_S)
        with contextlib.suppress(ServiceUnavailable):
            await answers.sweep(_MOST_FORGOTTEN)
            await audits.sweep(resources.settings.audit_retention, _MOST_FORGOTTEN)
        with contextlib.suppress(DatabaseAway):
            for lost in await resources.books.sweep():
                watch.lost(lost.provider, lost.capability, lost.cost)


async def _keep_accounts(billing: Billing) -> None:
    """Give back the credits that dead processes held, and tell who has used much."""
    while True:
        await asyncio.sleep(_TIDY_S)
        with contextlib.suppress(ServiceUnavailable):
            await billing.credits.sweep()
            await billing.reports.alert()


async def _take_in(resources: Resources) -> None:
    """Work through webhooks as they come, and forget them when they were kept long enough."""
    processing = open_processing(resources.settings, resources.engine, resources.suppressions.held)
    desk = WebhookDesk(resources.engine)
    kept_for = timedelta(days=resources.settings.webhook_retention_days)
    while True:
        with contextlib.suppress(ServiceUnavailable):
            await processing.process_due()
            await desk.forget(kept_for, _MOST_FORGOTTEN)
        await asyncio.sleep(_LOOK_S)


async def _listen(completion: Completion, queue: Queue) -> None:
    await _hear(completion.complete_due, queue)


async def _hear(look: Look, queue: Queue) -> None:
    """Keep an arq worker running: it ends with the first Redis error it meets."""
    while True:
        try:
            await queue.listen(look)
        except (RedisError, OSError) as error:
            _log.warning("worker.queue.lost", error=type(error).__name__)
        await asyncio.sleep(_LOOK_S)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them until they end: one that comes while arq starts to listen can get lost in it."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_INSIST_S)


def _stopped() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; further ones change nothing."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped
