"""What is known of a mailbox when those who checked it disagree, and what that does to belief."""

from collections.abc import Iterable, Sequence
from datetime import date
from types import MappingProxyType

from roleferry_enrich.domain.observations import EmailObservation, PersonObservation
from roleferry_enrich.domain.people import Deliverability, EmailClaim
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.resolve.confidence import scaled

# Of two verdicts of one day the more cautious stands.
_CAUTION = MappingProxyType(
    {
        Deliverability.INVALID: 5,
        Deliverability.DISPOSABLE: 4,
        Deliverability.ACCEPT_ALL: 3,
        Deliverability.VALID: 2,
        Deliverability.GUESSED: 1,
        Deliverability.UNKNOWN: 0,
    }
)
_MOST = MappingProxyType(
    {
        Deliverability.INVALID: 0.05,
        Deliverability.DISPOSABLE: 0.2,
        Deliverability.ACCEPT_ALL: 0.8,
        Deliverability.VALID: 0.99,
        Deliverability.GUESSED: 0.45,
        Deliverability.UNKNOWN: 0.9,
    }
)
"""How far a mailbox in this state can be believed at all."""

_DOUBT_LEFT_BY_A_CHECK = 0.2


def latest_state(
    said: Iterable[tuple[EmailClaim, PersonObservation]], verdicts: Sequence[EmailObservation]
) -> Deliverability:
    """The newest check's finding; a provider's remark counts only where nobody checked."""
    checked = [(verdict.as_of, verdict.claim.deliverability) for verdict in verdicts]
    told = [(c.checked_on or o.as_of, c.deliverability) for c, o in said]
    for findings in (checked, told):
        known = [found for found in findings if _is_finding(found[1])]
        if known:
            return max(known, key=_newest_then_cautious)[1]
    every = [state for _, state in told + checked]
    return max(every, key=lambda state: _CAUTION[state], default=Deliverability.UNKNOWN)


def weighed(believed: Confidence, state: Deliverability) -> Confidence:
    """The belief in a mailbox, given what is known of its deliverability."""
    most = _MOST[state]
    if state is Deliverability.VALID:
        doubt = (1.0 - believed.value) * _DOUBT_LEFT_BY_A_CHECK
        return scaled(Confidence(1.0 - doubt), 1.0, most=most)
    return scaled(believed, 1.0, most=most)


def _is_finding(state: Deliverability) -> bool:
    return state not in {Deliverability.UNKNOWN, Deliverability.GUESSED}


def _newest_then_cautious(found: tuple[date, Deliverability]) -> tuple[date, int]:
    return found[0], _CAUTION[found[1]]
