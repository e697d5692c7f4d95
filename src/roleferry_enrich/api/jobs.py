"""Batch jobs: how far they are, what came of their items, and changing one's mind."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Protocol
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.answers.jobs import SHEET_COLUMNS, item_data, item_row, job_data, job_page
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import EnrichCaller, Provided, ReadCaller
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.idempotency import Once, Repeatable
from roleferry_enrich.api.job_events import EventStream, events
from roleferry_enrich.api.job_services import Jobs
from roleferry_enrich.api.media_types import CSV, JSON, NDJSON, TEXT, Accept, wanted
from roleferry_enrich.api.personal import item_shown
from roleferry_enrich.api.refusals import ACTS, READS, READS_ONE, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response, rendered
from roleferry_enrich.api.schemas.batches import ItemPage, JobData, JobPage
from roleferry_enrich.domain.batches import ItemResult, Job
from roleferry_enrich.errors import NotFound
from roleferry_enrich.records.spreadsheets import csv_row
from roleferry_enrich.storage.transactions import Alongside

router = APIRouter(route_class=StrictRoute, tags=["batches"], default_response_class=JsonAnswer)

_STREAMED_AT_ONCE = 100


@router.get(
    "/jobs",
    operation_id="listJobs",
    summary="List the batch jobs",
    response_model=JobPage,
    response_description="A page of jobs, the newest first",
    responses=documented(READS),
)
async def list_jobs(
    caller: ReadCaller, services: Provided, after: After = None, limit: PageSize = 25
) -> Response:
    return json_response(job_page(await services.jobs.page(caller.id, after=after, limit=limit)))


@router.get(
    "/jobs/{job_id}",
    operation_id="getJob",
    summary="Get a batch job",
    response_model=JobData,
    response_description="The job as known now",
    responses=documented(READS_ONE),
)
async def get_job(job_id: UUID, caller: ReadCaller, services: Provided) -> Response:
    return json_response(job_data(await _known(services.jobs, caller, job_id)))


@router.get(
    "/jobs/{job_id}/results",
    operation_id="getJobResults",
    summary="Get what came of a job's items",
    response_model=ItemPage,
    response_description="The items that have ended, in the order they were sent",
    responses={200: {"content": {NDJSON: TEXT, CSV: TEXT}}, **documented(READS_ONE)},
)
async def get_job_results(
    job_id: UUID,
    caller: ReadCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
    accept: Accept = JSON,
) -> Response:
    """Those that have ended so far, while others run; `complete` says that no more will come.

    JSON comes page by page. NDJSON and CSV come whole, from `after` on; in CSV a value that a
    spreadsheet would take for a formula has an apostrophe before it.
    """
    job = await _known(services.jobs, caller, job_id)
    first = await services.jobs.results(caller.id, job_id, after=after, limit=limit)
    media_type = wanted(accept)
    if media_type != JSON:
        return StreamingResponse(
            _lines(services.jobs, job, after, media_type, caller), media_type=media_type
        )
    items = [item_data(item_shown(item, caller)) for item in first.items]
    done = job.finished_at is not None
    return json_response({"items": items, "next": first.next, "complete": done})


@router.get(
    "/jobs/{job_id}/events",
    operation_id="watchJob",
    summary="Watch a job's progress",
    response_class=EventStream,
    response_description="Server-sent events: `progress` whenever something changes, then `end`",
    responses=documented(READS_ONE),
)
async def watch_job(job_id: UUID, caller: ReadCaller, services: Provided) -> Response:
    """Each event's data is the job as `GET /jobs/{job_id}` gives it. Ends with the job."""
    job = await _known(services.jobs, caller, job_id)
    return EventStream(events(services.jobs, job))


@router.post(
    "/jobs/{job_id}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    response_model=JobData,
    response_description="The job, with its unfinished items cancelled",
    responses=documented(READS_ONE),
)
async def cancel_job(
    job_id: UUID, caller: EnrichCaller, services: Provided, change: Repeatable
) -> Response:
    """Ends the items that have not ended; those that have stay. Safe to repeat.

    Calls to providers that are under way are paid, no new ones are made.
    """
    work = partial(_changed, partial(services.jobs.cancel, caller.id, job_id))
    return await change.answer(work, lambda it: json_response(job_data(it)), in_log=True)


@router.post(
    "/jobs/{job_id}/retry",
    operation_id="retryJob",
    summary="Retry what failed of a job",
    response_model=JobData,
    response_description="The job, with its failed and dead items queued again",
    responses=documented(ACTS),
)
async def retry_job(job_id: UUID, caller: EnrichCaller, services: Provided, once: Once) -> Response:
    """What providers were paid for is not paid again while it is remembered."""
    work = partial(_changed, partial(services.jobs.retry, caller.id, job_id))
    return await once.answer(work, lambda it: json_response(job_data(it)), in_log=True)


class _Change(Protocol):
    """Of a job; None where there is none."""

    async def __call__(self, *, alongside: Alongside[Job] | None) -> Job | None: ...


async def _changed(change: _Change, *, alongside: Alongside[Job] | None) -> Job:
    return _found(await change(alongside=alongside))


async def _known(jobs: Jobs, caller: Account, job_id: UUID) -> Job:
    return _found(await jobs.get(caller.id, job_id))


def _found(job: Job | None) -> Job:
    if job is None:
        raise NotFound("there is no such job")
    return job


async def _lines(
    jobs: Jobs, job: Job, after: str | None, media_type: str, caller: Account
) -> AsyncIterator[bytes]:
    """Page by page, so that ten thousand answers are never held at once."""
    if media_type == CSV:
        yield csv_row(SHEET_COLUMNS).encode()
    line = _csv_line if media_type == CSV else _json_line
    place = after
    while True:
        page = await jobs.results(job.account_id, job.id, after=place, limit=_STREAMED_AT_ONCE)
        if page.items:
            yield b"".join(line(item_shown(item, caller)) for item in page.items)
        if page.next is None:
            return
        place = page.next


def _csv_line(item: ItemResult) -> bytes:
    return csv_row(item_row(item)).encode()


def _json_line(item: ItemResult) -> bytes:
    return rendered(item_data(item)) + b"\n"
