"""Digests say nothing to who has no secret, and are found among very many."""

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.privacy.digests import SIZE, Digester, DigestSet
from roleferry_enrich.privacy.normal_forms import NormalForm

FORM = NormalForm("email", "jane@corp.com")


def digest(number: int) -> bytes:
    return sha256(str(number).encode()).digest()[:SIZE]


def test_another_secret_makes_another_digest() -> None:
    one, other = Digester(b"one secret"), Digester(b"another")

    assert one.of(FORM) == Digester(b"one secret").of(FORM)
    assert one.of(FORM) != other.of(FORM)
    assert one.key_id != other.key_id


def test_a_digest_is_of_a_kind_too() -> None:
    digester = Digester(b"secret")
    assert digester.of(FORM) != digester.of(NormalForm("phone", FORM.value))


def test_half_a_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="whole"):
        DigestSet(b"1234567")


@given(
    packed=st.sets(st.integers(0, 30)),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=60),
)
def test_a_set_of_digests_is_a_set(packed: set[int], steps: list[tuple[bool, int]]) -> None:
    digests = DigestSet(b"".join(sorted(map(digest, packed))))
    model = set(packed)
    for holds, number in steps:
        if holds:
            digests.add(digest(number))
            model.add(number)
        else:
            digests.remove(digest(number))
            model.discard(number)

    assert {number for number in range(31) if digest(number) in digests} == model
    assert len(digests) == len(model)


def test_many_changes_are_worked_into_the_rest() -> None:
    digests, order = DigestSet(), list(range(25_000))
    random.Random(3).shuffle(order)
    for number in order:
        digests.add(digest(number))
    for number in order[:12_000]:
        digests.remove(digest(number))

    assert len(digests) == 13_000
    assert all(digest(number) in digests for number in order[12_000:])
    assert not any(digest(number) in digests for number in order[:12_000])
