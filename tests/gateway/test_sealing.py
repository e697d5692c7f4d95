"""What is sealed opens with the ring's keys, under its own name, unchanged; nothing else opens."""

from hypothesis import given
from hypothesis import strategies as st

from roleferry_enrich.gateway.sealing import HEAD, KeyRing, derived

RING = KeyRing([b"test key"])


@given(st.text(), st.binary())
def test_what_was_sealed_opens(name: str, plain: bytes) -> None:
    assert RING.open(name, RING.seal(name, plain)) == plain


@given(st.binary())
def test_what_was_not_sealed_does_not_open(frame: bytes) -> None:
    assert RING.open("name", frame) is None


@given(st.binary(min_size=1), st.data())
def test_a_frame_cut_off_or_changed_does_not_open(plain: bytes, data: st.DataObject) -> None:
    frame = RING.seal("name", plain)
    cut = data.draw(st.integers(0, len(frame) - 1))
    changed = bytearray(frame)
    changed[cut] ^= 1 << data.draw(st.integers(0, 7))

    assert RING.open("name", frame[:cut]) is None
    assert RING.open("name", bytes(changed)) is None
    assert RING.open("another name", frame) is None


def test_the_first_key_seals_and_every_key_opens() -> None:
    both = KeyRing([b"new", b"old"])

    assert both.open("name", KeyRing([b"old"]).seal("name", b"x")) == b"x"
    assert KeyRing([b"new"]).open("name", both.seal("name", b"x")) == b"x"
    assert KeyRing([b"old"]).open("name", both.seal("name", b"x")) is None


def test_equal_values_are_sealed_differently_each_time() -> None:
    frames = {RING.seal("name", b"x") for _ in range(100)}

    assert len({frame[:HEAD] for frame in frames}) == 100


def test_a_key_for_one_purpose_is_none_for_another() -> None:
    assert derived(b"secret", "sealing") != derived(b"secret", "naming")
    assert derived(b"secret", "sealing") == derived(b"secret", "sealing")
