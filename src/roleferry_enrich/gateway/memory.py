"""The first level of the cache: bytes in this process, bounded, and not to be washed out.

A batch asks ten thousand questions once each; least-recently-used alone would give up every
answer that is asked for all day to keep those. So an entry is on trial until it is asked for a
second time, and only entries on trial make room for new ones (a segmented LRU).
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

# The rest is left to entries on trial, so that what is newly popular can show it.
_PROVEN_SHARE = 0.8


class Memory:
    """Bounded by bytes; what it holds ends with its life, however popular."""

    _OVERHEAD = 200  # of an entry's key, tuple and links, measured with tracemalloc

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._on_trial = _Segment()
        self._proven = _Segment()

    @property
    def size(self) -> int:
        return self._on_trial.size + self._proven.size

    def __len__(self) -> int:
        return len(self._on_trial.entries) + len(self._proven.entries)

    def get(self, key: str) -> bytes | None:
        segment = self._segment(key)
        entry = segment.entries.get(key)
        if entry is None:
            return None
        if entry[0] <= self._clock():
            self._end(key, segment)
            return None
        if segment is self._on_trial:
            self._promote(key)
        else:
            segment.entries.move_to_end(key)
        return entry[1] or None

    def put(self, key: str, frame: bytes, life: timedelta) -> None:
        segment = self._segment(key)
        segment.remove(key)
        if len(frame) + self._OVERHEAD > self._limit:
            return
        segment.add(key, (self._clock() + life.total_seconds(), frame))
        while self.size > self._limit:
            self._least_worth().remove_oldest()

    def drop(self, key: str) -> None:
        self._segment(key).remove(key)

    def clear(self) -> None:
        self._on_trial.clear()
        self._proven.clear()

    def _segment(self, key: str) -> "_Segment":
        return self._proven if key in self._proven.entries else self._on_trial

    def _least_worth(self) -> "_Segment":
        """Where to make room: what was proven once but has ended since must not block the rest."""
        oldest = self._proven.oldest()
        has_ended = oldest is not None and oldest[0] <= self._clock()
        return self._on_trial if self._on_trial.entries and not has_ended else self._proven

    def _end(self, key: str, segment: "_Segment") -> None:
        """An ended entry gives up its bytes; one that was proven keeps its rank for the next."""
        expires, _ = segment.remove(key)
        if segment is self._proven:
            segment.add(key, (expires, b""))

    def _promote(self, key: str) -> None:
        self._proven.add(key, self._on_trial.remove(key))
        while self._proven.size > self._limit * _PROVEN_SHARE:
            self._on_trial.add(*self._proven.remove_oldest())


class _Segment:
    """Entries by their last use, the oldest first, and what they take."""

    def __init__(self) -> None:
        self.entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self.size = 0

    def add(self, key: str, entry: tuple[float, bytes]) -> None:
        self.entries[key] = entry
        self.size += len(entry[1]) + Memory._OVERHEAD  # noqa: SLF001  # one matter, two classes

    def remove(self, key: str) -> tuple[float, bytes]:
        entry = self.entries.pop(key, None)
        if entry is None:
            return (0.0, b"")
        self.size -= len(entry[1]) + Memory._OVERHEAD  # noqa: SLF001
        return entry

    def oldest(self) -> tuple[float, bytes] | None:
        return next(iter(self.entries.values()), None)

    def remove_oldest(self) -> tuple[str, tuple[float, bytes]]:
        key = next(iter(self.entries))
        return key, self.remove(key)

    def clear(self) -> None:
        self.entries.clear()
        self.size = 0
