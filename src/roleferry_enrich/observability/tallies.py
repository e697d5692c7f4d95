"""Counters and levels that cost a dictionary's time, read by OpenTelemetry when it collects.

Its own instruments take five to ten microseconds a measurement (views, aggregation, exemplars, a
lock), and one provider call measures several things. For one thread: the event loop's.
"""

from collections.abc import Iterable, Mapping

from opentelemetry.metrics import CallbackOptions, Meter, Observation

Labels = tuple[tuple[str, str], ...]


class Tally:
    """A counter that only grows."""

    def __init__(self, meter: Meter, name: str, description: str = "") -> None:
        self._counts: dict[Labels, int] = {}
        meter.create_observable_counter(name, callbacks=[self._observe], description=description)

    def add(self, amount: int, labels: Mapping[str, str]) -> None:
        key = tuple(labels.items())
        self._counts[key] = self._counts.get(key, 0) + amount

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        return _observed(self._counts)


class Level:
    """What something is at just now."""

    def __init__(self, meter: Meter, name: str, description: str = "") -> None:
        self._values: dict[Labels, int] = {}
        meter.create_observable_gauge(name, callbacks=[self._observe], description=description)

    def set(self, value: int, labels: Mapping[str, str]) -> None:
        self._values[tuple(labels.items())] = value

    def forget(self) -> None:
        """It is not known any more."""
        self._values.clear()

    def _observe(self, _: CallbackOptions) -> Iterable[Observation]:
        return _observed(self._values)


def _observed(values: Mapping[Labels, int]) -> list[Observation]:
    # Whoever collects may be another thread: a copy in one step.
    return [Observation(value, dict(labels)) for labels, value in tuple(values.items())]
