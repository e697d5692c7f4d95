"""`POST /enrich/batch`: many contacts, accepted at once and enriched in the background."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.answers.jobs import accepted_job
from roleferry_enrich.api.batch_columns import columns_chosen
from roleferry_enrich.api.batch_items import judged
from roleferry_enrich.api.batch_rows import Rows, csv_rows, json_rows, ndjson_rows
from roleferry_enrich.api.bodies import StrictRoute, media_type_of, valid
from roleferry_enrich.api.callers import EnrichCaller, Provided
from roleferry_enrich.api.idempotency import Once
from roleferry_enrich.api.intake import whole_body
from roleferry_enrich.api.media_types import CSV, JSON, NDJSON, TEXT
from roleferry_enrich.api.personal import sees_personal
from roleferry_enrich.api.refusals import PAYS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.batches import AcceptedJob, BatchQuery, BatchSettings
from roleferry_enrich.api.services import Services
from roleferry_enrich.api.translation import micro_usd
from roleferry_enrich.domain.batches import Job, JobPriority, NewJob
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.waterfalls import Waterfalls
from roleferry_enrich.errors import WrongMediaType

router = APIRouter(route_class=StrictRoute, tags=["batches"], default_response_class=JsonAnswer)

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/BatchBody"}},
            NDJSON: TEXT,
            CSV: TEXT,
        },
    }
}
_ITEMS_A_SECOND = 50
_LONGEST_RETRY_S = 60
_HEADERS = {
    "Location": {"description": "The job.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds after which looking at the job makes sense.",
        "schema": {"type": "integer", "minimum": 1},
    },
}
Wishes = Annotated[BatchQuery, Query()]


def _documented(operation_id: str, summary: str) -> dict[str, Any]:
    """What both routes tell of themselves; an open format, hence Any."""
    return {
        "operation_id": operation_id,
        "summary": summary,
        "status_code": 202,
        "response_model": AcceptedJob,
        "response_description": "The job is stored, and will be done",
        "responses": {202: {"headers": _HEADERS}, **documented(PAYS)},
        "openapi_extra": _BODY,
    }


@router.post("/enrich/batch", **_documented("createBatch", "Enrich up to 10,000 contacts"))
@router.post("/enrich/enqueue", **_documented("enqueueBatch", "The same as `/enrich/batch`"))
async def create_batch(
    request: Request,
    caller: EnrichCaller,
    services: Provided,
    settings: Wishes,
    once: Once,
) -> Response:
    """Takes JSON, NDJSON (an item a line) or CSV (a heading, then an item a row).

    Items are judged one by one: those that are wrong are named in `errors`, the others are
    accepted. The answer comes when all of them are stored; `GET /jobs/{job_id}` tells how far they
    are. Items that ask the same are asked once, and a company once for all its people.
    """
    media_type = media_type_of(request.headers, (JSON, NDJSON, CSV))
    sent = await whole_body(request)
    read = _reader(media_type, settings)
    new = await asyncio.to_thread(_new_job, read, sent, settings, _Choices.of(caller, services))
    callback = await services.jobs.callback(caller.id, new.callback_url)
    work = partial(services.jobs.create, caller.id, replace(new, key_id=caller.key_id))
    return await once.answer(work, partial(_accepted, callback), in_log=True)


def _accepted(callback: Callback | None, job: Job) -> Response:
    headers = {
        "Location": f"/jobs/{job.id}",
        "Retry-After": str(min(_LONGEST_RETRY_S, 1 + job.total // _ITEMS_A_SECOND)),
    }
    return json_response(accepted_job(job, callback), status=202, headers=headers)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What an item may name."""

    providers: Collection[str]
    waterfalls: Waterfalls
    sees_personal: bool

    @classmethod
    def of(cls, caller: Account, services: Services) -> "_Choices":
        named = services.waterfalls.of(caller.id)
        return cls(services.catalogue, named, sees_personal(caller))


def _reader(media_type: str, settings: BatchQuery) -> Callable[[bytes], Rows]:
    match media_type:
        case "application/json":
            return json_rows
        case "application/x-ndjson":
            return ndjson_rows
        case "text/csv":
            return lambda sent: csv_rows(sent, columns_chosen(settings.column))
        case _:
            raise WrongMediaType("the Content-Type must be one of ours")


def _new_job(
    read: Callable[[bytes], Rows], sent: bytes, query: BatchQuery, choices: "_Choices"
) -> NewJob:
    rows = read(sent)
    given = query.model_dump(exclude={"column"}) | dict(rows.members)
    settings = valid(BatchSettings, given)
    found = judged(
        rows, choices.providers, choices.waterfalls, shows_personal=choices.sees_personal
    )
    return NewJob(
        items=found.items,
        faults=found.faults,
        refused=found.refused,
        columns=found.columns,
        priority=JobPriority[settings.priority.upper()],
        max_cost=None if settings.max_cost is None else micro_usd(settings.max_cost),
        callback_url=settings.callback_url,
    )
