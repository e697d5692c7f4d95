"""The rows that are written: as they came, with what was found, safe for spreadsheets."""

import csv
import io
import json

import pytest
from tests.terminal.batches.conftest import FakeJob

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.batches.sheet import EnrichedSheet, refusal

FOUND = FakeJob("job-1", [{"email": "=cmd"}], {}, 0).item(1)


def table(sheet, *items):
    rows = [row for part in sheet.file.parts() for row in part.rows]
    lines = (sheet.line(row, item) for row, item in zip(rows, items, strict=True))
    text = b"".join((sheet.heading(), *lines)).decode()
    return list(csv.DictReader(io.StringIO(text), delimiter=sheet.file.delimiter))


def objects(sheet, *items):
    rows = [row for part in sheet.file.parts() for row in part.rows]
    assert sheet.heading() == b""
    return [json.loads(sheet.line(row, it)) for row, it in zip(rows, items, strict=True)]


def test_a_table_keeps_its_cells_and_gets_columns(contacts):
    file = contacts("email;state;note\na@a.test;CA;@SUM(1)\nb@a.test\n")
    first, second = table(EnrichedSheet(file, RowForm.CSV), FOUND, refusal("row: why"))

    assert (first["email"], first["state"], first["note"]) == ("a@a.test", "CA", "'@SUM(1)")
    assert (first["enriched_outcome"], first["enriched_state"]) == ("done", "Ohio")
    assert first["enriched_technologies"] == "a; b"
    assert (first["enriched_status"], first["enriched_enrichment_id"]) == ("complete", "e-1")
    assert first["enriched_cost_usd"] == "0.01"
    assert (second["note"], second["enriched_outcome"]) == ("", "refused")
    assert second["enriched_reason"] == "row: why"


def test_what_was_found_is_defused_too(contacts):
    item = {**FOUND, "answer": {**FOUND["answer"], "full_name": "=HYPERLINK(1)"}}
    [row] = table(EnrichedSheet(contacts("email\na@a.test\n"), RowForm.CSV), item)

    assert row["enriched_full_name"] == "'=HYPERLINK(1)"


def test_objects_get_one_member_with_the_whole_answer(contacts):
    file = contacts('{"email": "a@a.test", "x": [1]}\n{"email": "\\ud800"}\n')
    first, second = objects(EnrichedSheet(file, RowForm.JSON), FOUND, refusal("why"))

    assert first["x"] == [1]
    assert first["enriched"] == {
        "row": 1,
        "state": "done",
        "reason": None,
        "cost_usd": 0.01,
        "answer": FOUND["answer"],
    }
    assert second["email"] == "\ud800"
    assert second["enriched"]["state"] == "refused"


def test_a_table_may_become_objects_and_objects_a_table(contacts):
    [row] = objects(EnrichedSheet(contacts("email,a\na@a.test,=1\n"), RowForm.JSON), FOUND)
    assert (row["email"], row["a"]) == ("a@a.test", "=1")

    file = contacts('{"email": "a@a.test", "x": {"y": 1}}\n')
    [cells] = table(EnrichedSheet(file, RowForm.CSV), FOUND)
    assert cells["x"] == '{"y": 1}'


@pytest.mark.parametrize(
    ("text", "form", "name"),
    [
        ("email,enriched_title\n", RowForm.CSV, "enriched_title"),
        ('{"email": "x", "enriched": 1}', RowForm.JSON, "enriched"),
    ],
)
def test_a_column_of_our_name_would_be_lost(contacts, text, form, name):
    with pytest.raises(RecordsRefused, match=f"already has {name}:"):
        EnrichedSheet(contacts(text), form).require_room()
