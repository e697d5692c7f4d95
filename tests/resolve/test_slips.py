import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.birthdays import Birthday
from roleferry_enrich.resolve.slips import (
    birthday_likeness,
    mailbox_likeness,
    number_likeness,
    text_likeness,
    words_likeness,
)


@pytest.mark.parametrize(
    ("left", "right"), [("kelly", "kelyl"), ("harrington", "haringtn"), ("london", "lonodn")]
)
def test_slips_leave_a_text_alike(left, right):
    assert text_likeness(left, right) >= 0.75


@pytest.mark.parametrize(("left", "right"), [("kelly", "jones"), ("ann", "bob"), ("a", "b")])
def test_other_texts_are_not_alike(left, right):
    assert text_likeness(left, right) < 0.5


def test_one_digit_of_a_long_number_may_be_wrong():
    assert number_likeness("6988048", "6988049") > 0.8 > number_likeness("6988048", "6989049")
    assert number_likeness("123", "123") == 0.8
    assert number_likeness("123", "124") == 0.0
    assert number_likeness("6988048", "1234567") == 0.0


@pytest.mark.parametrize(
    ("left", "right", "least", "most"),
    [
        ("j.smith@acme.test", "j.smith@acme.test", 1.0, 1.0),
        ("j.smith@acme.test", "j.smiht@acme.test", 0.9, 0.95),
        ("grace.kelly@jones.test", "gracekelly@jnoes.test", 0.75, 1.0),
        ("harleyk@houston.test", "haoleyk@hrustontest", 0.0, 0.95),
        ("j.smith@acme.test", "j.smith@quillmere.test", 0.0, 0.75),
        ("j.smith2@acme.test", "j.smith3@acme.test", 0.6, 0.6),
        ("no mailbox", "j.smith3@acme.test", 0.0, 0.0),
    ],
)
def test_mailboxes_as_typed(left, right, least, most):
    assert least <= mailbox_likeness(left, right) <= most
    assert mailbox_likeness(left, right) == mailbox_likeness(right, left)


@pytest.mark.parametrize(
    ("left", "right", "score"),
    [
        ((1985, 3, 7), (1985, 3, 7), 1.0),
        ((1985, 3, 7), (1985, 7, 3), 0.85),
        ((1985, 3, 7), (1986, 3, 7), 0.77),
        ((1985, 3, 7), (1923, 3, 7), 0.7),
        ((1985, 3, 0), (1985, 3, 7), 0.8),
        ((1985, 0, 0), (1985, 3, 7), 0.65),
        ((1985, 3, 7), (1986, 4, 7), 0.6),
        ((1985, 3, 7), (1985, 11, 27), 0.35),
        ((1985, 3, 7), (1962, 11, 27), 0.0),
    ],
)
def test_birthdays_by_what_may_have_been_mistyped(left, right, score):
    assert birthday_likeness(Birthday(*left), Birthday(*right)) == score


def test_addresses_by_their_words():
    street = ("38", "maltby", "circuit", "coaling")

    assert words_likeness(street, street) == 1.0
    assert words_likeness(street, ("coaling", "38", "maltby", "circuit")) > 0.9
    assert words_likeness(street, ("38", "malt", "bycircuit", "coaling")) > 0.85
    assert words_likeness(street, ("12", "high", "street")) == 0.0


TEXTS = st.text("ab1@.", max_size=8)


@given(TEXTS, TEXTS)
def test_a_likeness_is_a_share_and_works_both_ways(left, right):
    for alike in (text_likeness, number_likeness, mailbox_likeness):
        assert 0.0 <= alike(left, right) <= 1.0
        assert alike(left, right) == alike(right, left)
    assert 0.0 <= words_likeness(tuple(left), tuple(right or "a")) <= 1.0


DAYS = st.builds(Birthday, st.integers(1900, 2030), st.integers(0, 12), st.integers(0, 31))


@given(DAYS, DAYS)
def test_likeness_of_birthdays_works_both_ways(left, right):
    assert 0.0 <= birthday_likeness(left, right) <= 1.0
    assert birthday_likeness(left, right) == birthday_likeness(right, left)
