"""How long an answer is good, and what may still be done with it afterwards.

    observed ... fresh_for ......... + while_renewed ............... + if_failed
             served as it is    served and renewed behind it    served if the provider fails

A confirmed "not found" is kept shorter and never served beyond its time, and so is the verdict
that a mailbox could not be judged. The oldest age that a request allows is above all of this.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from random import Random

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.providers.contract import Findings, Offer

_ZERO = timedelta(0)
_NEGATIVE_LIFE = timedelta(hours=6)
_LONGEST_WHILE_RENEWED = timedelta(days=1)
_LONGEST_IF_FAILED = timedelta(days=7)
# Whether a mail is sent hangs on the verdict: an old one is for when no new one can be had.
_ALWAYS_WAITED_FOR = frozenset({"verify_email"})


class Use(Enum):
    """What an answer of some age is good for."""

    AS_IT_IS = auto()
    WHILE_RENEWED = auto()
    IF_FAILED = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """One capability's times."""

    fresh_for: timedelta
    while_renewed: timedelta
    if_failed: timedelta

    @classmethod
    def of(cls, offer: Offer) -> "Freshness":
        waited_for = offer.capability in _ALWAYS_WAITED_FOR
        return cls(
            fresh_for=offer.fresh_for,
            while_renewed=_ZERO if waited_for else min(offer.fresh_for / 7, _LONGEST_WHILE_RENEWED),
            if_failed=min(offer.fresh_for, _LONGEST_IF_FAILED),
        )

    def use(self, findings: Findings, age: timedelta, max_age: timedelta | None) -> Use:
        beyond = age - self.fresh(findings)
        if max_age is not None and age > max_age:
            return Use.NOTHING
        if beyond <= _ZERO:
            return Use.AS_IT_IS
        if not _says_something(findings):
            return Use.NOTHING
        if beyond <= self.while_renewed:
            return Use.WHILE_RENEWED
        return Use.IF_FAILED if beyond <= self.if_failed else Use.NOTHING

    def fresh(self, findings: Findings) -> timedelta:
        says_something = _says_something(findings)
        return self.fresh_for if says_something else min(self.fresh_for, _NEGATIVE_LIFE)

    def kept(self, findings: Findings) -> timedelta:
        """How long to keep an answer at all."""
        longest_stale = max(self.while_renewed, self.if_failed)
        return self.fresh(findings) + (longest_stale if _says_something(findings) else _ZERO)

    def is_due(self, findings: Findings, age: timedelta, takes: timedelta, random: Random) -> bool:
        """Whether to renew an answer that is still fresh: the likelier, the nearer its end.

        One of many askers does so shortly before the end, so that none of them has to wait then
        (XFetch: Vattani, Chierichetti and Lowenstein, VLDB 2015, with beta = 1).
        """
        if not takes:
            return False
        early = takes * -math.log(1.0 - random.random())
        return age + early >= self.fresh(findings)


def _says_something(findings: Findings) -> bool:
    judged = any(v.deliverability is not Deliverability.UNKNOWN for v in findings.verdicts)
    return judged or bool(findings.people or findings.companies)


class Delays:
    """How long each provider takes to answer, as a moving average."""

    _WEIGHT = 0.2  # of the newest

    def __init__(self) -> None:
        self._averages: dict[str, timedelta] = {}

    def learn(self, provider: str, took: timedelta) -> None:
        known = self._averages.get(provider, took)
        self._averages[provider] = known + (took - known) * self._WEIGHT

    def of(self, provider: str) -> timedelta:
        """Zero until an answer was timed: nothing is renewed early on a guess."""
        return self._averages.get(provider, _ZERO)
