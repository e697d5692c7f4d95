"""The answer about the people who lead a company."""

from collections.abc import Iterable
from typing import cast

from roleferry_enrich.api.answers import evidence
from roleferry_enrich.api.answers.company import company_profile
from roleferry_enrich.api.quality import assess
from roleferry_enrich.api.schemas.answers import Executive, ExecutivesAnswer, SourceResult
from roleferry_enrich.domain.enrichments import EXECUTIVE_FIELDS, Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.records import ContactKind, ContactPoint, GoldenPerson

_ANSWERED = frozenset(
    {OutcomeKind.FOUND, OutcomeKind.NOT_FOUND, OutcomeKind.PENDING, OutcomeKind.OPTED_OUT}
)


def executives_answer(enrichment: Enrichment) -> ExecutivesAnswer:
    people, outcomes = enrichment.executives, enrichment.outcomes
    least = enrichment.request.options.min_confidence
    company = enrichment.company
    return {
        "company": company_profile(company, enrichment.company_id, least) if company else None,
        "executives": [_executive(person, enrichment) for person in people],
        "best_source": best_source(people, outcomes),
        "source_results": source_results(people, outcomes),
        "failed_sources": failed_sources(outcomes),
        "total_api_calls": sum(outcome.calls for outcome in outcomes),
        "cached_results": sum(outcome.cached is not None for outcome in outcomes),
        "processing_time_ms": evidence.processing_time_ms(enrichment),
        "quality": assess(enrichment),
        "meta": evidence.meta(enrichment),
    }


def best_source(people: Iterable[GoldenPerson], outcomes: Iterable[ProviderOutcome]) -> str | None:
    """The provider that knows most of them; of equals the cheapest, then the first by name."""
    results = source_results(people, outcomes)
    knowing = {name: result for name, result in results.items() if result["executives"]}
    if not knowing:
        return None
    return min(knowing, key=lambda n: (-knowing[n]["executives"], knowing[n]["cost_usd"], n))


def source_results(
    people: Iterable[GoldenPerson], outcomes: Iterable[ProviderOutcome]
) -> dict[str, SourceResult]:
    people = tuple(people)
    return {
        name: {
            "executives": sum(name in person.providers for person in people),
            "outcomes": [outcome.outcome for outcome in own],
            "calls": sum(outcome.calls for outcome in own),
            "cost_usd": evidence.dollars(MicroUsd(sum(outcome.cost for outcome in own))),
        }
        for name, own in sorted(_by_provider(outcomes).items())
    }


def failed_sources(outcomes: Iterable[ProviderOutcome]) -> list[str]:
    """Providers of which nothing asked was answered, not even with a "not found".

    Who was not asked because there was nothing to ask has not failed.
    """
    return sorted(
        name
        for name, own in _by_provider(outcomes).items()
        if not any(outcome.outcome in _ANSWERED for outcome in own)
        and any(outcome.may_have_more for outcome in own)
    )


def _by_provider(outcomes: Iterable[ProviderOutcome]) -> dict[str, list[ProviderOutcome]]:
    grouped: dict[str, list[ProviderOutcome]] = {}
    for outcome in outcomes:
        grouped.setdefault(outcome.provider, []).append(outcome)
    return grouped


def _executive(person: GoldenPerson, enrichment: Enrichment) -> Executive:
    least = enrichment.request.options.min_confidence
    fields = evidence.sure_enough(person.fields, least)
    points = [point for point in person.contact_points if point.confidence >= least]
    executive = {
        **evidence.flat(fields, EXECUTIVE_FIELDS),
        "profile_urls": _profiles(points),
        "contact_points": evidence.contact_points(points),
        "sources": list(person.providers),
        "agreeing_sources": len(person.origins),
        "confidence": person.confidence.value,
        "provenance": evidence.provenance(fields),
    }
    return cast("Executive", executive)


def _profiles(points: Iterable[ContactPoint]) -> list[str]:
    return [point.value for point in points if point.kind is ContactKind.PROFILE]
