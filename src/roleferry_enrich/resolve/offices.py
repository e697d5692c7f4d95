"""Offices held in law (director, secretary, member of an LLP): which one counts, and since when.

A register lists every appointment of a person, ended ones too. Role, first and last day must
come from one of them, else a resigned director would borrow another office's silence.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from types import MappingProxyType

from roleferry_enrich.domain.observations import PersonObservation
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.records import FieldValue, Value
from roleferry_enrich.normalise.text import clean, word_set
from roleferry_enrich.resolve.confidence import share_of, sources_of, together
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.trust import REGISTERS

LEADS = word_set(
    "director nominee-director managing-director executive-director non-executive-director "
    "llp-member llp-designated-member general-partner-in-a-limited-partnership "
    "limited-partner-in-a-limited-partnership cic-manager judicial-factor "
    "member-of-a-management-organ member-of-an-administrative-organ "
    "member-of-a-supervisory-organ person-authorised-to-represent "
    "person-authorised-to-represent-and-accept manager-of-an-eeig receiver-and-manager "
    "managing-officer chairman president partner"
)
"""Roles that lead a company. Corporate officers are companies and are not among them."""

KEEPS_RECORDS = word_set("secretary nominee-secretary company-secretary")
"""Officers in law who lead nothing by that office."""

SENIORITY_OF_ROLE = MappingProxyType(
    dict.fromkeys(KEEPS_RECORDS, "manager") | dict.fromkeys(LEADS, "director")
)


def role_key(role: str) -> str:
    """`LLP Designated Member` and `llp-designated-member` are one role."""
    return "-".join(clean(role, 100).lower().replace("_", " ").replace("-", " ").split())


def office_fields(observations: Sequence[PersonObservation], today: date) -> dict[str, FieldValue]:
    """`role`, `appointed_on` and `resigned_on` of the office that counts."""
    statements = [o for o in observations if _is_office(o.claim)]
    if not statements:
        return {}
    chosen = _counting(_current_word(_official(statements)))
    same = [o for o in statements if _office(o.claim) == _office(chosen.claim)]
    claim = chosen.claim
    said: dict[str, Value | None] = {
        "role": role_key(claim.role) if claim.role else None,
        "appointed_on": claim.appointed_on.isoformat() if claim.appointed_on else None,
        "resigned_on": claim.resigned_on.isoformat() if claim.resigned_on else None,
    }
    return {
        field: _value(field, value, same, today)
        for field, value in said.items()
        if value is not None
    }


def _is_office(claim: PersonClaim) -> bool:
    return bool(claim.role or claim.appointed_on or claim.resigned_on)


def _official(statements: list[PersonObservation]) -> list[PersonObservation]:
    """The register's statements, if it made any: then nobody else is asked."""
    return [o for o in statements if o.provenance.origin in REGISTERS] or statements


def _current_word(statements: Iterable[PersonObservation]) -> list[PersonObservation]:
    """Of each appointment what was said last; an old answer does not undo a resignation."""
    last: dict[tuple[str, date | None], PersonObservation] = {}
    for observation in sorted(statements, key=_said_order):
        last[_office(observation.claim)] = observation
    return list(last.values())


def _said_order(observation: PersonObservation) -> tuple[date, float, date, str]:
    ended = observation.claim.resigned_on or date.min
    asked = observation.provenance.observed_at.timestamp()
    return observation.as_of, asked, ended, repr(observation.claim)


def _office(claim: PersonClaim) -> tuple[str, date | None]:
    return role_key(claim.role or ""), claim.appointed_on


def _counting(statements: Iterable[PersonObservation]) -> PersonObservation:
    """An office still held before one that ended, one that leads before one that does not."""

    def rank(observation: PersonObservation) -> tuple[bool, date, bool, date, str]:
        claim = observation.claim
        return (
            claim.resigned_on is None,
            claim.resigned_on or date.max,
            role_key(claim.role or "") in LEADS,
            claim.appointed_on or date.min,
            repr(claim),
        )

    return max(statements, key=rank)


def _value(
    field: str, value: Value, statements: Iterable[PersonObservation], today: date
) -> FieldValue:
    agreeing = [o for o in statements if _says(field, o.claim) == value]
    return FieldValue(
        value=value,
        confidence=together((share_of(o, today, Matter.OFFICE) for o in agreeing), Matter.OFFICE),
        sources=sources_of(agreeing),
    )


def _says(field: str, claim: PersonClaim) -> Value | None:
    if field == "role":
        return role_key(claim.role) if claim.role else None
    day = claim.appointed_on if field == "appointed_on" else claim.resigned_on
    return day.isoformat() if day else None
