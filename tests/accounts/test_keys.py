"""The text of an API key."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.accounts.keys import Key, Mode, digest, mint, parse, same

PEPPER = b"test-pepper"


def counted():
    letters = itertools.cycle(range(62))
    return lambda alphabet: alphabet[next(letters)]


@pytest.mark.parametrize("mode", Mode)
def test_token_reads_back_as_the_key_it_was_made_from(mode) -> None:
    key = mint(mode)
    assert parse(key.token()) == key


def test_token_has_the_published_form() -> None:
    prefix, mode, key_id, rest = mint(Mode.LIVE).token().split("_")
    assert (prefix, mode, len(key_id), len(rest)) == ("rfe", "live", 24, 49)


def test_token_is_made_only_of_the_randomness_given() -> None:
    assert mint(Mode.TEST, choose=counted()) == mint(Mode.TEST, choose=counted())


def test_keys_differ() -> None:
    keys = {mint(Mode.LIVE).token() for _ in range(100)}
    assert len(keys) == 100


@given(st.integers(0, 82), st.sampled_from("0aZ_-é\n\0"))
def test_one_wrong_character_is_noticed(position: int, character: str) -> None:
    token = mint(Mode.LIVE, choose=counted()).token()
    wrong = token[:position] + character + token[position + 1 :]
    assert wrong == token or parse(wrong) is None


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize("token", ["", "rfe_live_", "x" * 10_000_000, "Bearer rfe_live_a_b"])
def test_text_of_another_form_is_no_key(token) -> None:
    assert parse(token) is None


def test_trailing_newline_is_no_key() -> None:
    assert parse(mint(Mode.LIVE).token()[:-1] + "\n") is None


def test_digest_depends_on_secret_and_pepper() -> None:
    key, other = mint(Mode.LIVE), mint(Mode.LIVE)
    assert same(digest(key, PEPPER), digest(key, PEPPER))
    assert not same(digest(key, PEPPER), digest(key, b"another"))
    assert not same(digest(key, PEPPER), digest(other, PEPPER))


def test_printing_a_key_shows_no_secret() -> None:
    key = mint(Mode.LIVE)
    assert key.secret not in repr(key)
    assert isinstance(key, Key)
