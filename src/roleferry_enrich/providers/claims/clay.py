"""Clay's rows in our words. None of its searches knows an address; only a routine's result may."""

import re
from collections.abc import Iterator, Sequence

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import EmailClaim, EmailKind, PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.normalise.ranges import parse_range
from roleferry_enrich.providers.replies import Record

_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]+\.[^\s@<>,;.]{2,}")
_STILL_THERE = frozenset({"present", "current", "now"})
_KINDS = (
    (("work", "business", "professional", "company", "corporate"), EmailKind.BUSINESS),
    (("personal", "private", "home"), EmailKind.PERSONAL),
)
_MOST_ADDRESSES = 10


def person_claim(row: Record, domain: str) -> PersonClaim | None:
    """Somebody of the company with that domain; None for who has left it or has no name.

    The experience that matched the search is at the company it names; that this is the one with
    the domain is for who knows its name to judge, and taken for granted only where it names none.
    Rows have also been seen with the newest experience instead, which may be anywhere, and with a
    `domain` that only repeats the search: neither says who employs the person.
    """
    if not _full_name(row):
        return None
    matched = row.records("matched_experiences")
    current = next((job for job in matched if not _has_ended(job)), None)
    if matched and current is None:
        return None
    return PersonClaim(
        reference=row.text("clay_profile_id"),
        full_name=_full_name(row),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        title=current.text("title") if current else row.text("latest_experience_title"),
        company_name=current.text("company") if current else row.text("latest_experience_company"),
        company_domain=domain if current and not current.text("company") else None,
        linkedin_url=row.text("linkedin_url") or row.text("url"),
        location=row.text("location", "name") or row.text("location"),
        city=row.text("location", "city") or row.text("structured_location", "city"),
        state=row.text("location", "state_or_province") or row.text("structured_location", "state"),
        country=row.text("structured_location", "country"),
    )


def company_claim(row: Record) -> CompanyClaim:
    return CompanyClaim(
        reference=row.text("clay_company_id"),
        name=row.text("name"),
        domain=row.text("domain"),
        industry=row.text("industry"),
        description=row.text("description"),
        employees_range=row.text("size"),
        revenue_range=row.text("annual_revenue"),
        country=row.text("country"),
        linkedin_url=row.text("linkedin_url"),
    )


def company_of(rows: Sequence[Record], domain: str) -> Record | None:
    """The company among the records of one domain.

    Offices and products have records of their own under the same domain: the largest is taken,
    and of equals the one Clay names first. A record of another domain is of another company.
    """
    named = [row for row in rows if row.text("name")]
    at_domain = [row for row in named if _host(row.text("domain")) == _host(domain)]
    return max(at_domain, key=_size, default=None)


def person_with_addresses(result: Record, keys: Keys) -> PersonClaim | None:
    """The addresses a routine found; None where it found none.

    Of whom they are is what was asked: nothing else is known of them, and no more is said.
    """
    emails = tuple({email.address.lower(): email for email in _emails(result)}.values())
    if not emails:
        return None
    return PersonClaim(
        full_name=keys.full_name,
        company_name=keys.company_name,
        company_domain=keys.domain,
        linkedin_url=keys.linkedin_url,
        emails=emails[:_MOST_ADDRESSES],
    )


def _full_name(row: Record) -> str | None:
    parts = (row.text("first_name"), row.text("last_name"))
    return row.text("name") or " ".join(part for part in parts if part) or None


def _has_ended(job: Record) -> bool:
    end = job.text("end_date")
    return end is not None and end.lower() not in _STILL_THERE


def _host(domain: str | None) -> str:
    return (domain or "").lower().removeprefix("www.")


def _size(row: Record) -> int:
    size = parse_range(row.text("size") or "")
    return size.low if size else -1


def _emails(result: Record) -> Iterator[EmailClaim]:
    """A routine's outputs are named by whoever built it: those that speak of mail are looked at.

    Whether an address works is not taken from there: whose word that is, nobody can tell.
    """
    for name in result.names():
        if "mail" in name.lower():
            for address in _addresses(result, name):
                yield EmailClaim(address=address, kind=_kind(name))


def _addresses(result: Record, name: str) -> Iterator[str]:
    inner = result.record(name)
    held = (inner.text(member) for member in ("email", "address", "value"))
    for text in (result.text(name), *result.texts(name), *held):
        if text is not None and _ADDRESS.fullmatch(text):
            yield text


def _kind(name: str) -> EmailKind:
    said = name.lower()
    kinds = (kind for words, kind in _KINDS if any(word in said for word in words))
    return next(kinds, EmailKind.UNKNOWN)
