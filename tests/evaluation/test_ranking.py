"""Precision and recall of scores beside the truth."""

import math

import pytest
from evaluation.ranking import Quality, best_f1, best_recall, quality
from hypothesis import given
from hypothesis import strategies as st

JUDGED = [(0.9, True), (0.8, True), (0.7, False), (0.6, True), (0.2, False)]


def test_what_is_at_the_threshold_is_taken():
    assert quality(JUDGED, 0.7) == Quality(0.7, 2 / 3, 2 / 3)
    assert quality(JUDGED, 0.7).f1 == pytest.approx(2 / 3)


def test_nothing_taken_is_nothing_wrong():
    assert quality(JUDGED, 1.0) == Quality(1.0, 1.0, 0.0)
    assert quality(JUDGED, 1.0).f1 == 0.0
    assert quality([(0.9, False)], 1.0).recall == 1.0


def test_the_best_threshold_for_both():
    assert best_f1(JUDGED).threshold == 0.6
    assert str(best_f1(JUDGED)) == "F1 0.857 (P 0.750, R 1.000) at threshold 0.600"


def test_the_most_found_while_precise_enough():
    assert best_recall(JUDGED, precision=0.9) == Quality(0.8, 1.0, 2 / 3)
    assert best_recall(JUDGED, precision=0.7).recall == 1.0
    assert best_recall([(0.9, False), (0.1, True)], precision=0.9) == Quality(math.inf, 1.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=20))
def test_the_best_is_precise_enough_and_found_by_its_own_threshold(judged):
    found = best_recall(judged, precision=0.9)

    assert found.precision >= 0.9
    assert quality(judged, found.threshold) == found
