"""Examples of suppressions for the documentation, rendered as real answers are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from roleferry_enrich.api.answers.suppressions import suppression_data, suppression_page
from roleferry_enrich.api.handling import EXAMPLE, handling_data
from roleferry_enrich.storage.suppressions import Entry

SUPPRESSION_ID = UUID("9a1d4e0b-2c57-5f83-8d16-40b7c9e2f5a3")
_KINDS = ("email", "name_domain")

REQUESTS: Mapping[str, Mapping[str, object]] = {
    "suppressPerson": {
        "by_all_that_is_known": {
            "email": "orla.fenwick@quillmere.test",
            "full_name": "Orla Fenwick",
            "domain": "quillmere.test",
            "reason": "objected by mail",
        },
        "by_phone": {"phone": "+44 20 7946 0000"},
    },
    "putHandling": {"as_a_whole": {**handling_data(EXAMPLE)}},
}


def answers() -> Mapping[str, Mapping[str, object]]:
    return {
        "suppressPerson": {"in_force": suppression_data(_entry())},
        "getHandling": {"said": handling_data(EXAMPLE)},
        "putHandling": {"in_force": handling_data(EXAMPLE)},
        "listSuppressions": {"one": suppression_page([_entry()], None)},
    }


def _entry() -> Entry:
    return Entry(
        id=SUPPRESSION_ID,
        scope=UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071"),
        digests=[(kind, bytes([n + 17] * 16)) for n, kind in enumerate(_KINDS)],
        reason="objected by mail",
        source="api",
        reference=None,
        added_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )
