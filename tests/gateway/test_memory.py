"""The memory level: bounded by bytes, never beyond an entry's life."""

from datetime import timedelta

from roleferry_enrich.gateway.cache import Memory

HOUR = timedelta(hours=1)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_holds_no_more_bytes_than_it_may() -> None:
    memory = Memory(10_000, Clock())
    for n in range(1000):
        memory.put(f"k{n}", b"x" * 100, HOUR)

    assert memory.size <= 10_000
    assert memory.get("k999") == b"x" * 100
    assert memory.get("k0") is None


def test_what_is_used_stays() -> None:
    memory = Memory(1000, Clock())
    memory.put("used", b"x" * 50, HOUR)
    for n in range(20):
        memory.get("used")
        memory.put(f"k{n}", b"x" * 50, HOUR)

    assert memory.get("used")


def test_an_entry_ends_with_its_life() -> None:
    clock = Clock()
    memory = Memory(1000, clock)
    memory.put("k", b"x", timedelta(seconds=5))
    clock.now = 5.0

    assert memory.get("k") is None
    assert memory.size == 0


def test_putting_twice_counts_once() -> None:
    memory = Memory(1000, Clock())
    memory.put("k", b"x" * 10, HOUR)
    memory.put("k", b"y" * 20, HOUR)

    assert memory.size == 220
    assert memory.get("k") == b"y" * 20
