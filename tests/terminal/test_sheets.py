import csv
import io

import pytest
from tests.terminal.test_tables import plain

from roleferry_enrich.terminal import sheets
from roleferry_enrich.terminal.printing import Sheet, csv_text


def read(sheet: Sheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(sheet))))


def test_a_contact_is_one_row_of_flat_fields():
    answer = plain("enrichContact")
    [row] = read(sheets.contact(answer))
    assert row["full_name"] == answer["full_name"]
    assert row["technologies"] == "; ".join(answer["technologies"] or ())
    assert (row["status"], row["sample"]) == (answer["meta"]["status"], "False")
    assert not {"provenance", "contact_points", "meta"} & set(row)


def test_executives_are_a_row_each():
    answer = plain("findExecutives")
    rows = read(sheets.executives(answer))
    assert [row["full_name"] for row in rows] == [one["full_name"] for one in answer["executives"]]
    assert rows[0]["sources"] == "; ".join(answer["executives"][0]["sources"])


def test_no_executives_are_a_heading_without_rows():
    text = csv_text(sheets.executives({"executives": []}))
    assert text.startswith("full_name,")
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    "value",
    [
        *("=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"),
        *(" =1", "＝1", '=HYPERLINK("http://x"),"y"'),
    ],
)
def test_h13_no_cell_is_a_formula(value):
    sheet = Sheet(("full_name", "technologies"), [(value, [value, "x"])])
    [row] = csv.reader(io.StringIO(csv_text(sheet).partition("\n")[2], newline=""))
    plain = value.replace("\r", "\n")
    assert row == [f"'{plain}", f"'{plain}; x"]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\u2028", "\x0b"])
def test_h13_no_value_begins_a_row_of_its_own(end):
    text = csv_text(Sheet(("a", "b"), [(f"x{end}=1+1", "y")]))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b"], ["x\n=1+1", "y"]]


def test_numbers_stay_numbers():
    [row] = read(Sheet(("a", "b", "c"), [(-1, 0.5, None)]))
    assert row == {"a": "-1", "b": "0.5", "c": ""}


def test_plain_values_are_left_alone():
    [row] = read(Sheet(("a", "b"), [("Ada, Countess", 'the "first"')]))
    assert row == {"a": "Ada, Countess", "b": 'the "first"'}
