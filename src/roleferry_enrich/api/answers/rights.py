"""Receipts, copies and notices as the API shows them."""

from datetime import timedelta
from typing import Any, cast

from roleferry_enrich.api.schemas.rights import (
    AccessData,
    ErasureData,
    ErasurePage,
    UnnoticedData,
    UnnoticedPage,
)
from roleferry_enrich.domain.stored import Page
from roleferry_enrich.storage.erasures import Receipt
from roleferry_enrich.storage.notices import Unnoticed
from roleferry_enrich.storage.suppressions import EVERYWHERE

_A_MONTH = timedelta(days=30)
NOTICE_COLUMNS = ("contact_id", "full_name", "email", "providers", "first_seen_at", "tell_by")


def erasure_data(receipt: Receipt) -> ErasureData:
    return {
        "id": receipt.id,
        "everywhere": receipt.scope == EVERYWHERE,
        "requested_at": receipt.requested_at,
        "done_at": receipt.done_at,
        "counts": dict(receipt.counts),
    }


def erasure_page(page: Page[Receipt]) -> ErasurePage:
    return {"items": [erasure_data(receipt) for receipt in page.items], "next": page.next}


# Any: JSON, as it was put together.
def access_data(known: dict[str, Any]) -> AccessData:
    head = {"generated_at", "known_by", "recipients"}
    told = {name: known[name] for name in head}
    sections = {name: rows for name, rows in known.items() if name not in head and rows}
    return cast("AccessData", {**told, "sections": sections})


def unnoticed_data(person: Unnoticed) -> UnnoticedData:
    return {
        "contact_id": person.contact_id,
        "full_name": person.full_name,
        "email": person.email,
        "providers": list(person.providers),
        "first_seen_at": person.first_seen_at,
        "tell_by": person.first_seen_at + _A_MONTH,
    }


def unnoticed_page(page: Page[Unnoticed]) -> UnnoticedPage:
    return {"items": [unnoticed_data(person) for person in page.items], "next": page.next}


def unnoticed_row(person: Unnoticed) -> list[object]:
    shown = unnoticed_data(person)
    return [shown[name] for name in NOTICE_COLUMNS]  # type: ignore[literal-required]
