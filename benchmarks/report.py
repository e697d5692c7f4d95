"""A benchmark's result beside its bar."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    value: float
    bar: float
    unit: str
    at: Literal["most", "least"] = "most"
    digits: int = 2
    notes: tuple[str, ...] = ()
    """What the figure rests on: baseline, rounds, the far end's share."""

    @property
    def holds(self) -> bool:
        return self.value <= self.bar if self.at == "most" else self.value >= self.bar

    def lines(self) -> Iterable[str]:
        sign = "<=" if self.at == "most" else ">="
        value, bar = f"{self.value:.{self.digits}f} {self.unit}", f"{sign} {self.bar:g} {self.unit}"
        yield f"{self.name:<44} {value:>14}  {bar:>14}  {'ok' if self.holds else 'MISS'}"
        yield from (f"    {note}" for note in self.notes)


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
