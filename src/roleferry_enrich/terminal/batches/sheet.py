"""The rows of a file of contacts as they came, each with what was found beside it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.records.spreadsheets import csv_row
from roleferry_enrich.terminal.batches.contacts import ContactRow, ContactsFile

# JSON as any client of the API gets it: the command line is one of its clients.
Json = Mapping[str, Any]

REFUSED = "refused"
_MEMBER = "enriched"
_OF_ITEM = ("state", "reason", "cost_usd")
_OF_META = ("status", "enrichment_id")
# Not `state`, where a person may live.
_COLUMNS = tuple(
    f"{_MEMBER}_{name}" for name in ("outcome", "reason", *PERSON_FIELDS, *_OF_META, "cost_usd")
)


def refusal(reason: str) -> Json:
    """A row that was not accepted, as an item of a job."""
    return {"state": REFUSED, "reason": reason, "cost_usd": 0.0, "answer": None}


@dataclass(frozen=True, slots=True)
class EnrichedSheet:
    file: ContactsFile
    form: RowForm

    def require_room(self) -> None:
        """Raises RecordsRefused where the file has columns of our names."""
        ours = _COLUMNS if self.form is RowForm.CSV else (_MEMBER,)
        taken = sorted(set(ours) & set(self.file.names))
        if taken:
            raise RecordsRefused(
                f"the file already has {', '.join(taken)}: rename or remove it, or it would be lost"
            )

    def heading(self) -> bytes:
        return self._table((*self.file.names, *_COLUMNS)) if self.form is RowForm.CSV else b""

    def line(self, row: ContactRow, item: Json) -> bytes:
        if self.form is RowForm.CSV:
            return self._table((*self._cells(row), *_found(item)))
        told = {"row": row.number, **{name: item[name] for name in (*_OF_ITEM, "answer")}}
        return _json({**self._members(row), _MEMBER: told})

    def _table(self, cells: Sequence[object]) -> bytes:
        return csv_row(cells, delimiter=self.file.delimiter).encode()

    def _cells(self, row: ContactRow) -> Sequence[object]:
        names = self.file.names
        if isinstance(row.source, Mapping):
            return [_plain(row.source.get(name)) for name in names]
        return [*row.source[: len(names)], *[""] * (len(names) - len(row.source))]

    def _members(self, row: ContactRow) -> Mapping[str, object]:
        if isinstance(row.source, Mapping):
            return row.source
        return dict(zip(self.file.names, row.source, strict=False))


def _found(item: Json) -> Sequence[object]:
    answer = item["answer"] or {"meta": {}}
    fields = [answer.get(name) for name in PERSON_FIELDS]
    of_meta = [answer["meta"].get(name) for name in _OF_META]
    return [item["state"], item["reason"], *fields, *of_meta, item["cost_usd"]]


def _plain(value: object) -> object:
    """A nested value as the JSON it was; the rest as it is."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _json(row: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(row, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a surrogate pair, which only an escape can hold
        return json.dumps(row).encode() + b"\n"
