"""`GET /account/audit`: who has read and changed what with the account's keys."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import AdminCaller, Provided
from roleferry_enrich.api.contacts import After, PageSize
from roleferry_enrich.api.media_types import CSV, JSON, NDJSON, TEXT, Accept, wanted
from roleferry_enrich.api.refusals import READS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response, rendered
from roleferry_enrich.api.schemas.audit import AuditEntryData, AuditPage
from roleferry_enrich.api.services import AuditLog
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.records.spreadsheets import csv_row

router = APIRouter(route_class=StrictRoute, tags=["account"], default_response_class=JsonAnswer)
COLUMNS = tuple(AuditEntryData.__annotations__)
_AT_ONCE = 100


@router.get(
    "/account/audit",
    operation_id="listAuditEntries",
    summary="Who did what with whose data",
    response_model=AuditPage,
    response_description="A page of the log, the newest first",
    responses={200: {"content": {NDJSON: TEXT, CSV: TEXT}}, **documented(READS)},
)
async def list_audit_entries(
    caller: AdminCaller,
    services: Provided,
    after: After = None,
    limit: PageSize = 25,
    accept: Accept = JSON,
) -> Response:
    """Reads and changes, with the key that was used. People are digests; nothing can be changed.

    JSON comes page by page. NDJSON and CSV come whole, from `after` on.
    """
    page = await services.audit.page(caller.id, after=after, limit=limit)
    media_type = wanted(accept)
    if media_type != JSON:
        lines = _lines(services.audit, caller.id, after, media_type)
        return StreamingResponse(lines, media_type=media_type)
    return json_response({"items": [entry_data(one) for one in page.items], "next": page.next})


def entry_data(entry: AuditEntry) -> AuditEntryData:
    return {
        "id": entry.id,
        "at": entry.at,
        "key_id": entry.key_id,
        "operation": entry.operation,
        "resource": entry.resource,
        "subjects": [subject.hex() for subject in entry.subjects],
        "status": entry.status,
    }


def entry_row(entry: AuditEntry) -> Sequence[object]:
    row = {**entry_data(entry), "at": entry.at.isoformat(), "id": str(entry.id)}
    return [row[column] for column in COLUMNS]


async def _lines(
    audit: AuditLog, account_id: UUID, after: str | None, media_type: str
) -> AsyncIterator[bytes]:
    if media_type == CSV:
        yield csv_row(COLUMNS).encode()
    while True:
        page = await audit.page(account_id, after=after, limit=_AT_ONCE)
        for entry in page.items:
            as_row = media_type == CSV
            line = csv_row(entry_row(entry)).encode() if as_row else rendered(entry_data(entry))
            yield line if as_row else line + b"\n"
        if page.next is None:
            return
        after = page.next
