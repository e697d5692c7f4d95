"""People drawn by chance, and how many of them are taken for somebody else."""

from pathlib import Path

from evaluation.strangers import Strangers

from evaluation import strangers
from roleferry_enrich.domain.loose_records import Decision, RecordOutcome


def test_strangers_have_different_names_and_are_the_same_each_time(monkeypatch):
    monkeypatch.setattr(strangers, "_PEOPLE", 40)
    monkeypatch.setattr(strangers, "_LISTED", 50)
    drawn = strangers.strangers()

    assert drawn == strangers.strangers()
    assert (len(drawn.people), len(drawn.listed)) == (40, 50)
    assert not set(drawn.people) & set(drawn.listed)


def test_who_is_taken_for_whom_is_counted_beside_plain_likeness(monkeypatch):
    people, listed = ["Ada Byron", "Bo Cole"], ["BYRON, Ada", "Ada Bryon", "Ada Hall"]
    drawn = Strangers(people, listed)
    monkeypatch.setattr(strangers, "strangers", lambda: drawn)
    row, merged = strangers.rows(Path())

    assert row.value == 1.0
    assert not row.holds
    assert merged.holds
    assert row.notes[0] == "50.00 % of 2 people, against 3 listed"


def test_whoever_shares_a_cluster_with_a_listed_one_was_merged(monkeypatch):
    clusters = iter([1, 2, 2, 3])

    def resolved(rows):
        return ((row, outcome(next(clusters))) for row, _ in rows)

    monkeypatch.setattr(strangers, "resolve_records", resolved)

    assert Strangers(["Ada Byron", "Bo Cole"], ["Bo Cole", "Cy Dane"]).merged() == 50.0


def outcome(cluster: int) -> RecordOutcome:
    return RecordOutcome(cluster_id=cluster, confidence=1.0, decision=Decision.JOINED, why="")
