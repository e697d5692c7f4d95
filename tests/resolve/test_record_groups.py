from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.resolve.record_groups import LINK, groups_of


def grouped(size, probabilities, *, otherwise=0.1):
    links = [(score, pair) for pair, score in probabilities.items() if score >= LINK]
    return groups_of(size, links, lambda left, right: probabilities.get((left, right), otherwise))


def test_links_make_groups():
    assert grouped(4, {(0, 1): 0.99, (1, 2): 0.99, (0, 2): 0.8}) == [(0, 1, 2), (3,)]


def test_a_weak_bridge_joins_no_two_groups():
    trios = [*combinations((0, 1, 2), 2), *combinations((3, 4, 5), 2)]
    firm = dict.fromkeys(trios, 0.999)

    assert grouped(6, firm | {(2, 3): 0.95}) == [(0, 1, 2), (3, 4, 5)]


def test_one_row_full_of_slips_stays_with_its_twins():
    twins = dict.fromkeys(combinations(range(4), 2), 0.9999)

    assert grouped(5, twins | {(0, 4): 0.999, (1, 4): 0.9}) == [(0, 1, 2, 3, 4)]


def test_what_speaks_against_outweighs_a_single_link():
    assert grouped(3, {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.0}) in [[(0, 1), (2,)], [(0,), (1, 2)]]


def test_who_was_refused_at_first_may_belong_later():
    pairs = {(0, 1): 0.99, (0, 2): 0.98, (1, 2): 0.01, (2, 3): 0.97, (0, 3): 0.97, (1, 3): 0.97}

    assert grouped(4, pairs) == [(0, 1, 2, 3)]


def test_a_large_group_asks_only_some_of_its_members():
    asked = []

    def probability(left, right):
        asked.append((left, right))
        return 0.99

    links = [(0.99, (n, n + 1)) for n in range(299)]

    assert groups_of(300, links, probability) == [tuple(range(300))]
    assert len(asked) < 300 * 64


@st.composite
def scored_pairs(draw):
    size = draw(st.integers(2, 7))
    pairs = list(combinations(range(size), 2))
    scores = draw(st.permutations([n / len(pairs) for n in range(len(pairs))]))
    return size, dict(zip(pairs, scores, strict=True))


@given(scored_pairs())
def test_every_position_is_in_one_group(given_pairs):
    size, scores = given_pairs

    assert sorted(n for group in grouped(size, scores) for n in group) == list(range(size))
