"""How often each question is answered, and what such an answer holds.

The numbers were counted on invented worlds (`python -m evaluation hit_rates` counts them anew and
says how far they are off); with real providers they are a first guess. They decide who is asked
first and what an estimate says, never what an answer says.
"""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Offer


@dataclass(frozen=True, slots=True)
class HitRate:
    found: float
    """Share of the questions that are answered about the right subject."""
    seldom: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Fields that such an answer often lacks, with the share that has them; it has all others."""
    miss: float = 0.0
    """What a question that comes to nothing costs, as a share of its price."""


USUAL = HitRate(0.5)
"""For a question that nobody has counted."""

# Often only the employer is known. A person's phone never is.
_ONLY_A_COMPANY = MappingProxyType(
    {
        **dict.fromkeys(("full_name", "first_name", "last_name", "title", "seniority"), 0.62),
        **dict.fromkeys(("business_email", "linkedin_url", "location", "city", "state"), 0.62),
        "country": 0.62,
        "department": 0.6,
        "phone": 0.0,
    }
)
DECLARED: Mapping[str, HitRate] = MappingProxyType(
    {
        "apollo.find_person": HitRate(0.74, MappingProxyType({"business_email": 0.89}), miss=0.08),
        "apollo.find_people": HitRate(0.94),
        "apollo.find_company": HitRate(0.94),
        "clay.find_people": HitRate(0.42, MappingProxyType({"linkedin_url": 0.0})),
        "clay.find_company": HitRate(0.88),
        "clearbit.find_person": HitRate(0.78, _ONLY_A_COMPANY),
        "clearbit.find_people": HitRate(0.77),
        "clearbit.find_company": HitRate(0.77, MappingProxyType({"phone": 0.71})),
        "companies_house.find_people": HitRate(0.23),
        "companies_house.find_company": HitRate(0.58),
        "explorium.find_person": HitRate(
            0.55, MappingProxyType({"business_email": 0.78, "personal_email": 0.08}), miss=0.04
        ),
        "explorium.find_people": HitRate(0.79),
        "explorium.find_company": HitRate(0.79),
        "explorium.find_technologies": HitRate(0.79),
        "explorium.find_workforce": HitRate(0.79),
        "facebook.find_company": HitRate(0.57, MappingProxyType({"phone": 0.66})),
        "hunter.find_person": HitRate(
            0.52, MappingProxyType({"phone": 0.02, "title": 0.76}), miss=0.05
        ),
        "hunter.find_email": HitRate(
            0.52, MappingProxyType({"phone": 0.02, "title": 0.75}), miss=0.02
        ),
        "hunter.verify_email": HitRate(1.0),
        "hunter.find_people": HitRate(0.79),
        "hunter.find_company": HitRate(0.79),
        "linkedin.find_company": HitRate(
            0.87, MappingProxyType({"company_size": 0.0, "founded_year": 0.0})
        ),
        "neverbounce.verify_email": HitRate(1.0),
        "website.find_people": HitRate(
            0.4, MappingProxyType({"business_email": 0.22, "linkedin_url": 0.36, "phone": 0.0})
        ),
        "website.find_company": HitRate(
            0.64, MappingProxyType({"company_name": 0.38, "company_number": 0.85, "location": 0.0})
        ),
        "x.find_company": HitRate(0.27, miss=0.16),
    }
)


def hit_rate(offer: Offer) -> HitRate:
    return DECLARED.get(f"{offer.provider}.{offer.capability}", USUAL)


def fill_rate(offer: Offer, field: str) -> float:
    """How often the offer fills a field it gives."""
    rate = hit_rate(offer)
    return rate.found * rate.seldom.get(field, 1.0)


def charged_share(offer: Offer) -> float:
    """The share of its price that a question costs on average."""
    rate = hit_rate(offer)
    return rate.found + (1 - rate.found) * rate.miss
