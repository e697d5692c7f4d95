"""The survivorship table of a company: field, what a claim says of it, what kind of fact it is."""

from collections.abc import Callable

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import identity_key, parse_email
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import Network, parse_profile_url
from roleferry_enrich.normalise.ranges import company_size, parse_range, revenue_class
from roleferry_enrich.normalise.registers import parse_company_number
from roleferry_enrich.normalise.text import clean, words
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.survivorship import Reading, Rule, read_text

_TEXT_LIMIT = 2_000
# A class of size says less than the head count it was made from.
_CLASS_ONLY = 0.9


def company_code(claim: CompanyClaim) -> str | None:
    return parse_country(claim.country) if claim.country else None


def _said(read: Callable[[CompanyClaim], str | None]) -> Callable[[CompanyClaim], Reading | None]:
    def reading(claim: CompanyClaim) -> Reading | None:
        said = read(claim)
        return read_text(said, _TEXT_LIMIT) if said else None

    return reading


def _name(claim: CompanyClaim) -> Reading | None:
    named = parse_organisation(claim.name) if claim.name else None
    return Reading(named.name, named.key) if named else None


def _legal_name(claim: CompanyClaim) -> Reading | None:
    named = parse_organisation(claim.legal_name) if claim.legal_name else None
    if named is None:
        return None
    return Reading(clean(claim.legal_name or "", 400), f"{named.key} {named.legal_form}")


def _domain(claim: CompanyClaim) -> Reading | None:
    domain = parse_domain(claim.domain) if claim.domain else None
    return Reading(domain, domain) if domain else None


def _number(claim: CompanyClaim) -> Reading | None:
    said = claim.company_number
    number = parse_company_number(said, company_code(claim) or "GB") if said else None
    number = number or (parse_company_number(said, None) if said else None)
    return Reading(number, number) if number else None


def _status(claim: CompanyClaim) -> Reading | None:
    status = "-".join(words(clean(claim.status or "", 100)))
    return Reading(status, status) if status else None


def _incorporated_on(claim: CompanyClaim) -> Reading | None:
    day = claim.incorporated_on
    return Reading(day.isoformat(), day.isoformat()) if day else None


def _founded_year(claim: CompanyClaim) -> Reading | None:
    year = claim.founded_year
    return Reading(year, str(year)) if year else None


def _employees(claim: CompanyClaim) -> Reading | None:
    """Head counts of one size class agree: nobody counts on the same day."""
    count = claim.employees
    return Reading(count, company_size(count)) if count is not None and count > 0 else None


def _company_size(claim: CompanyClaim) -> Reading | None:
    counted = parse_range(claim.employees_range) if claim.employees_range else None
    if counted is not None:
        size = company_size(counted.middle)
        return Reading(size, size, _CLASS_ONLY)
    if claim.employees is None or claim.employees <= 0:
        return None
    size = company_size(claim.employees)
    return Reading(size, size)


def _company_revenue(claim: CompanyClaim) -> Reading | None:
    if claim.revenue is not None and claim.revenue >= 0:
        return Reading(claim.revenue, revenue_class(claim.revenue))
    known = parse_range(claim.revenue_range) if claim.revenue_range else None
    if known is None:
        return None
    return Reading(revenue_class(known.middle), revenue_class(known.middle), _CLASS_ONLY)


def _country(claim: CompanyClaim) -> Reading | None:
    code = company_code(claim)
    return Reading(code, code) if code else _said(lambda said: said.country)(claim)


def _zip_code(claim: CompanyClaim) -> Reading | None:
    shown = clean(claim.zip_code or "", 40).upper()
    key = "".join(words(shown))
    return Reading(shown, key) if key else None


def _phone(claim: CompanyClaim) -> Reading | None:
    number = parse_phone(claim.phone, claim.country) if claim.phone else None
    return Reading(number, number) if number else None


def _email(claim: CompanyClaim) -> Reading | None:
    address = parse_email(claim.email) if claim.email else None
    return Reading(address, identity_key(address)) if address else None


def _profile(text: str | None, network: Network) -> Reading | None:
    url = parse_profile_url(text, network) if text else None
    return Reading(url, url) if url else None


COMPANY_RULES: tuple[Rule[CompanyClaim], ...] = (
    Rule(field="name", read=_name, matter=Matter.COMPANY),
    Rule(field="legal_name", read=_legal_name, matter=Matter.COMPANY, register_decides=True),
    Rule(field="domain", read=_domain, matter=Matter.COMPANY),
    Rule(field="company_number", read=_number, matter=Matter.COMPANY, register_decides=True),
    Rule(field="status", read=_status, matter=Matter.COMPANY, register_decides=True),
    Rule(
        field="incorporated_on", read=_incorporated_on, matter=Matter.COMPANY, register_decides=True
    ),
    Rule(field="founded_year", read=_founded_year, matter=Matter.COMPANY),
    Rule(field="industry", read=_said(lambda claim: claim.industry), matter=Matter.COMPANY),
    Rule(field="description", read=_said(lambda claim: claim.description), matter=Matter.COMPANY),
    Rule(field="employees", read=_employees, matter=Matter.SIZE),
    Rule(field="company_size", read=_company_size, matter=Matter.SIZE),
    Rule(field="company_revenue", read=_company_revenue, matter=Matter.SIZE),
    Rule(field="city", read=_said(lambda claim: claim.city), matter=Matter.COMPANY),
    Rule(
        field="street",
        read=_said(lambda claim: claim.street),
        matter=Matter.COMPANY,
        follows="city",
    ),
    Rule(
        field="state", read=_said(lambda claim: claim.state), matter=Matter.COMPANY, follows="city"
    ),
    Rule(field="country", read=_country, matter=Matter.COMPANY, follows="city"),
    Rule(field="zip_code", read=_zip_code, matter=Matter.COMPANY, follows="city"),
    Rule(field="phone", read=_phone, matter=Matter.PHONE),
    Rule(field="email", read=_email, matter=Matter.MAILBOX),
    Rule(
        field="linkedin_url",
        read=lambda claim: _profile(claim.linkedin_url, "linkedin_company"),
        matter=Matter.PROFILE,
    ),
    Rule(
        field="twitter_url",
        read=lambda claim: _profile(claim.twitter_url, "x"),
        matter=Matter.PROFILE,
    ),
    Rule(
        field="facebook_url",
        read=lambda claim: _profile(claim.facebook_url, "facebook"),
        matter=Matter.PROFILE,
    ),
)
"""In the order in which they are decided."""
