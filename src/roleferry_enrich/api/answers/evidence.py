"""Fields, provenance, contact points and meta, as every answer shows them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from roleferry_enrich.api.schemas.evidence import (
    AlternativeData,
    ContactPointData,
    FieldData,
    Meta,
    Provenance,
    ProviderLine,
    SourceData,
)
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import ProviderOutcome
from roleferry_enrich.domain.records import (
    Alternative,
    Confidence,
    ContactPoint,
    FieldValue,
    Source,
    Value,
)

_NUMBERS = frozenset({"founded_year", "employees"})
_AS_GIVEN = frozenset({"company_revenue"})


def sure_enough(fields: Mapping[str, FieldValue], least: Confidence) -> Mapping[str, FieldValue]:
    return {name: field for name, field in fields.items() if field.confidence >= least}


def flat(fields: Mapping[str, FieldValue], names: Iterable[str]) -> dict[str, FieldData | None]:
    """Every name with its value, None where unknown, in the types the schemas promise."""
    return {name: _typed(name, fields[name].value) if name in fields else None for name in names}


def provenance(fields: Mapping[str, FieldValue]) -> dict[str, Provenance]:
    return {name: _provenance(field) for name, field in fields.items()}


def contact_points(points: Iterable[ContactPoint]) -> list[ContactPointData]:
    return [
        {
            "kind": point.kind,
            "value": point.value,
            "label": point.label,
            "confidence": point.confidence.value,
            "deliverability": point.deliverability,
            "sources": _sources(point.sources),
        }
        for point in points
    ]


def meta(enrichment: Enrichment) -> Meta:
    options = enrichment.request.options
    return {
        "enrichment_id": enrichment.id,
        "goal": enrichment.request.goal,
        "status": enrichment.status,
        "providers": [_line(outcome) for outcome in enrichment.outcomes],
        "cost_usd": dollars(enrichment.cost),
        "max_cost_usd": None if enrichment.may_cost is None else dollars(enrichment.may_cost),
        "processing_time_ms": processing_time_ms(enrichment),
        "deadline_ms": _ms(options.deadline),
        "strategy": options.strategy,
        "waterfall": options.waterfall.name if options.waterfall else None,
        "sample": enrichment.sample,
        "withheld": list(enrichment.withheld),
        "contact_id": enrichment.person_id,
        "company_id": enrichment.company_id,
    }


def processing_time_ms(enrichment: Enrichment) -> int:
    return _ms(enrichment.answered_at - enrichment.started_at)


def dollars(cost: MicroUsd) -> float:
    """For reading; sums are made in whole micro-dollars before."""
    return cost / 1_000_000


def plain(value: Value) -> FieldData:
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, value: Value) -> FieldData | None:
    """A provider's number may have survived as a text and the other way round."""
    if isinstance(value, tuple):
        return list(value)
    if name in _NUMBERS:
        return int(value) if str(value).isdecimal() else None
    return value if name in _AS_GIVEN else str(value)


def _provenance(field: FieldValue) -> Provenance:
    return {
        "confidence": field.confidence.value,
        "verified": field.verified,
        "observed_at": field.observed_at,
        "sources": _sources(field.sources),
        "alternatives": [_alternative(other) for other in field.alternatives],
    }


def _sources(sources: Iterable[Source]) -> list[SourceData]:
    return [
        {
            "provider": source.provider,
            "origin": source.origin,
            "observed_at": source.observed_at,
            "as_of": source.as_of,
            "cached": source.cached,
        }
        for source in sources
    ]


def _alternative(other: Alternative) -> AlternativeData:
    return {
        "value": plain(other.value),
        "confidence": other.confidence.value,
        "providers": list(other.providers),
    }


def _line(outcome: ProviderOutcome) -> ProviderLine:
    wait = outcome.retry_after
    return {
        "provider": outcome.provider,
        "capability": outcome.capability,
        "outcome": outcome.outcome,
        "reason": outcome.reason,
        "retry_after_s": None if wait is None else wait.total_seconds(),
        "latency_ms": _ms(outcome.latency),
        "cost_usd": dollars(outcome.cost),
        "calls": outcome.calls,
        "cached": outcome.cached,
        "stale": outcome.stale,
        "age_s": None if outcome.age is None else int(outcome.age.total_seconds()),
        "records": outcome.records,
    }


def _ms(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1_000)
