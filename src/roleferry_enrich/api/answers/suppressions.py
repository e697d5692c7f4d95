"""Suppressions as the API shows them."""

from collections.abc import Sequence

from roleferry_enrich.api.schemas.suppressions import SuppressionData, SuppressionPage
from roleferry_enrich.storage.suppressions import EVERYWHERE, Entry


def suppression_data(entry: Entry) -> SuppressionData:
    return {
        "id": entry.id,
        "identifiers": [{"kind": kind, "digest": digest.hex()} for kind, digest in entry.digests],
        "reason": entry.reason,
        "source": entry.source,
        "everywhere": entry.scope == EVERYWHERE,
        "added_at": entry.added_at,
    }


def suppression_page(entries: Sequence[Entry], after: str | None) -> SuppressionPage:
    return {"items": [suppression_data(entry) for entry in entries], "next": after}
