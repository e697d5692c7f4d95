"""How well records are told apart: the halves, the figures, and the records to measure with."""

import pytest
from evaluation.clusters import FILE
from evaluation.invented_records import invented_records
from evaluation.labelled_records import Labelled, Separation, separation

from evaluation import __main__ as command
from roleferry_enrich.domain.loose_records import LooseRecord


def record(email, person):
    return Labelled(LooseRecord(full_name="Ada Byron", email=email), person)


def test_pairs_are_counted_against_the_truth():
    found = separation(
        [record("a@a.test", "1"), record("a@a.test", "1"), record("a@a.test", "2"), record("", "1")]
    )

    assert (found.right, found.wrong, found.wanted) == (1, 2, 3)
    assert found.precision == pytest.approx(1 / 3) == found.recall == found.f1


def test_nothing_joined_and_nothing_to_join_is_nothing_wrong():
    assert Separation(0, 0, 0).f1 == 1.0


def test_a_person_is_in_one_half():
    halves = {person: record("", person).is_for_tuning for person in map(str, range(100))}

    assert {record("x", person).is_for_tuning == half for person, half in halves.items()} == {True}
    assert 30 < sum(halves.values()) < 70


def test_invented_records_are_as_many_as_asked_and_the_same_again():
    records = list(invented_records(300, seed=1))

    assert len(records) == 300
    assert records == list(invented_records(300, seed=1)) != list(invented_records(300, seed=2))


def test_each_figure_stands_beside_its_bar(tmp_path, monkeypatch):
    monkeypatch.setattr("evaluation.clusters.SIZE", 50)
    families = ("Byron", "Cole", "Nosov", "Lopez", "Ito", "Quux", "Hallam", "Berg", "Vance", "Moor")
    people = "".join(
        f"{n},Ada,{family},19{n}5-0{n + 1}-1{n},York,{family}@{n}.test,{family}\n" * 2
        for n, family in enumerate(families[:9])
    )
    (tmp_path / FILE).write_text("unique_id,first_name,surname,dob,city,email,cluster\n" + people)

    rows = list(command.rows_of("clusters", tmp_path))

    assert [row.name.partition(": ")[2] for row in rows] == [
        "F1 of pairs",
        "precision of pairs",
        "cost of doubling them",
    ]
    assert [row.value for row in rows[:2]] == [1.0, 1.0]
