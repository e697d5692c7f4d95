"""Executives against what is so, and why the false ones are false."""

from pathlib import Path

import pytest
from evaluation.discovery import Tally, discovery, rows

from evaluation import discovery as module


def test_precision_is_of_the_listed_and_recall_of_those_shown():
    tally = Tally(right=8, missed=2)
    tally.false["left"] += 2

    assert tally.precision == pytest.approx(0.8)
    assert tally.recall == pytest.approx(0.8)


def test_a_small_world_is_counted_the_same_in_every_run():
    once, again = (discovery(seeds=(9,), companies=5) for _ in range(2))

    assert once == again
    assert once.right > 10
    assert 0 < once.confirmed <= once.known_to_two <= once.right + once.missed
    assert set(once.false) <= {"left", "moved on", "listed twice", "never there", "leads nothing"}


def test_the_rows_stand_beside_their_bars(monkeypatch):
    tally = Tally(right=90, missed=30, confirmed=3, known_to_two=4)
    tally.false["moved on"] += 10
    monkeypatch.setattr(module, "discovery", lambda: tally)

    precision, recall, confirmed = rows(Path())

    assert (precision.value, recall.value, confirmed.value) == (0.9, 0.75, 0.75)
    assert not precision.holds
    assert confirmed.holds
    assert "10 moved on" in precision.notes[0]
