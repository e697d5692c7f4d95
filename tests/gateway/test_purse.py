"""Money is held before it is spent and never goes beyond the cap."""

import pytest

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import BudgetSpent
from roleferry_enrich.gateway.purse import Purse


def test_refuses_what_would_go_beyond_the_cap() -> None:
    purse = Purse(MicroUsd(100))
    purse.reserve(MicroUsd(60))

    with pytest.raises(BudgetSpent):
        purse.reserve(MicroUsd(60))


def test_what_was_not_charged_can_be_spent_again() -> None:
    purse = Purse(MicroUsd(100))
    purse.reserve(MicroUsd(60))
    purse.settle(MicroUsd(60), MicroUsd(0))
    purse.reserve(MicroUsd(60))

    assert purse.left == 40


def test_free_calls_pass_an_empty_purse() -> None:
    purse = Purse(MicroUsd(0))
    purse.reserve(MicroUsd(0))

    assert purse.left == 0


def test_without_a_cap_nothing_is_refused() -> None:
    purse = Purse(None)
    purse.reserve(MicroUsd(10**12))

    assert purse.left is None
