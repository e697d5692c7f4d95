"""How sure a value is: who said it, how long ago, how many who do not copy each other, who differs.

An origin that is right nine times in ten gives its value odds of nine to one. Another origin that
says the same multiplies the odds, the more the less likely both would hit on the same wrong value;
an origin that says something else takes its share. What each origin is worth is data (`trust`).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from roleferry_enrich.domain.observations import Claim, Observation
from roleferry_enrich.domain.records import Confidence, Source
from roleferry_enrich.resolve.matters import HALF_LIFE, Matter
from roleferry_enrich.resolve.trust import INDEPENDENCE, OTHERS, RIVALRY, TRUST

# Of so many values that might be said wrongly two origins seldom pick the same one.
_WRONG_VALUES = math.log(10)
_CERTAIN_ENOUGH = 0.99
"""Nobody is ever certain: even a register has typing errors."""
_LEAST_LIKELY = 0.02


@dataclass(frozen=True, slots=True)
class Share:
    """What one statement adds to a value: its origin and how likely that origin is right."""

    origin: str
    likely: float


def share_of(observation: Observation[Claim], today: date, matter: Matter) -> Share:
    return share_from(observation.provenance.origin, observation.as_of, today, matter)


@lru_cache(maxsize=4_096)
def share_from(origin: str, as_of: date, today: date, matter: Matter) -> Share:
    trusted = TRUST[matter].get(origin, OTHERS[matter])
    return Share(origin, trusted * freshness(as_of, today, matter))


def freshness(as_of: date, today: date, matter: Matter) -> float:
    """The share of such facts that have not changed since; the future counts as today."""
    age = max((today - as_of).days, 0)
    return math.exp2(-age / HALF_LIFE[matter].days)


def together(shares: Iterable[Share], matter: Matter) -> Confidence:
    """The confidence in a value that all of these support and nobody contradicts."""
    return confidence_of(belief(shares, matter), (), matter)


def belief(shares: Iterable[Share], matter: Matter) -> float:
    """Log-odds of a value by those who support it; one origin twice is one opinion."""
    # Of an origin's statements the last, which is the likeliest, stays.
    best = dict(sorted((share.origin, share.likely) for share in shares))
    # Sorted, since the first counts in full and the sum of floats depends on their order.
    return agreed(tuple(sorted(best.values(), reverse=True)), INDEPENDENCE[matter])


@lru_cache(maxsize=16_384)
def agreed(likely: tuple[float, ...], independence: float) -> float:
    """Log-odds of a value that origins so likely to be right (the surest first) agree on."""
    first, *others = map(_log_odds, likely)
    return first + independence * sum(max(0.0, one + _WRONG_VALUES) for one in others)


@lru_cache(maxsize=16_384)
def confidence_of(believed: float, rivals: tuple[float, ...], matter: Matter) -> Confidence:
    return at_most(beside(believed, rivals, RIVALRY[matter]))


def beside(believed: float, rivals: Iterable[float], rivalry: float) -> float:
    """The chance of a value beside its rivals (all log-odds) and beside what nobody said."""
    odds = math.exp(believed)
    against = rivalry * math.fsum(map(math.exp, rivals))
    return odds / (odds + against + 1.0)


def at_most(likely: float, most: float = _CERTAIN_ENOUGH) -> Confidence:
    return Confidence(round(min(likely, most), 4))


def scaled(confidence: Confidence, factor: float) -> Confidence:
    return at_most(confidence.value * factor)


def shifted(confidence: Confidence, ratio: float) -> Confidence:
    """The confidence after evidence that is `ratio` times likelier if the value is true."""
    odds = ratio * confidence.value
    return at_most(odds / (odds + 1.0 - confidence.value))


def _log_odds(likely: float) -> float:
    known = min(max(likely, _LEAST_LIKELY), _CERTAIN_ENOUGH)
    return math.log(known / (1.0 - known))


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
