"""Files as people have them: what is read, and what is refused with the number of its line."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.records.forms import RowForm
from roleferry_enrich.records.reading import read_rows


def read(content):
    found = read_rows(content.splitlines(keepends=True))
    return found, list(found.rows)


def test_a_csv_is_read_by_the_names_of_its_columns():
    found, rows = read(b"First Name;Surname;Postcode;Notes\nAda;Byron;N1 1AA;x\n")

    assert (found.form, found.delimiter) == (RowForm.CSV, ";")
    [(source, record)] = rows
    assert (record.first_name, record.last_name, record.postcode) == ("Ada", "Byron", "N1 1AA")
    assert json.loads(source) == ["Ada", "Byron", "N1 1AA", "x"]


def test_an_address_may_have_several_columns():
    _, [(_, record)] = read(b"name,street_number,address_1,suburb\nAda,12,High St,Hull\n")

    assert (record.address, record.city) == ("12 High St", "Hull")


def test_of_two_columns_of_one_field_the_first_that_is_filled_counts():
    _, [(_, record)] = read(b"phone,mobile\n,0123456789\n")

    assert record.phone == "0123456789"


def test_json_objects_may_have_other_members_in_each_line():
    found, rows = read(b'{"name": "Ada"}\n\n{"email": "a@b.test", "tags": [1]}\n')

    assert found.form is RowForm.JSON
    assert found.names == ["name", "email", "tags"]
    assert [record.email for _, record in rows] == [None, "a@b.test"]


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    _, [(_, record)] = read(b"\xef\xbb\xbfemail\na@b.test\n")

    assert record.email == "a@b.test"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"name\nJos\xe9\n", "line 2 is not UTF-8"),
        (b"colour,size\nred,1\n", "no column can be compared"),
        (b"name,email\nAda,a@b.test\nBo\n", "line 3 has 1 cells where the heading has 2"),
        (b'name,email\nAda,"a@b.test\n', "from line 2 on is not CSV"),
        (b"name,name\nAda,Bo\n", "columns 1 and 2 have the same name"),
        (b"name,why\nAda,x\n", "already has why"),
        (b'{"name": "Ada"}\nBo\n', "line 2 is not JSON"),
        (b'{"name": "Ada"}\n[1]\n', "line 2 is not a JSON object"),
        (b'{"name": NaN}\n', "line 1 is not JSON"),
        (b'{"name": "\\ud800"}\n', "line 1 is not JSON"),
        (b'{"decision": 1, "name": "x"}\n', "already has decision"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content, said):
    with pytest.raises(RecordsRefused, match=said):
        read(content)


@given(st.binary(max_size=60))
def test_no_bytes_are_worse_than_refused(content):
    with suppress(RecordsRefused):
        found, rows = read(b"name,email\n" + content)
        assert all(len(json.loads(source)) == len(found.names) for source, _ in rows)
