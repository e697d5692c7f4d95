"""Dividing what a call cost: exactly, always alike, and nobody above what he held."""

from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.gateway.shares import Shares, divided

AMOUNTS = st.integers(0, 10**9)
HELD = st.lists(AMOUNTS, min_size=1, max_size=60)


@given(AMOUNTS, HELD)
def test_the_parts_are_the_cost(cost: int, weights: list[int]) -> None:
    parts = divided(cost, weights)

    assert sum(parts) == cost
    assert len(parts) == len(weights)
    assert min(parts) >= 0


@given(HELD, st.data())
def test_no_part_is_above_its_weight(weights: list[int], data: st.DataObject) -> None:
    cost = data.draw(st.integers(0, sum(weights)))

    assert all(part <= weight for part, weight in zip(divided(cost, weights), weights, strict=True))


def test_what_rounding_leaves_goes_to_the_first() -> None:
    assert divided(10, [1, 1, 1]) == [4, 3, 3]
    assert divided(2, [0, 5, 5, 5]) == [0, 1, 1, 0]


@given(HELD, st.data())
def test_many_calls_together_cost_nobody_more_than_he_held(
    held: list[int], data: st.DataObject
) -> None:
    used = data.draw(st.lists(AMOUNTS, min_size=len(held), max_size=len(held)))
    shares = Shares([MicroUsd(each) for each in held], [MicroUsd(each) for each in used])
    left, owed = sum(held), [0] * len(held)

    for _ in range(data.draw(st.integers(1, 4))):
        cost = data.draw(st.integers(0, left))
        parts = shares.of(MicroUsd(cost))
        left -= cost
        owed = [before + part for before, part in zip(owed, parts, strict=True)]
        assert sum(parts) == cost
        assert min(parts) >= 0

    assert all(due <= most for due, most in zip(owed, held, strict=True))


def test_who_used_it_pays_for_it() -> None:
    shares = Shares([MicroUsd(10)] * 4, [MicroUsd(each) for each in (10, 0, 10, 0)])

    assert shares.of(MicroUsd(20)) == [10, 0, 10, 0]


def test_what_nobody_shows_to_have_used_is_borne_by_all() -> None:
    shares = Shares([MicroUsd(10)] * 3, [MicroUsd(each) for each in (10, 0, 0)])

    assert shares.of(MicroUsd(14)) == [10, 2, 2]
