"""Lets whoever has spoken speak for itself, instead of for what it said some other day."""

from typing import TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation, Observations
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim

Claim = TypeVar("Claim", PersonClaim, CompanyClaim, EmailVerdict)


def last_words(observed: Observations) -> Observations:
    """Without what our own database recalls of a provider's answer that has come anew.

    Two days of one provider are neither two witnesses of what it still says, nor a rival of what
    it says no more.
    """
    return Observations(
        people=_last(observed.people),
        companies=_last(observed.companies),
        verdicts=_last(observed.verdicts),
    )


def _last(observed: tuple[Observation[Claim], ...]) -> tuple[Observation[Claim], ...]:
    if not any(each.provenance.recalled for each in observed):
        return observed
    spoken = {_speaker(each) for each in observed if not each.provenance.recalled}
    return tuple(
        each for each in observed if not each.provenance.recalled or _speaker(each) not in spoken
    )


def _speaker(observation: Observation[Claim]) -> tuple[str, str]:
    return observation.provenance.provider, observation.provenance.capability
