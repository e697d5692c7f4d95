"""The memory level: bounded by bytes, never beyond an entry's life."""

from datetime import timedelta

import psutil

from roleferry_enrich.gateway.memory import Memory

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


def test_a_hot_set_survives_a_scan_of_ten_times_the_capacity() -> None:
    memory = Memory(100_000, Clock())
    hot = [f"hot {n}" for n in range(100)]
    for key in hot * 2:
        if memory.get(key) is None:
            memory.put(key, b"x" * 300, HOUR)
    for n in range(2_000):
        assert memory.get(f"scan {n}") is None
        memory.put(f"scan {n}", b"x" * 300, HOUR)

    assert [key for key in hot if memory.get(key) is None] == []


def test_what_was_hot_makes_room_for_what_is() -> None:
    clock = Clock()
    memory = Memory(100_000, clock)
    for era in range(5):
        clock.now = era * 60.0
        for _ in range(3):
            for n in range(100):
                if memory.get(f"{era} {n}") is None:
                    memory.put(f"{era} {n}", b"x" * 300, timedelta(seconds=60))

    assert all(memory.get(f"4 {n}") for n in range(100))


def test_a_hot_entry_keeps_its_rank_when_its_life_ends() -> None:
    clock = Clock()
    memory = Memory(100_000, clock)
    memory.put("hot", b"x" * 300, timedelta(seconds=5))
    memory.get("hot")
    clock.now = 5.0
    assert memory.get("hot") is None
    memory.put("hot", b"x" * 300, HOUR)
    for n in range(2_000):
        memory.put(f"scan {n}", b"x" * 300, HOUR)

    assert memory.get("hot")


def test_what_is_dropped_is_gone_whether_proven_or_on_trial() -> None:
    memory = Memory(10_000, Clock())
    for key in ("on trial", "proven"):
        memory.put(key, b"x", HOUR)
    memory.get("proven")
    memory.drop("on trial")
    memory.drop("proven")

    assert (memory.get("on trial"), memory.get("proven"), memory.size) == (None, None, 0)


def test_an_entry_larger_than_everything_displaces_nothing() -> None:
    memory = Memory(1_000, Clock())
    memory.put("small", b"x", HOUR)
    memory.put("large", b"x" * 1_000, HOUR)

    assert memory.get("small") == b"x"
    assert memory.get("large") is None


def test_a_million_distinct_keys_take_no_more_than_a_thousand() -> None:
    memory = Memory(300_000, Clock())
    process = psutil.Process()
    for n in range(100_000):
        memory.put(f"k{n}", b"x" * 100, HOUR)
    warm, entries = process.memory_info().rss, len(memory)
    for n in range(100_000, 1_000_000):
        memory.put(f"k{n}", b"x" * 100, HOUR)

    assert len(memory) == entries == 1_000
    assert memory.size == 300_000
    assert process.memory_info().rss <= warm * 1.05
