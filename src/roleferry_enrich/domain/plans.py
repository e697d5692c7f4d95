"""What a request would come to, were it made now: who is asked, for how much, filling what."""

from collections.abc import Mapping

from roleferry_enrich.domain.enrichments import Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class CostRange:
    least: MicroUsd
    """What is charged whatever comes of it. An answer from the cache costs nothing."""
    expected: MicroUsd
    most: MicroUsd


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsk:
    """One question that may be asked."""

    provider: str
    capability: str
    step: int
    """From 1; questions of one step are asked together."""
    needs: tuple[str, ...]
    """Keys that an earlier answer must bring before it can be asked."""
    chance: float
    """How likely it is asked at all, 0 to 1."""
    cost: CostRange
    fill: Mapping[str, float]
    """Wanted field to how often this provider fills it."""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """One question that would not be asked."""

    provider: str
    capability: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    request: Request
    asks: tuple[PlannedAsk, ...]
    unplanned: tuple[Unplanned, ...]
    cost: CostRange
    fill: Mapping[str, float]
    """Wanted field to how likely it is known in the end."""
