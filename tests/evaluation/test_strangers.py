"""People drawn by chance, and how many of them are taken for somebody else."""

from pathlib import Path

from evaluation import strangers


def test_strangers_have_different_names_and_are_the_same_each_time(monkeypatch):
    monkeypatch.setattr(strangers, "_PEOPLE", 40)
    drawn = strangers.strangers()

    assert drawn == strangers.strangers()
    assert 1_500 < len(drawn) <= 1_600
    assert all(one != other for one, other in drawn)


def test_who_is_taken_for_whom_is_counted_beside_plain_likeness(monkeypatch):
    people = [("Ada Byron", "BYRON, Ada"), ("Ada Byron", "Ada Hall"), ("Ada Byron", "Ida Byron")]
    monkeypatch.setattr(strangers, "strangers", lambda: people)
    (row,) = strangers.rows(Path())

    assert row.value == 1.0
    assert row.notes[0].startswith("1 of 3 pairs")
