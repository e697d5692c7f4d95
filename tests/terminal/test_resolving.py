"""The command over real files."""

import csv
import io
import json

import pytest

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.terminal.resolving import STANDARD, resolve_file

TABLE = (
    "id;name;email;note\n"
    "1;Ada Byron;ada@quillmere.test;=1+1\n"
    "2;Bo Cole;bo@ardenhall.test;\n"
    "3;Aad Byron;ada@quillmere.test;two words\n"
)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(TABLE)
    return path


def test_the_rows_come_out_in_their_order_with_all_their_cells(source, tmp_path, capsys):
    out = tmp_path / "out.csv"
    resolve_file(source, out, None)

    rows = list(csv.DictReader(io.StringIO(out.read_text()), delimiter=";"))
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    assert [row["cluster_id"] for row in rows] == ["1", "2", "1"]
    assert rows[0]["note"] == "'=1+1"
    assert float(rows[2]["cluster_confidence"]) > 0.9
    assert "3 records of 2 people" in capsys.readouterr().err


def test_json_is_for_programs_and_says_more(source, capfdbinary):
    resolve_file(source, STANDARD, RowForm.JSON)

    rows = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert rows[0]["note"] == "=1+1"
    assert [row["decision"] for row in rows] == ["joined", "alone", "joined"]
    assert rows[1]["alternatives"] == []


def test_json_can_become_a_table(tmp_path):
    source, out = tmp_path / "in.ndjson", tmp_path / "out.csv"
    source.write_text('{"name": "Ada Byron"}\n{"email": "a@b.test", "tags": {"x": 1}}\n')
    resolve_file(source, out, RowForm.CSV)

    first, second = csv.DictReader(io.StringIO(out.read_text()))
    assert (first["name"], first["email"]) == ("Ada Byron", "")
    assert second["tags"] == '{"x": 1}'


def test_a_heading_without_rows_stays_a_heading(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name,email\n")
    resolve_file(source, out, None)

    assert out.read_text() == "name,email,cluster_id,cluster_confidence,why\n"


def test_what_fails_leaves_no_half_written_file(tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("name,email\nAda\n")
    with pytest.raises(RecordsRefused, match="line 2"):
        resolve_file(source, out, None)

    assert list(tmp_path.iterdir()) == [source]


def test_files_that_are_not_there_are_named(source, tmp_path):
    with pytest.raises(RecordsRefused, match=r"absent\.csv cannot be read"):
        resolve_file(tmp_path / "absent.csv", STANDARD, None)
    with pytest.raises(RecordsRefused, match="cannot be written"):
        resolve_file(source, tmp_path / "no" / "out.csv", None)


def test_which_column_was_taken_for_which_is_told(source, tmp_path, capsys):
    resolve_file(source, tmp_path / "out.csv", None)

    assert (
        "compared are full_name from name, email from email; not compared: id, note"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "content",
    ["wer,post\nAda Byron,ada@a.test\nA. Byron,ada@a.test\n",
     '{"wer": "Ada Byron", "post": "ada@a.test"}\n{"wer": "A. Byron", "post": "ada@a.test"}\n'],
)  # fmt: skip
def test_a_column_whose_heading_says_nothing_can_be_told(content, tmp_path, capsys):
    source, out = tmp_path / "in", tmp_path / "out.csv"
    source.write_text(content)
    with pytest.raises(RecordsRefused, match="--column NAME=FIELD"):
        resolve_file(source, out, RowForm.CSV)

    resolve_file(source, out, RowForm.CSV, ["wer=full_name", "post=email"])
    assert [row["cluster_id"] for row in csv.DictReader(io.StringIO(out.read_text()))] == ["1"] * 2
    assert "full_name from wer, email from post" in capsys.readouterr().err


def test_a_column_can_be_left_out(source, tmp_path):
    out = tmp_path / "out.csv"
    resolve_file(source, out, None, ["email=none"])

    rows = list(csv.DictReader(io.StringIO(out.read_text()), delimiter=";"))
    assert [row["cluster_id"] for row in rows] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("email", "is NAME=FIELD"),
        ("email=post", "one of these fields: full_name"),
        ("=email", "is NAME=FIELD"),
        ("absent=email", "does not have"),
    ],
)
def test_a_column_told_wrongly_is_refused(column, said, source, tmp_path):
    with pytest.raises(RecordsRefused, match=said):
        resolve_file(source, tmp_path / "out.csv", None, [column])
