"""Examples of the audit log for the documentation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from roleferry_enrich.api.audit import COLUMNS, entry_data, entry_row
from roleferry_enrich.api.key_examples import KEY_ID
from roleferry_enrich.api.media_types import CSV, NDJSON
from roleferry_enrich.api.responses import rendered
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.records.spreadsheets import csv_row

_ENTRY = AuditEntry(
    id=UUID("0d7c2f84-3b6e-4a19-9c55-e1f2a3b4c5d6"),
    account_id=UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071"),
    at=datetime(2026, 3, 2, 9, 30, 4, tzinfo=UTC),
    key_id=KEY_ID,
    operation="enrichContact",
    resource=None,
    subjects=[bytes.fromhex("5d41402abc4b2a76b9719d911017c592")],
    status=200,
)

REQUESTS: Mapping[str, Mapping[str, object]] = {}


def answers() -> Mapping[str, Mapping[str, object]]:
    page = {"items": [entry_data(_ENTRY)], "next": None}
    return {"listAuditEntries": {"one_read": page}}


def texts() -> Mapping[str, str]:
    return {
        NDJSON: rendered(entry_data(_ENTRY)).decode() + "\n",
        CSV: csv_row(COLUMNS) + csv_row(entry_row(_ENTRY)),
    }
