"""Renders jobs and their items: as JSON, line by line, and as rows of a spreadsheet."""

import math
from typing import cast

from roleferry_enrich.api.answers.contact import contact_answer
from roleferry_enrich.api.schemas.batches import (
    AcceptedJob,
    ItemData,
    JobData,
    JobPage,
    PriorityName,
)
from roleferry_enrich.domain.batches import ItemResult, ItemState, Job
from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.stored import Page

_MICRO = 1_000_000
SHEET_COLUMNS = (
    # Not `state`: that is where the person lives.
    *("row", "reference", "item_state", "reason"),
    *PERSON_FIELDS,
    *("status", "cost_usd", "enrichment_id"),
)


def accepted_job(job: Job, callback: Callback | None = None) -> AcceptedJob:
    return {
        "job": job_data(job),
        "columns": None if job.columns is None else dict(job.columns),
        "errors": [
            {"row": it.row, "field": it.field, "code": it.code, "message": it.message}
            for it in job.faults
        ],
        "callback": None
        if callback is None
        else {"endpoint_id": callback.endpoint_id, "secret": callback.secret},
    }


def job_data(job: Job) -> JobData:
    left = job.time_left
    return {
        "id": job.id,
        "state": job.state,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "priority": cast("PriorityName", job.priority.name.lower()),
        "max_cost_usd": None if job.max_cost is None else job.max_cost / _MICRO,
        "callback_url": job.callback_url,
        "items": job.total,
        "refused_items": job.refused,
        # orjson wants plain texts for keys.
        "counts": cast(
            "dict[ItemState, int]", {it.value: job.counts.get(it, 0) for it in ItemState}
        ),
        "cost_usd": job.cost / _MICRO,
        "cache_hits": job.cache_hits,
        "estimated_seconds_left": None if left is None else math.ceil(left.total_seconds()),
    }


def job_page(page: Page[Job]) -> JobPage:
    return {"items": [job_data(job) for job in page.items], "next": page.next}


def item_data(result: ItemResult) -> ItemData:
    return {
        "row": result.number,
        "reference": result.reference,
        "state": result.state,
        "reason": result.reason,
        "cost_usd": result.cost / _MICRO,
        "finished_at": result.settled_at,
        "answer": None if result.enrichment is None else contact_answer(result.enrichment),
    }


def item_row(result: ItemResult) -> list[object]:
    """Its cells under `SHEET_COLUMNS`."""
    data = item_data(result)
    answer = data["answer"]
    fields = {} if answer is None else cast("dict[str, object]", answer)
    meta = None if answer is None else answer["meta"]
    return [
        *(data["row"], data["reference"], data["state"].value, data["reason"]),
        *(fields.get(name) for name in PERSON_FIELDS),
        None if meta is None else meta["status"].value,
        data["cost_usd"],
        None if meta is None else meta["enrichment_id"],
    ]
