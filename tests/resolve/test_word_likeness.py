import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.resolve.word_likeness import (
    ONE_SLIP,
    ONE_SLIP_IN_LONG,
    ONE_SLIP_IN_SHORT,
    RELATED,
    SAME_SOUND,
    TWO_SLIPS,
    UMLAUT,
    family_likeness,
)


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("mueller", "muller", UMLAUT),
        ("clarke", "clark", SAME_SOUND),
        ("lindenberg", "lindenborg", ONE_SLIP_IN_LONG),
        ("bosker", "bostker", ONE_SLIP),
        ("hill", "hall", ONE_SLIP_IN_SHORT),
        ("karen", "daren", ONE_SLIP_IN_SHORT),
        ("abdulrahman", "abdelrehman", TWO_SLIPS),
        ("buchenberg", "buchanbarg", TWO_SLIPS),
        ("milei", "mihel", RELATED),
        ("jing", "ying", ONE_SLIP_IN_SHORT),
        ("nvidia", "invidia", ONE_SLIP),
        ("s", "smith", RELATED),
        ("t", "smith", 0.0),
        ("kim", "lim", 0.0),
        ("christopher", "chris", 0.0),
    ],
)
def test_what_differences_are_worth(left, right, likeness):
    assert family_likeness(left, right) == likeness


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("عارف", "آصف", 0.0),
        ("زرداری", "زردادی", ONE_SLIP_IN_LONG),
        ("سلمان", "سليان", ONE_SLIP_IN_SHORT),
        ("سلمان", "سلميان", ONE_SLIP_IN_SHORT),
        ("วชิราลงกรณ", "วชิราลงกขย", RELATED),
        ("김", "임", 0.0),
    ],
)
def test_a_sign_for_a_consonant_or_syllable_counts_more(left, right, likeness):
    assert family_likeness(left, right) == likeness


@given(st.text(max_size=12), st.text(max_size=12))
def test_likeness_works_both_ways(left, right):
    assert family_likeness(left, right) == family_likeness(right, left)
    assert 0.0 <= family_likeness(left, right) <= 1.0
