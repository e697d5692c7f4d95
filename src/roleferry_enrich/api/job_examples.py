"""The documentation's examples of batch jobs: see `examples.py`."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.api.answers.jobs import SHEET_COLUMNS, accepted_job, item_data, item_row
from roleferry_enrich.api.answers.jobs import job_data as _job_data
from roleferry_enrich.api.responses import rendered
from roleferry_enrich.domain.batches import ItemResult, ItemState, Job, JobPriority, RowFault
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.records.spreadsheets import csv_row

JOB_ID = UUID("5c1e7f42-0a6b-4d3e-9b58-7f2d4c6a8e10")
_ACCOUNT_ID = UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071")
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_CALLBACK = Callback(
    endpoint_id=UUID("e2b7c4d1-6f3a-4e58-9a0c-1d5b8f7e3a26"),
    secret="whsec_" + "RXhhbXBsZSBzZWNyZXQsIG5vdCBvbmUgdG8gdXNlISE=",
)
_FAULT = RowFault(
    row=2, field="email", code="invalid_email", message="is not a valid e-mail address"
)

BATCH: Mapping[str, object] = {
    "two_contacts": {
        "items": [
            {"reference": "crm-1", "email": "maren.oakhurst@quillmere.test"},
            {
                "reference": "crm-2",
                "full_name": "Ivo Tarn",
                "company_name": "Quillmere Instruments",
                "enrich": ["title", "business_email"],
            },
        ],
        "max_cost": 2.5,
        "callback_url": "https://crm.quillmere.test/enriched",
    }
}
TEXTS: Mapping[str, str] = {
    "application/x-ndjson": (
        '{"reference": "crm-1", "email": "maren.oakhurst@quillmere.test"}\n'
        '{"reference": "crm-2", "full_name": "Ivo Tarn", "domain": "quillmere.test"}\n'
    ),
    "text/csv": "Lead ID,Work email,Company\ncrm-1,maren.oakhurst@quillmere.test,Quillmere\n",
}
"""A batch in the other forms, by media type."""


def answers(enrichment: Enrichment) -> Mapping[str, Mapping[str, object]]:
    """The answer of each operation, by operation and name of the example."""
    running, finished = _job(), _job(finished=True)
    page = {"items": [_job_data(finished), _job_data(running)], "next": None}
    items = {"items": [item_data(_item(enrichment))], "next": None, "complete": True}
    accepted = {"accepted": accepted_job(_job(begun=False), _CALLBACK)}
    return {
        "createBatch": accepted,
        "enqueueBatch": accepted,
        "listJobs": {"last_page": page},
        "getJob": {"running": _job_data(running)},
        "cancelJob": {"finished": _job_data(finished)},
        "retryJob": {"running": _job_data(running)},
        "getJobResults": {"last_page": items},
        "watchJob": {"end": f"event: end\ndata: {rendered(_job_data(finished)).decode()}\n\n"},
    }


def texts(enrichment: Enrichment) -> Mapping[str, str]:
    """A job's results in the other forms, by media type."""
    item = _item(enrichment)
    return {
        "application/x-ndjson": rendered(item_data(item)).decode() + "\n",
        "text/csv": csv_row(SHEET_COLUMNS) + csv_row(item_row(item)),
    }


def _job(*, begun: bool = True, finished: bool = False) -> Job:
    done = 3 if finished else 1 if begun else 0
    return Job(
        id=JOB_ID,
        account_id=_ACCOUNT_ID,
        created_at=_NOW,
        priority=JobPriority.NORMAL,
        max_cost=MicroUsd(2_500_000),
        callback_url="https://crm.quillmere.test/enriched",
        total=3,
        faults=(_FAULT,),
        refused=1,
        columns={"reference": "Lead ID", "email": "Work email", "company_name": "Company"},
        finished_at=_NOW + timedelta(seconds=4) if finished else None,
        counts={ItemState.DONE: done, ItemState.QUEUED: 3 - done},
        cost=MicroUsd(25_000 * done),
        cache_hits=2 * done,
        time_left=timedelta(seconds=3) if begun and not finished else None,
    )


def _item(enrichment: Enrichment) -> ItemResult:
    return ItemResult(
        number=1,
        reference="crm-1",
        state=ItemState.DONE,
        reason=None,
        cost=MicroUsd(25_000),
        settled_at=_NOW,
        enrichment=enrichment,
    )
