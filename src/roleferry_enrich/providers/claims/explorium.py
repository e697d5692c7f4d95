"""What Explorium's enrichments say of companies and people, in the words of the domain.

Names come in lower case and are left so: casing them is the normaliser's matter.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import Deliverability, EmailClaim, EmailKind, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.replies import Record

_DELIVERABILITY: Mapping[str, Deliverability] = MappingProxyType(
    {
        "valid": Deliverability.VALID,
        "catch-all": Deliverability.ACCEPT_ALL,
        "invalid": Deliverability.INVALID,
    }
)
_KIND: Mapping[str, EmailKind] = MappingProxyType(
    {
        "personal": EmailKind.PERSONAL,
        "professional": EmailKind.BUSINESS,
        "current_professional": EmailKind.BUSINESS,
    }
)
_PERCENT = 100


def company_claim(facts: Record) -> CompanyClaim:
    return CompanyClaim(
        reference=facts.text("business_id"),
        name=facts.text("name"),
        domain=facts.text("website"),
        industry=facts.text("linkedin_industry_category") or facts.text("naics_description"),
        description=facts.text("business_description"),
        employees_range=_range(facts, "number_of_employees_range"),
        revenue_range=_range(facts, "yearly_revenue_range"),
        street=facts.text("street"),
        city=facts.text("city_name"),
        state=facts.text("region_name"),
        country=facts.text("country_name"),
        zip_code=facts.text("zip_code"),
        linkedin_url=facts.text("linkedin_profile"),
    )


def technologies_claim(facts: Record, asked: Keys) -> CompanyClaim:
    return replace(_identity(asked), technologies=facts.texts("full_tech_stack"))


def workforce_claim(facts: Record, asked: Keys) -> CompanyClaim:
    return replace(
        _identity(asked),
        as_of=facts.day("quarters"),
        workforce=_shares(dict(_departments(facts, "perc_"))),
        workforce_change=dict(_departments(facts, "change_in_")),
    )


def person_claim(facts: Record, reference: str | None = None) -> PersonClaim:
    return PersonClaim(
        reference=reference or facts.text("prospect_id"),
        full_name=facts.text("full_name"),
        first_name=facts.text("first_name"),
        last_name=facts.text("last_name"),
        title=facts.text("job_title"),
        seniority=facts.text("job_level_main") or facts.text("job_seniority_level"),
        department=facts.text("job_department_main") or facts.text("job_department"),
        company_name=facts.text("company_name"),
        company_domain=facts.text("company_website"),
        linkedin_url=_profile(facts),
        city=facts.text("city"),
        state=facts.text("region_name"),
        country=facts.text("country_name"),
    )


def email_claims(facts: Record) -> tuple[EmailClaim, ...]:
    """The current work address first: the only one whose status is given."""
    status = facts.text("professional_email_status") or ""
    claims: dict[str, EmailClaim] = {}
    # v1 misspells it, v2 does not.
    current = facts.text("professions_email") or facts.text("professional_email")
    if current is not None:
        claims[current.lower()] = EmailClaim(
            address=current,
            kind=EmailKind.BUSINESS,
            deliverability=_DELIVERABILITY.get(status, Deliverability.UNKNOWN),
        )
    for row in facts.records("emails"):
        address = row.text("address")
        if address is not None:
            kind = _KIND.get(row.text("type") or "", EmailKind.UNKNOWN)
            claims.setdefault(address.lower(), EmailClaim(address=address, kind=kind))
    return tuple(claims.values())


def _identity(asked: Keys) -> CompanyClaim:
    """These enrichments name no company, so their facts speak of the identity that was matched."""
    if asked.domain is not None:
        return CompanyClaim(domain=asked.domain)
    if asked.company_linkedin_url is not None:
        return CompanyClaim(linkedin_url=asked.company_linkedin_url)
    return CompanyClaim(name=asked.company_name)


def _range(facts: Record, name: str) -> str | None:
    """Documented as text (`51-200`); some clients were given `{"min": 51, "max": 200}`."""
    least, most = facts.integer(name, "min"), facts.integer(name, "max")
    if least is None:
        return facts.text(name)
    return f"{least}+" if most is None else f"{least}-{most}"


def _departments(facts: Record, prefix: str) -> Iterator[tuple[str, float]]:
    """`perc_customer_service_roles: 0.12` as customer_service, 0.12."""
    suffix = "_roles"
    for name in facts.names():
        value = facts.number(name)
        if value is not None and name.startswith(prefix) and name.endswith(suffix):
            yield name[len(prefix) : -len(suffix)], value


def _shares(departments: Mapping[str, float]) -> dict[str, float]:
    """The scale is not documented: anything above one shows that these are percentages."""
    scale = _PERCENT if any(value > 1 for value in departments.values()) else 1
    return {name: value / scale for name, value in departments.items()}


def _profile(facts: Record) -> str | None:
    """The readable address: `linkedin` is often an opaque member id (`/in/ACoAA...`)."""
    candidates = [*facts.texts("linkedin_url_array"), facts.text("linkedin")]
    addresses = [address for address in candidates if address]
    readable = (address for address in addresses if "/in/acoaa" not in address.lower())
    return next(readable, addresses[0] if addresses else None)


def credits_left(body: Record) -> Quota:
    remaining = body.number("remaining_credits")
    if remaining is None:
        raise ProviderContractChanged("no remaining_credits in the body")
    return Quota(remaining=max(0.0, remaining), limit=body.number("allocated_credits"))
