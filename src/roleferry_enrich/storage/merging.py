"""Brings a new golden record into the stored one: what is kept, what is replaced. Pure.

Resolution weighs what providers say at one time. Here two times meet, so age counts too: a
value's confidence halves with every half year that the other is younger.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import (
    ContactPoint,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
    Value,
)

# As long as values are kept by default, so that one about to expire counts half.
_HALF_LIFE = timedelta(days=180)
_OLDEST = timedelta(days=3650)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    field: str
    old: Value | None
    new: Value


def merged_person(stored: GoldenPerson, new: GoldenPerson) -> GoldenPerson:
    return GoldenPerson(
        fields=_merged_fields(stored.fields, new.fields),
        contact_points=_merged_points(stored.contact_points, new.contact_points),
        confidence=max(stored.confidence, new.confidence),
        providers=_union(stored.providers, new.providers),
        origins=_union(stored.origins, new.origins),
    )


def merged_company(stored: GoldenCompany, new: GoldenCompany) -> GoldenCompany:
    return GoldenCompany(
        fields=_merged_fields(stored.fields, new.fields),
        confidence=max(stored.confidence, new.confidence),
        providers=_union(stored.providers, new.providers),
        workforce=new.workforce or stored.workforce,
        workforce_change=new.workforce_change or stored.workforce_change,
    )


def changes(before: Mapping[str, FieldValue], after: Mapping[str, FieldValue]) -> Iterator[Change]:
    """The fields whose value is another one now, or known for the first time."""
    for field, known in after.items():
        old = before.get(field)
        if old is None or old.value != known.value:
            yield Change(field, None if old is None else old.value, known.value)


def first_collected(point: ContactPoint) -> datetime:
    """When this contact point was first handed to us, as far as its sources tell."""
    return min((source.observed_at for source in point.sources), default=_LONG_AGO)


def _merged_fields(
    stored: Mapping[str, FieldValue], new: Mapping[str, FieldValue]
) -> Mapping[str, FieldValue]:
    return {**stored, **{f: _merged(stored[f], v) if f in stored else v for f, v in new.items()}}


def _merged(stored: FieldValue, new: FieldValue) -> FieldValue:
    if stored.value == new.value:
        return replace(
            new,
            confidence=max(stored.confidence, new.confidence),
            sources=_newest_of_each(stored.sources + new.sources),
            verified=stored.verified or new.verified,
        )
    head_start = _newest(new.sources) - _newest(stored.sources)
    aged = 0.5 ** (max(-_OLDEST, min(head_start, _OLDEST)) / _HALF_LIFE)
    return new if new.confidence.value >= stored.confidence.value * aged else stored


def _merged_points(
    stored: Iterable[ContactPoint], new: Iterable[ContactPoint]
) -> tuple[ContactPoint, ...]:
    points = {(point.kind, point.value): point for point in stored}
    for point in new:
        known = points.get((point.kind, point.value))
        points[point.kind, point.value] = _merged_point(known, point) if known else point
    return tuple(points.values())


def _merged_point(stored: ContactPoint, new: ContactPoint) -> ContactPoint:
    older, newer = sorted((stored, new), key=lambda point: _newest(point.sources))
    checked = newer.deliverability is not Deliverability.UNKNOWN
    return replace(
        newer,
        sources=_newest_of_each(stored.sources + new.sources),
        deliverability=newer.deliverability if checked else older.deliverability,
    )


def _newest_of_each(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The latest word of each provider, newest first."""
    by_age = sorted(sources, key=lambda source: source.observed_at)
    latest = {source.provider: source for source in by_age}
    return tuple(sorted(latest.values(), key=lambda s: (s.observed_at, s.provider), reverse=True))


def _newest(sources: Iterable[Source]) -> datetime:
    return max((source.observed_at for source in sources), default=_LONG_AGO)


def _union(stored: tuple[str, ...], new: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({*stored, *new}))
