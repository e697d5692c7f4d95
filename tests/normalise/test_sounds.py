import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.normalise.sounds import loose_sound, sound


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("philip", "fillip"),
        ("erik", "eric"),
        ("merz", "mertz"),
        ("schmidt", "schmitt"),
        ("sara", "sarah"),
        ("meyer", "meier"),
        ("popoff", "popov"),
        ("zelensky", "zelenskyy"),
    ],
)
def test_spellings_of_one_sound(left, right):
    assert sound(left) == sound(right)


@pytest.mark.parametrize(
    ("left", "right"), [("usama", "osama"), ("mohamed", "muhamed"), ("clark", "clarke")]
)
def test_vowels_as_a_listener_wrote_them(left, right):
    assert sound(left) != sound(right)
    assert loose_sound(left) == loose_sound(right)


@pytest.mark.parametrize(("left", "right"), [("ross", "rose"), ("bond", "bund"), ("tim", "tom")])
def test_short_words_stay_apart(left, right):
    assert loose_sound(left) != loose_sound(right)


@pytest.mark.parametrize("word", ["محمد", "김", ""])
def test_other_scripts_stay_as_they_are(word):
    assert sound(word) == loose_sound(word) == word


@given(st.text(max_size=30))
def test_a_doubled_letter_is_not_heard(word):
    assert "ss" not in sound(word) or not word.isascii()
    assert len(loose_sound(word)) <= 2 * len(word)
