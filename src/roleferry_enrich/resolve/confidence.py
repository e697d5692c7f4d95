"""How sure a value is: who said it, how long ago, and how many who do not copy each other."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from roleferry_enrich.domain.observations import Claim, Observation
from roleferry_enrich.domain.records import Confidence, Source

REGISTERS = frozenset({"companies_house"})
"""Origins whose word on company and office is the law's."""

# How often an origin is right about what it says today. Own estimates until the evaluation
# measures them: registers and a company's own site above what is bought or scraped.
_TRUST = MappingProxyType(
    {
        "companies_house": 0.97,
        "internal": 0.9,
        "website": 0.85,
        "linkedin": 0.85,
        "apollo": 0.75,
        "hunter": 0.75,
        "clearbit": 0.75,
        "explorium": 0.75,
        "neverbounce": 0.8,
        "x": 0.6,
        "facebook": 0.6,
    }
)
_TRUST_OF_OTHERS = 0.65
_LEAST_FRESH = 0.25
# Nobody is ever certain: even the register has typing errors.
_CERTAIN_ENOUGH = 0.99


@dataclass(frozen=True, slots=True)
class Share:
    """What one statement adds to a value: its origin and how likely that origin is right."""

    origin: str
    likely: float


def share_of(observation: Observation[Claim], today: date, half_life: timedelta) -> Share:
    return share_from(observation.provenance.origin, observation.as_of, today, half_life)


@lru_cache(maxsize=4_096)
def share_from(origin: str, as_of: date, today: date, half_life: timedelta) -> Share:
    return Share(origin, _TRUST.get(origin, _TRUST_OF_OTHERS) * freshness(as_of, today, half_life))


def freshness(as_of: date, today: date, half_life: timedelta) -> float:
    """1 for today, half after the half-life, never below a quarter; the future counts as today."""
    age = max((today - as_of).days, 0)
    return max(_LEAST_FRESH, math.exp2(-age / half_life.days))


def together(shares: Iterable[Share]) -> Confidence:
    """Independent origins strengthen each other; one origin twice is one opinion."""
    best: dict[str, float] = {}
    for share in shares:
        best[share.origin] = max(best.get(share.origin, 0.0), share.likely)
    # Sorted, since the product of floats depends on their order.
    return scaled(Confidence.of_independent(sorted(best.values())), 1.0)


def scaled(confidence: Confidence, factor: float, *, most: float = _CERTAIN_ENOUGH) -> Confidence:
    return Confidence(round(min(confidence.value * factor, most), 4))


def sources_of(observations: Iterable[Observation[Claim]]) -> tuple[Source, ...]:
    """Each provider's freshest support, newest first."""
    newest: dict[str, Source] = {}
    for observation in observations:
        source = _source(observation)
        known = newest.get(source.provider)
        if known is None or _age_order(source) > _age_order(known):
            newest[source.provider] = source
    by_name = sorted(newest.values(), key=lambda source: source.provider)
    return tuple(sorted(by_name, key=_age_order, reverse=True))


def _age_order(source: Source) -> tuple[float, date, bool]:
    return source.observed_at.timestamp(), source.as_of, not source.cached


def _source(observation: Observation[Claim]) -> Source:
    provenance = observation.provenance
    return Source(
        provider=provenance.provider,
        origin=provenance.origin,
        observed_at=provenance.observed_at,
        as_of=observation.as_of,
        cached=provenance.cached,
    )
