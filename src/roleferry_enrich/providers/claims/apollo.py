"""What Apollo's records of people and companies say, less what is masked, locked or not theirs.

The same records come from single and bulk matches; which calls bring them is `apollo`'s matter.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import Deliverability, EmailClaim, EmailKind, PersonClaim
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.replies import Record

# An open set: verified, unverified, likely to engage and unavailable are documented, the rest was
# met. "likely to engage" speaks of the person, not of the mailbox.
_DELIVERABILITY: Mapping[str, Deliverability] = MappingProxyType(
    {
        "verified": Deliverability.VALID,
        "extrapolated": Deliverability.GUESSED,
        "guessed": Deliverability.GUESSED,
        "bounced": Deliverability.INVALID,
        "invalid": Deliverability.INVALID,
    }
)


def person_claim(row: Record, as_of: date | None = None) -> PersonClaim:
    """`contact` is not read: it is the key owner's own CRM entry, which may be another person."""
    job = next((job for job in row.records("employment_history") if job.flag("current")), row)
    departments = row.texts("departments")
    return PersonClaim(
        reference=row.text("id"),
        as_of=as_of,
        full_name=_unmasked(row.text("name")),
        first_name=_unmasked(row.text("first_name")),
        last_name=_unmasked(row.text("last_name")),
        title=row.text("title") or job.text("title"),
        seniority=row.text("seniority"),
        department=departments[0] if departments else None,
        company_name=row.text("organization", "name") or job.text("organization_name"),
        company_domain=row.text("organization", "primary_domain"),
        linkedin_url=row.text("linkedin_url"),
        twitter_url=row.text("twitter_url"),
        emails=tuple(_emails(row)),
        city=row.text("city"),
        state=row.text("state"),
        country=row.text("country"),
        zip_code=row.text("postal_code"),
    )


def employer_claims(person: Record) -> tuple[CompanyClaim, ...]:
    organization = person.record("organization")
    return (company_claim(organization),) if organization else ()


def company_claim(row: Record) -> CompanyClaim:
    """`account`, like a person's `contact`, is the key owner's own entry and not read."""
    return CompanyClaim(
        reference=row.text("id"),
        name=row.text("name"),
        domain=row.text("primary_domain") or row.text("website_url"),
        founded_year=row.integer("founded_year"),
        industry=row.text("industry"),
        description=row.text("short_description"),
        employees=row.integer("estimated_num_employees"),
        revenue=row.integer("annual_revenue"),
        revenue_range=row.text("annual_revenue_printed"),
        street=row.text("street_address"),
        city=row.text("city"),
        state=row.text("state"),
        country=row.text("country"),
        zip_code=row.text("postal_code"),
        phone=row.text("primary_phone", "number") or row.text("phone"),
        linkedin_url=row.text("linkedin_url"),
        twitter_url=row.text("twitter_url"),
        facebook_url=row.text("facebook_url"),
        technologies=row.texts("technology_names"),
    )


def _unmasked(name: str | None) -> str | None:
    """Apollo masks with asterisks what is not paid for: `Hu***n`."""
    return None if name is None or "*" in name else name


def _emails(row: Record) -> Iterator[EmailClaim]:
    address = row.text("email")
    if address is not None and not _is_locked(address):
        status = (row.text("email_status") or "").lower()
        yield EmailClaim(
            address=address,
            kind=EmailKind.BUSINESS,
            deliverability=_DELIVERABILITY.get(status, Deliverability.UNKNOWN),
            score=_percent(row.number("extrapolated_email_confidence")),
        )
    for personal in row.texts("personal_emails"):
        if not _is_locked(personal):
            yield EmailClaim(address=personal, kind=EmailKind.PERSONAL)


def _is_locked(address: str) -> bool:
    """`email_not_unlocked@domain.com` stands for an address not paid for, even as "verified"."""
    local, _, host = address.lower().partition("@")
    return host == "domain.com" or local.startswith("email_not_unlocked")


def _percent(share: float | None) -> int | None:
    return None if share is None or not 0 <= share <= 1 else round(share * 100)


def lead_credits(body: Record) -> Quota:
    """What matches are paid from; other kinds of credit are for what we do not ask."""
    credits = body.record("credit_usage_stats", "lead_credit")
    remaining, ends = credits.number("left_over"), body.day("current_credit_cycle", "end_date")
    if remaining is None:
        raise ProviderContractChanged("no lead credits in the body")
    return Quota(
        remaining=max(0.0, remaining),
        limit=credits.number("limit"),
        resets_at=datetime(ends.year, ends.month, ends.day, tzinfo=UTC) if ends else None,
    )
