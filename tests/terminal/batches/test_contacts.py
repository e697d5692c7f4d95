"""Somebody's file as items: what is taken for what, and what cannot be read."""

import orjson
import pytest

from roleferry_enrich.domain.batches import MOST_ITEMS
from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.batches import contacts as module
from roleferry_enrich.terminal.batches.contacts import examined


def rows(file):
    return [row for part in file.parts() for row in part.rows]


def items(file):
    return [orjson.loads(row.item) if row.item else row.fault for row in rows(file)]


def test_a_table_is_read_by_its_headings(contacts):
    file = contacts("﻿Work Email;Name;note\nada@a.test;Ada Byron;x\n\n;Bo Cole;\n")

    assert (file.form, file.delimiter) == (RowForm.CSV, ";")
    assert file.columns == {"email": "Work Email", "full_name": "Name"}
    assert items(file) == [
        {"email": "ada@a.test", "full_name": "Ada Byron"},
        {"full_name": "Bo Cole"},
    ]
    assert [row.number for row in rows(file)] == [1, 2]
    assert rows(file)[0].source == ["ada@a.test", "Ada Byron", "x"]
    assert file.readable == 2


def test_objects_are_read_by_their_members(contacts):
    file = contacts(
        b'\xef\xbb\xbf{"E-Mail": "ada@a.test", "tags": ["x\\ny"]}\n\n{"company": "A"}\n'
    )

    assert file.form is RowForm.JSON
    assert file.names == ["E-Mail", "tags", "company"]
    assert items(file) == [{"email": "ada@a.test"}, {"company_name": "A"}]
    assert rows(file)[0].source == {"E-Mail": "ada@a.test", "tags": ["x\ny"]}


def test_columns_may_be_told_and_left_out(contacts):
    file = contacts("a,email,domain\nada@a.test,old@a.test,a.test\n", "a=email", "domain=none")

    assert items(file) == [{"email": "ada@a.test"}]


def test_what_is_said_of_all_yields_to_a_rows_own_word(contacts):
    file = contacts("email,strategy\na@a.test,\nb@a.test,parallel\n", strategy="waterfall")

    assert [item["strategy"] for item in items(file)] == ["waterfall", "parallel"]


def test_rows_that_cannot_be_read_stay_in_their_place(contacts):
    file = contacts("email,name\na@a.test\nb@a.test,Bo\nc\x01@a.test,\n")

    first, second, third = items(file)
    assert first == "row: has 1 cells, the heading has 2"
    assert second["email"] == "b@a.test"
    assert third == "email: must not hold control characters"
    assert file.readable == 1


@pytest.mark.parametrize("line", ["no json", "[]", '{"a": 1, "a": 2}', '{"email": NaN}'])
def test_a_line_that_is_no_object_is_a_fault_of_its_row(contacts, line):
    first, second = items(contacts('{"email": "a@a.test"}\n' + line + "\n"))

    assert first == {"email": "a@a.test"}
    assert second == "row: is not a JSON object in UTF-8"


def test_half_a_letter_is_a_fault_where_it_would_be_sent_and_nowhere_else(contacts):
    file = contacts(
        '{"email": "a@a.test", "x": "\\ud800"}\n{"email": "\\ud800"}\n{"email": "\\u0001"}'
    )

    first, second, third = items(file)
    assert first == {"email": "a@a.test"}
    assert second == "row: holds half of a surrogate pair"
    assert third == "email: must not hold control characters"


def test_an_endless_row_is_a_fault(contacts):
    [item] = items(contacts(orjson.dumps({"email": "a" * 300_000})))

    assert item == "row: is too long"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"email\n\xff\n", "not UTF-8"),
        ('[{"email": "a@a.test"}]', "one object a line"),
        ("email,email\n", "columns 1 and 2 have the same name"),
        ("a,b\n1,2\n", "no column was recognised"),
        ('email\n"' + "x" * 200_000, "is not CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(contacts, text, said):
    with pytest.raises(RecordsRefused, match=said):
        contacts(text)


@pytest.mark.parametrize(
    ("column", "said"),
    [("a", "NAME=FIELD"), ("a=zip", "linkedin_url"), ("b=email", "does not have")],
)
def test_a_column_that_makes_no_sense_is_refused(contacts, column, said):
    with pytest.raises(RecordsRefused, match=said):
        contacts("a\nx\n", column)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(RecordsRefused, match=r"absent\.csv cannot be read"):
        examined(tmp_path / "absent.csv", (), {})


def test_a_part_holds_what_a_job_may_and_bad_rows_besides(contacts):
    good = "".join(f"p{number}@a.test,\n" for number in range(MOST_ITEMS + 1))
    file = contacts("email,name\n" + good.replace("p9999@a.test,\n", "p9999@a.test,\nbad\n"))

    first, second = file.parts()
    assert (len(first.items), len(first.rows)) == (MOST_ITEMS, MOST_ITEMS + 1)
    assert [orjson.loads(item) for item in second.items] == [{"email": f"p{MOST_ITEMS}@a.test"}]
    assert second.rows[0].number == MOST_ITEMS + 2


def test_a_part_is_no_larger_than_a_body_may_be(contacts, monkeypatch):
    monkeypatch.setattr(module, "_PART_BYTES", 50)
    file = contacts("email\n" + "".join(f"p{number}@a.test\n" for number in range(4)))

    assert [len(part.items) for part in file.parts()] == [2, 2]
