from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.resolve.word_likeness import family_likeness
from roleferry_enrich.resolve.word_pairs import WordPair, paired

NAMES = st.lists(st.sampled_from(["ada", "adam", "adams", "a", "byron", "biron"]), max_size=5)


def test_the_likest_words_find_each_other():
    pairs = paired(("lindenberg", "ada"), ("ada", "lindenborg"), family_likeness, least=0.75)

    assert pairs == (WordPair(0, 1, 0.9), WordPair(1, 0, 1.0))


def test_a_word_has_one_counterpart():
    assert paired(("ada", "ada"), ("ada",), family_likeness, least=0.75) == (WordPair(0, 0, 1.0),)
    assert paired(("ada",), ("byron",), family_likeness, least=0.75) == ()


@given(NAMES.map(tuple), NAMES.map(tuple))
def test_pairing_works_both_ways(left, right):
    forth = paired(left, right, family_likeness, least=0.4)
    back = paired(right, left, family_likeness, least=0.4)

    assert sorted(pair.likeness for pair in forth) == sorted(pair.likeness for pair in back)
