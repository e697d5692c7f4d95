"""The answer about one company, and the company as other answers show it."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

from roleferry_enrich.api.answers import evidence
from roleferry_enrich.api.schemas.answers import (
    CompanyAnswer,
    CompanyProfile,
    Firmographics,
    Technographics,
    WorkforceTrends,
)
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import Confidence, FieldValue, GoldenCompany

_FIRMOGRAPHIC = tuple(Firmographics.__annotations__)
_TECHNOGRAPHIC = ("technologies",)


def company_answer(enrichment: Enrichment) -> CompanyAnswer:
    company, wanted = enrichment.company, enrichment.request.wanted
    firm = _known(enrichment, _FIRMOGRAPHIC) if "firmographics" in wanted else {}
    techno = _known(enrichment, _TECHNOGRAPHIC) if "technographics" in wanted else {}
    return {
        "firmographics": _firmographics(firm) if firm else None,
        "technographics": _technographics(techno) if techno else None,
        "workforce_trends": _trends(company) if "workforce-trends" in wanted else None,
        "confidence": company.confidence.value if company else None,
        "sources": list(company.providers) if company else [],
        "provenance": evidence.provenance({**firm, **techno}),
        "meta": evidence.meta(enrichment),
    }


def company_profile(
    company: GoldenCompany, company_id: UUID | None, least: Confidence
) -> CompanyProfile:
    fields = _only(evidence.sure_enough(company.fields, least), _FIRMOGRAPHIC)
    return {
        "id": company_id,
        "firmographics": _firmographics(fields),
        "confidence": company.confidence.value,
        "sources": list(company.providers),
        "provenance": evidence.provenance(fields),
    }


def _known(enrichment: Enrichment, names: tuple[str, ...]) -> Mapping[str, FieldValue]:
    if enrichment.company is None:
        return {}
    least = enrichment.request.options.min_confidence
    return _only(evidence.sure_enough(enrichment.company.fields, least), names)


def _only(fields: Mapping[str, FieldValue], names: tuple[str, ...]) -> dict[str, FieldValue]:
    return {name: fields[name] for name in names if name in fields}


def _firmographics(fields: Mapping[str, FieldValue]) -> Firmographics:
    return cast("Firmographics", evidence.flat(fields, _FIRMOGRAPHIC))


def _technographics(fields: Mapping[str, FieldValue]) -> Technographics:
    return cast("Technographics", evidence.flat(fields, _TECHNOGRAPHIC))


def _trends(company: GoldenCompany | None) -> WorkforceTrends | None:
    if company is None or not (company.workforce or company.workforce_change):
        return None
    return {"shares": dict(company.workforce), "changes": dict(company.workforce_change)}
