"""A waterfall against asking everybody: the same queries, two bills."""

from pathlib import Path
from uuid import UUID

import pytest
from evaluation.spending import Bill, bills, rows

from evaluation import spending as module
from roleferry_enrich.domain.enrichments import Strategy

TWO = {
    Strategy.PARALLEL: Bill(filled=200, right=150, paid={UUID(int=1): 2_000_000}),
    Strategy.WATERFALL: Bill(filled=190, right=150, paid={UUID(int=1): 900_000}),
}


def test_a_waterfall_saves_in_a_small_world_and_leaves_nothing_out():
    found = bills(20, seed=9, companies=10)

    assert found == bills(20, seed=9, companies=10)
    parallel, waterfall = found[Strategy.PARALLEL], found[Strategy.WATERFALL]
    assert 0 < waterfall.cost < 0.6 * parallel.cost
    assert waterfall.filled >= 0.99 * parallel.filled


def test_the_rows_stand_beside_their_bars(monkeypatch):
    monkeypatch.setattr(module, "bills", lambda: TWO)

    cost, fill = rows(Path())

    assert cost.value == pytest.approx(0.45)
    assert cost.holds
    assert fill.value == pytest.approx(0.95)
    assert not fill.holds
    assert "0.90 USD by waterfall, 2.00 USD in parallel" in cost.notes[0]
