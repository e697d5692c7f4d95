"""How much of a liar's word is believed."""

from pathlib import Path

import pytest
from evaluation.liars import Tally, lies, rows

from evaluation import liars as module


def test_a_small_world_believes_hardly_anything() -> None:
    tally = lies(asked=1, companies=30)

    assert tally.dropped > 20
    assert not any("mailbox" in what or "number" in what for what in tally.believed)


def test_the_row_says_what_was_believed(monkeypatch) -> None:
    tally = Tally(dropped=9, told=1)
    tally.believed["acme, domain: another company"] += 1
    monkeypatch.setattr(module, "lies", lambda: tally)

    (row,) = rows(Path())

    assert row.value == pytest.approx(0.1)
    assert not row.holds
    assert row.notes[1] == "1 acme, domain: another company"
