"""Counts durations in buckets that grow with them, as HdrHistogram does.

Every value is known to within one per cent, and a million of them take no more room than ten.
"""

from collections import Counter

_BITS = 7
"""Buckets per doubling, as a power of two: 128 keep the error below 0.8 %."""


class Histogram:
    """Of durations in seconds, kept as whole microseconds."""

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0
        self.largest = 0.0

    def add(self, seconds: float) -> None:
        self._buckets[_bucket(round(max(0.0, seconds) * 1e6))] += 1
        self.count += 1
        self.largest = max(self.largest, seconds)

    def percentile(self, share: float) -> float:
        """The value that this share of the values does not exceed; 0 where there is none."""
        wanted, seen = share * self.count, 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= wanted:
                return min(_upper_end(bucket) / 1e6, self.largest)
        return self.largest


def _bucket(value: int) -> int:
    """Values below 256 have one each; above, the highest eight bits decide."""
    shift = max(0, value.bit_length() - _BITS - 1)
    return (shift << _BITS) + (value >> shift)


def _upper_end(bucket: int) -> int:
    shift = max(0, (bucket >> _BITS) - 1)
    return ((bucket - (shift << _BITS) + 1) << shift) - 1
