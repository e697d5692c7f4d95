"""An order for observations that does not depend on which came first."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation
from roleferry_enrich.domain.people import PersonClaim

Subject = TypeVar("Subject", PersonClaim, CompanyClaim)


def in_order(observations: Iterable[Observation[Subject]]) -> list[Observation[Subject]]:
    """By who says it of which record. Only what is alike in that is compared as a whole."""
    alike: dict[tuple[str, ...], list[Observation[Subject]]] = defaultdict(list)
    for observation in observations:
        alike[_speaker(observation)].append(observation)
    return [each for speaker in sorted(alike) for each in _by_content(alike[speaker])]


def _by_content(alike: list[Observation[Subject]]) -> list[Observation[Subject]]:
    """The whole text is dear to make, and nearly always there is but one."""
    return sorted(alike, key=repr) if alike[1:] else alike


def _speaker(observation: Observation[Subject]) -> tuple[str, ...]:
    provenance, claim = observation.provenance, observation.claim
    return provenance.provider, provenance.capability, claim.reference or "", _name(claim)


def _name(claim: PersonClaim | CompanyClaim) -> str:
    if isinstance(claim, CompanyClaim):
        return claim.name or ""
    return claim.full_name or claim.last_name or ""
