"""One group of observations, known to be of one person, as the record we answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.observations import EmailObservation, PersonObservation
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import (
    Alternative,
    ContactKind,
    ContactPoint,
    FieldValue,
    GoldenPerson,
)
from roleferry_enrich.resolve.confidence import scaled, share_of, together
from roleferry_enrich.resolve.contacts import contact_points
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.offices import office_fields
from roleferry_enrich.resolve.person_fields import PERSON_RULES
from roleferry_enrich.resolve.survivorship import survivors

_UNUSABLE = frozenset({Deliverability.INVALID, Deliverability.DISPOSABLE})
# A number of one's own is worth more to a caller than a surer one of everybody's.
_PHONE_WORTH = {"mobile": 1.0, "direct": 1.0, "unknown": 0.8, "switchboard": 0.4}
_STALE_TITLE = 0.3
_NAMELESS = 0.5
_SHORTENED = 0.8


def golden_person(
    observations: Sequence[PersonObservation],
    verdicts: Mapping[str, Sequence[EmailObservation]],
    *,
    cohesion: float,
    today: date,
) -> GoldenPerson:
    """The merged person; `cohesion` is how surely the observations belong together."""
    fields = survivors(PERSON_RULES, observations, today) | office_fields(observations, today)
    employer = fields.get("company_domain")
    points = contact_points(
        observations,
        verdicts,
        employer=Domain(str(employer.value)) if employer else None,
        today=today,
    )
    fields |= dict(_contact_fields(points))
    identified = together((share_of(o, today, Matter.PERSON) for o in observations), Matter.PERSON)
    return GoldenPerson(
        fields=_with_stale_title(fields),
        contact_points=points,
        confidence=scaled(identified, cohesion * _name_worth(fields)),
        providers=tuple(sorted({o.provenance.provider for o in observations})),
        origins=tuple(sorted({o.provenance.origin for o in observations})),
    )


def _name_worth(fields: Mapping[str, FieldValue]) -> float:
    """A person without a full name is less surely anybody."""
    if "full_name" not in fields:
        return _NAMELESS
    first = str(fields["first_name"].value) if "first_name" in fields else ""
    return 1.0 if len(first.strip(".")) > 1 and "last_name" in fields else _SHORTENED


def _with_stale_title(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """After a resignation a title still listed elsewhere is shown, but hardly believed."""
    if "resigned_on" not in fields:
        return dict(fields)
    return {
        name: replace(known, confidence=scaled(known.confidence, _STALE_TITLE))
        if name in {"title", "seniority", "department"}
        else known
        for name, known in fields.items()
    }


def _contact_fields(points: Sequence[ContactPoint]) -> Iterator[tuple[str, FieldValue]]:
    """The one mailbox of each kind, the one number and the one profile to show in front."""
    for field, label in (("business_email", "business"), ("personal_email", "personal")):
        usable = [p for p in points if p.label == label and p.deliverability not in _UNUSABLE]
        yield from _first(field, [p for p in usable if p.kind is ContactKind.EMAIL])
    phones = [p for p in points if p.kind is ContactKind.PHONE]
    yield from _first("phone", sorted(phones, key=_phone_order))
    yield from _first("linkedin_url", [p for p in points if p.label == "linkedin"])


def _phone_order(point: ContactPoint) -> tuple[float, str]:
    return -point.confidence.value * _PHONE_WORTH[point.label], point.value


def _first(field: str, ranked: Sequence[ContactPoint]) -> Iterator[tuple[str, FieldValue]]:
    if not ranked:
        return
    best, *others = ranked
    yield (
        field,
        FieldValue(
            value=best.value,
            confidence=best.confidence,
            sources=best.sources,
            verified=best.deliverability is Deliverability.VALID,
            alternatives=tuple(map(_alternative, others[:3])),
        ),
    )


def _alternative(point: ContactPoint) -> Alternative:
    providers = tuple(sorted({source.provider for source in point.sources}))
    return Alternative(value=point.value, confidence=point.confidence, providers=providers)
