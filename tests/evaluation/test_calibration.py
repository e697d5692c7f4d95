"""Confidence against what is so: the table, its error, and the rows made of it."""

from pathlib import Path

import pytest
from evaluation.calibration import Promise, by_field, calibration, expected_error, promises, rows

from evaluation import calibration as module


def promised(confidence, *kept, of="title"):
    return [Promise(of, confidence, bool(each)) for each in kept]


def test_promises_are_counted_by_tenths_the_surest_last():
    table = calibration(promised(0.95, 1, 1, 0, 1) + promised(1.0, 1) + promised(0.31, 0))

    assert [row.count for row in table] == [1, 5]
    assert table[1].promised == pytest.approx(0.96)
    assert table[1].kept == pytest.approx(0.8)


def test_the_error_is_the_mean_distance_weighed_by_count():
    table = calibration(promised(0.9, 1, 1, 1, 0) + promised(0.2, 1))

    assert expected_error(table) == pytest.approx((0.15 * 4 + 0.8 * 1) / 5)


def test_kept_promises_have_no_error():
    assert expected_error(calibration(promised(0.5, 1, 0) + promised(0.25, 1, 0, 0, 0))) == 0.0


def test_fields_are_told_apart():
    assert list(by_field(promised(0.9, 1, of="title") + promised(0.9, 0, of="city"))) == [
        "city",
        "title",
    ]


def test_a_small_world_promises_the_same_in_every_run():
    once, again = (promises(seeds=(9,), companies=4) for _ in range(2))

    assert once == again
    assert {"person", "title", "company_domain", "business_email"} <= set(by_field(once))
    assert any(not promise.kept for promise in once) or len(once) < 2_000


def test_the_rows_name_the_table_and_the_worst_field(monkeypatch):
    given = promised(0.9, *([1] * 9 + [0]), of="city") * 20 + promised(0.9, *[0] * 10) * 20
    monkeypatch.setattr(module, "promises", lambda: given)

    whole, worst = rows(Path())

    assert whole.value == pytest.approx(0.45)
    assert worst.value == pytest.approx(0.9)
    assert worst.notes[0] == "title"
    assert not whole.holds
    assert not worst.holds
