"""Which requests are to go wrong, and how: asked for by the request itself or planned ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from types import MappingProxyType

EVERY_PROVIDER = "*"


class FaultKind(StrEnum):
    SLOW = "slow"
    """The right answer, `seconds` late."""
    HANG = "hang"
    """No answer at all for `seconds`, then 504."""
    RATE_LIMITED = "429"
    RATE_LIMITED_SILENTLY = "429_without_retry_after"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    TRUNCATED = "truncated"
    HTML = "html"
    EMPTY = "empty"
    GZIP_BOMB = "gzip_bomb"
    LYING = "lying"
    """A well-formed answer with the facts of somebody else."""
    REDIRECT = "redirect"
    DRIP = "drip"
    """The right answer, one byte every `seconds`."""
    BAD_JSON_200 = "bad_json_200"
    UNAUTHORISED = "unauthorised"
    PAYMENT = "payment"


_SECONDS: Mapping[FaultKind, float] = MappingProxyType(
    {FaultKind.SLOW: 3, FaultKind.HANG: 3_600, FaultKind.RATE_LIMITED: 2, FaultKind.DRIP: 0.1}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFault:
    kind: FaultKind
    seconds: float = 0
    rate: float = 1.0
    """Share of the calls it hits."""
    left: int | None = None
    """How many more calls it hits; None for as long as it is planned."""


def planned(
    kind: FaultKind, seconds: float | None = None, *, rate: float = 1.0, left: int | None = None
) -> PlannedFault:
    """A fault with the seconds usual for its kind where none are given."""
    usual = _SECONDS.get(kind, 0)
    return PlannedFault(
        kind=kind, seconds=usual if seconds is None else seconds, rate=rate, left=left
    )


def wished(text: str) -> PlannedFault:
    """A fault as a header names it: `slow` or `slow;seconds=0.5`. Raises ValueError."""
    name, _, setting = text.partition(";")
    seconds = setting.strip().removeprefix("seconds=")
    return planned(FaultKind(name.strip()), abs(float(seconds)) if seconds else None)


class FaultPlan:
    """The faults planned by provider; `*` stands for every provider without one of its own."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self.planned: dict[str, PlannedFault] = {}

    def plan(self, provider: str, fault: PlannedFault) -> None:
        self.planned[provider] = fault

    def clear(self, provider: str | None) -> None:
        for name in list(self.planned) if provider is None else [provider]:
            self.planned.pop(name, None)

    def draw(self, provider: str, wish: str | None) -> PlannedFault | None:
        """The fault of this call; its own wish comes before what is planned."""
        if wish is not None:
            return wished(wish)
        place = provider if provider in self.planned else EVERY_PROVIDER
        fault = self.planned.get(place)
        if fault is None or self._dice.random() >= fault.rate:
            return None
        return self._spend(place, fault)

    def _spend(self, place: str, fault: PlannedFault) -> PlannedFault:
        if fault.left is None:
            return fault
        self.planned[place] = replace(fault, left=fault.left - 1)
        if fault.left == 1:
            del self.planned[place]
        return fault
