"""Clearbit's person and company documents, in which Hunter's enrichment answers too.

Old fixtures and answers carry names from before version 2 (`employees` beside `metrics`), and
every social block may be there with a null `handle`.
"""

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import EmailClaim, EmailKind, PersonClaim, PhoneClaim
from roleferry_enrich.providers.replies import Record


def person_of(data: Record, *, email: str | None, linkedin_url: str | None = None) -> PersonClaim:
    """The person described; the key asked by stands where the document does not repeat it."""
    employment, geo = data.record("employment"), data.record("geo")
    address = data.text("email") or email
    phone = data.text("phone")
    return PersonClaim(
        reference=data.text("id"),
        as_of=data.day("indexedAt"),
        full_name=data.text("name", "fullName"),
        first_name=data.text("name", "givenName"),
        last_name=data.text("name", "familyName"),
        title=employment.text("title"),
        seniority=employment.text("seniority"),
        department=employment.text("role"),
        company_name=employment.text("name"),
        company_domain=employment.text("domain"),
        linkedin_url=linkedin_profile(data, "in") or linkedin_url,
        twitter_url=_twitter(data),
        emails=(EmailClaim(address=address, kind=_email_kind(data)),) if address else (),
        phones=(PhoneClaim(number=phone),) if phone else (),
        location=data.text("location"),
        city=geo.text("city"),
        state=geo.text("state"),
        country=geo.text("country"),
    )


def company_of(data: Record, *, domain: str | None) -> CompanyClaim:
    """The company described; the domain asked by stands where the document does not repeat it."""
    metrics, geo, facebook = data.record("metrics"), data.record("geo"), _handle(data, "facebook")
    return CompanyClaim(
        reference=data.text("id"),
        as_of=data.day("indexedAt"),
        name=data.text("name"),
        legal_name=data.text("legalName"),
        domain=data.text("domain") or domain,
        founded_year=data.integer("foundedYear"),
        industry=data.text("category", "industry"),
        description=data.text("description"),
        employees=_employees(data),
        employees_range=_employees_range(metrics),
        revenue=metrics.integer("annualRevenue"),
        revenue_range=metrics.text("estimatedAnnualRevenue"),
        street=_street(geo),
        city=geo.text("city"),
        state=geo.text("state"),
        country=geo.text("country"),
        zip_code=geo.text("postalCode"),
        phone=data.text("phone") or _first(data, "phoneNumbers"),
        email=_first(data, "emailAddresses"),
        linkedin_url=linkedin_profile(data, "company"),
        twitter_url=_twitter(data),
        facebook_url=f"https://www.facebook.com/{facebook}" if facebook else None,
        technologies=data.texts("tech"),
    )


def linkedin_profile(data: Record, kind: str) -> str | None:
    """Clearbit's handle names its kind (`in/ada`, `pub/ada/1/2`), Hunter's may not (`ada`)."""
    handle = _handle(data, "linkedin")
    if handle is None:
        return None
    return f"https://www.linkedin.com/{handle if '/' in handle else f'{kind}/{handle}'}"


def _handle(data: Record, network: str) -> str | None:
    handle = data.text(network, "handle")
    return (handle.strip("/@ ") or None) if handle else None


def _twitter(data: Record) -> str | None:
    handle = _handle(data, "twitter")
    return f"https://twitter.com/{handle}" if handle else None


def _email_kind(data: Record) -> EmailKind:
    """Clearbit says whether the domain is a mail provider's; Hunter names who runs the server."""
    kinds = {True: EmailKind.PERSONAL, False: EmailKind.BUSINESS, None: EmailKind.UNKNOWN}
    return kinds[data.flag("emailProvider")]


def _employees(data: Record) -> int | None:
    counted = data.integer("metrics", "employees")
    return data.integer("employees") if counted is None else counted


def _employees_range(metrics: Record) -> str | None:
    """Hunter writes the range where Clearbit has the number."""
    unnumbered = None if metrics.integer("employees") is not None else metrics.text("employees")
    return metrics.text("employeesRange") or unnumbered


def _street(geo: Record) -> str | None:
    line = " ".join(p for p in (geo.text("streetNumber"), geo.text("streetName")) if p)
    return ", ".join(p for p in (line, geo.text("subPremise")) if p) or None


def _first(data: Record, member: str) -> str | None:
    return next(iter(data.texts("site", member)), None)
