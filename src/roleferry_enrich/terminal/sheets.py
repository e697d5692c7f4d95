"""The API's answers as rows for a spreadsheet or a program that reads CSV."""

from collections.abc import Mapping
from typing import Any

from roleferry_enrich.terminal.printing import Sheet
from roleferry_enrich.terminal.tables import first_email

# The API's JSON as any client gets it: the command line is one of its clients.
Json = Mapping[str, Any]

_NO_FIELDS = frozenset({"provenance", "contact_points", "meta"})
_OF_EXECUTIVES = (
    *("full_name", "first_name", "last_name", "title", "role", "seniority", "department"),
    *("email", "confidence", "sources"),
)


def contact(answer: Json) -> Sheet:
    """The contact as one row: its flat fields, and what it took."""
    meta = answer["meta"]
    row = {name: value for name, value in answer.items() if name not in _NO_FIELDS}
    row |= {"status": meta["status"], "cost_usd": meta["cost_usd"], "sample": meta["sample"]}
    return Sheet(tuple(row), [tuple(row.values())])


def executives(answer: Json) -> Sheet:
    """A row for each executive."""
    people = [{**person, "email": first_email(person)} for person in answer["executives"]]
    return Sheet(_OF_EXECUTIVES, [[person[name] for name in _OF_EXECUTIVES] for person in people])
