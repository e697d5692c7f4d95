"""Examples of people's rights for the documentation, rendered as real answers are."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.api.answers.rights import (
    NOTICE_COLUMNS,
    access_data,
    erasure_data,
    erasure_page,
    unnoticed_page,
    unnoticed_row,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.records.spreadsheets import csv_row
from roleferry_enrich.storage.erasures import Receipt
from roleferry_enrich.storage.notices import Unnoticed

ERASURE_ID = UUID("8b1d6f30-2c4e-4a7b-9e15-7d0c3f6a2b94")
_ACCOUNT_ID = UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071")
_CONTACT_ID = UUID("7d3c1f6e-4a52-4f0c-9a4e-0d6b1f2c3a48")
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "erasePerson": {
        "by_email": {"email": "orla.fenwick@quillmere.test"},
        "by_name": {"full_name": "Orla Fenwick", "domain": "quillmere.test"},
    },
    "exportPerson": {"by_phone": {"phone": "020 7946 0000", "country": "GB"}},
    "markNoticed": {"by_mail": {"contact_ids": [str(_CONTACT_ID)], "how": "mail"}},
}


def answers() -> Mapping[str, Mapping[str, object]]:
    receipt = Receipt(
        id=ERASURE_ID,
        scope=_ACCOUNT_ID,
        requested_at=_NOW,
        done_at=_NOW + timedelta(seconds=1),
        counts={"people": 1, "contact_points": 3, "enrichments": 2},
    )
    return {
        "erasePerson": {"erased": erasure_data(receipt)},
        "listErasures": {"one": erasure_page(Page(items=(receipt,), next=None))},
        "getErasure": {"found": erasure_data(receipt)},
        "exportPerson": {"known": access_data(_known())},
        "listUnnoticed": {"one": unnoticed_page(Page(items=(_unnoticed(),), next=None))},
        "markNoticed": {"marked": {"marked": 1}},
    }


def texts() -> Mapping[str, str]:
    return {"text/csv": csv_row(NOTICE_COLUMNS) + csv_row(unnoticed_row(_unnoticed()))}


def _known() -> dict[str, object]:
    point = {
        "person_id": _CONTACT_ID,
        "kind": "email",
        "value": "orla.fenwick@quillmere.test",
        "first_collected_at": _NOW,
        "expires_at": _NOW + timedelta(days=180),
    }
    return {
        "generated_at": _NOW,
        "known_by": [("email", "orla.fenwick@quillmere.test")],
        "recipients": [
            {"account_id": _ACCOUNT_ID, "account": "Quillmere", "webhook_endpoints": []}
        ],
        "contact_points": [point],
    }


def _unnoticed() -> Unnoticed:
    return Unnoticed(
        contact_id=_CONTACT_ID,
        full_name="Orla Fenwick",
        email="orla.fenwick@quillmere.test",
        providers=("hunter",),
        first_seen_at=_NOW,
    )
