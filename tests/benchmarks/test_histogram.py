"""Buckets that grow with what they count."""

from benchmarks.histogram import Histogram
from hypothesis import given
from hypothesis import strategies as st


def test_nothing_counted_has_no_percentile() -> None:
    assert Histogram().percentile(0.99) == 0.0


def test_percentiles_of_evenly_spread_values() -> None:
    histogram = Histogram()
    for milliseconds in range(1, 1001):
        histogram.add(milliseconds / 1000)
    assert histogram.count == 1000
    assert histogram.largest == 1.0
    assert histogram.percentile(1.0) == 1.0
    for share in (0.5, 0.9, 0.99):
        assert abs(histogram.percentile(share) - share) <= 0.01 * share


@given(st.floats(min_value=0, max_value=10_000))
def test_a_value_is_known_to_within_a_hundredth(seconds: float) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    histogram.add(20_000)
    found = histogram.percentile(0.5)
    assert seconds - 1e-6 <= found <= seconds * 1.01 + 2e-6


@given(st.lists(st.floats(min_value=0, max_value=100), min_size=1))
def test_no_percentile_is_below_a_smaller_one_or_above_the_largest(values: list[float]) -> None:
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    found = [histogram.percentile(share) for share in (0.1, 0.5, 0.9, 0.99, 1.0)]
    assert found == sorted(found)
    assert found[-1] <= max(values)
