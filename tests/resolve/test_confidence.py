"""What a confidence is made of: origins, their age, agreement and contradiction."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.resolve.statements import TODAY

from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.resolve.confidence import (
    Share,
    agreed,
    belief,
    beside,
    confidence_of,
    freshness,
    share_from,
    shifted,
    together,
)
from roleferry_enrich.resolve.matters import HALF_LIFE, Matter
from roleferry_enrich.resolve.trust import HELD, INDEPENDENCE, OTHERS, RIVALRY, STILL_SHOWN, TRUST

likelihoods = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6).map(
    lambda likely: tuple(sorted(likely, reverse=True))
)


@pytest.mark.parametrize("matter", Matter)
def test_every_kind_of_fact_has_its_figures(matter):
    assert HALF_LIFE[matter] > timedelta(days=365)
    assert 0.0 < OTHERS[matter] <= 0.9
    assert 0.0 <= INDEPENDENCE[matter] <= 1.0
    assert 0.0 <= RIVALRY[matter] <= 1.0
    assert all(0.3 <= share <= 0.98 for share in TRUST[matter].values())


def test_what_is_known_of_those_who_left_is_a_share():
    assert all(0.0 < share < 1.0 for share in STILL_SHOWN.values())
    assert HELD > 0


@pytest.mark.parametrize("matter", Matter)
def test_one_origin_alone_is_believed_as_far_as_it_is_trusted(matter):
    share = share_from("apollo", TODAY, TODAY, matter)

    assert together([share], matter).value == pytest.approx(share.likely, abs=1e-4)


def test_who_was_never_measured_is_trusted_less_than_most():
    unknown = share_from("newcomer", TODAY, TODAY, Matter.TITLE)

    assert unknown.likely == OTHERS[Matter.TITLE] < TRUST[Matter.TITLE]["apollo"]


def test_half_of_the_facts_have_changed_after_a_half_life():
    then = TODAY - HALF_LIFE[Matter.TITLE]

    assert freshness(TODAY, TODAY, Matter.TITLE) == 1.0
    assert freshness(then, TODAY, Matter.TITLE) == pytest.approx(0.5)
    assert freshness(TODAY + timedelta(days=30), TODAY, Matter.TITLE) == 1.0


def test_a_name_ages_slower_than_a_title():
    then = TODAY - timedelta(days=700)

    assert freshness(then, TODAY, Matter.NAME) > freshness(then, TODAY, Matter.TITLE)


def test_one_origin_twice_is_one_opinion():
    once = [Share("apollo", 0.8)]

    assert together(once * 3, Matter.TITLE) == together(once, Matter.TITLE)
    assert together([*once, Share("hunter", 0.8)], Matter.TITLE) > together(once, Matter.TITLE)


def test_agreement_is_worth_less_where_origins_err_together():
    assert agreed((0.8, 0.8), 0.0) == agreed((0.8,), 1.0) < agreed((0.8, 0.8), 0.3)


@given(likelihoods)
def test_support_never_takes_confidence_away(likely):
    assert agreed(likely, 0.5) >= agreed(likely[:1], 0.5) - 1e-9
    assert agreed((*likely, 0.0), 0.5) >= agreed(likely, 0.5) - 1e-9


@given(likelihoods, st.lists(st.floats(-4.0, 8.0), max_size=4))
def test_rivals_share_what_there_is_to_believe(likely, rivals):
    believed = agreed(likely, 0.5)
    chances = [
        beside(one, [*beliefs[:place], *beliefs[place + 1 :]], 1.0)
        for beliefs in [[believed, *rivals]]
        for place, one in enumerate(beliefs)
    ]

    assert all(0.0 < chance < 1.0 for chance in chances)
    assert sum(chances) <= 1.0 + 1e-9


def test_nothing_is_certain():
    crowd = [Share(f"origin {n}", 0.98) for n in range(9)]

    assert together(crowd, Matter.COMPANY).value == 0.99


def test_the_order_of_arrival_decides_nothing():
    shares = [Share("a", 0.61), Share("b", 0.83), Share("c", 0.97), Share("d", 0.12)]

    assert len({belief(order, Matter.TITLE) for order in permutations(shares)}) == 1


def test_another_value_is_a_doubt():
    ours = belief([Share("apollo", 0.9)], Matter.TITLE)
    theirs = belief([Share("hunter", 0.9)], Matter.TITLE)

    alone = confidence_of(ours, (), Matter.TITLE)
    assert confidence_of(ours, (theirs,), Matter.TITLE) < alone
    assert confidence_of(ours, (theirs, theirs), Matter.TITLE) < confidence_of(
        ours, (theirs,), Matter.TITLE
    )


@given(st.floats(0.0, 0.99), st.floats(0.01, 100.0))
def test_evidence_moves_belief_its_own_way(likely, ratio):
    before = Confidence(round(likely, 4))
    after = shifted(before, ratio)

    moved = after.value - before.value
    assert moved * (ratio - 1.0) >= 0 or abs(moved) < 1e-4
