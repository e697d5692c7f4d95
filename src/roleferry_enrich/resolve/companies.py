"""Companies: from what every provider said of one to its record, and what is asked of it."""

from collections.abc import Mapping, Sequence
from datetime import date

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import CompanyObservation
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence, FieldValue, GoldenCompany
from roleferry_enrich.normalise.text import clean
from roleferry_enrich.resolve.company_fields import COMPANY_RULES
from roleferry_enrich.resolve.comparisons import Comparison
from roleferry_enrich.resolve.confidence import share_of, sources_of, together
from roleferry_enrich.resolve.identity import company_agreement
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.ordering import in_order
from roleferry_enrich.resolve.survivorship import survivors

_TECHNOLOGY_LIMIT = 100


def resolve_company(
    companies: Sequence[CompanyObservation], *, today: date
) -> GoldenCompany | None:
    """The one company that all of these were checked to speak of; None if nobody spoke."""
    if not companies:
        return None
    known = in_order(companies)
    fields = survivors(COMPANY_RULES, known, today)
    technologies = _technologies(known, today)
    if technologies is not None:
        fields["technologies"] = technologies
    newest = sorted(known, key=lambda o: o.as_of, reverse=True)
    return GoldenCompany(
        fields=fields,
        confidence=_believed(known, today),
        providers=tuple(sorted({o.provenance.provider for o in known})),
        workforce=_newest([o.claim.workforce for o in newest]),
        workforce_change=_newest([o.claim.workforce_change for o in newest]),
    )


def is_same_company(claim: CompanyClaim, keys: Keys) -> Comparison:
    """Whether the answer speaks of the company asked for; believe it from `SAME` on."""
    return company_agreement(claim, keys)


def _technologies(known: Sequence[CompanyObservation], today: date) -> FieldValue | None:
    """Everything anybody saw, each once: not listing a technology is not saying it is absent."""
    telling = [o for o in known if o.claim.technologies]
    if not telling:
        return None
    named: dict[str, str] = {}
    for observation in telling:
        for technology in observation.claim.technologies:
            shown = clean(technology, 100)
            # Signs tell C, C++ and C# apart.
            named[shown.casefold()] = min(named.get(shown.casefold(), shown), shown)
    return FieldValue(
        value=tuple(named[key] for key in sorted(named)[:_TECHNOLOGY_LIMIT]),
        confidence=_believed(telling, today),
        sources=sources_of(telling),
    )


def _believed(known: Sequence[CompanyObservation], today: date) -> Confidence:
    return together((share_of(o, today, Matter.COMPANY) for o in known), Matter.COMPANY)


def _newest(tables: Sequence[Mapping[str, float]]) -> Mapping[str, float]:
    return next((table for table in tables if table), {})
