"""What a claim yields for asking others: the keys of the person or the company it speaks of."""

from collections.abc import Mapping
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.people import Deliverability, PersonClaim
from roleferry_enrich.domain.queries import KeyReader, Keys
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import (
    domain_of,
    is_free_mail,
    is_role_account,
    parse_email,
)
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.resolve.identity import british_number
from roleferry_enrich.resolve.traits import name_of, profile_urls, work_domain


def with_person(known: Keys, claim: PersonClaim) -> Keys:
    """The keys known, and what the claim adds to them."""
    return known.filled_from(claim, _OF_PERSON)


def with_company(known: Keys, claim: CompanyClaim) -> Keys:
    """The keys known, and what the claim adds to them."""
    return known.filled_from(claim, _OF_COMPANY)


def own_mailboxes(claim: PersonClaim) -> list[Email]:
    """The mailboxes of one's own, the most useful first: at work, not known to bounce."""
    ranked: list[tuple[tuple[bool, bool, bool], Email]] = []
    for email in claim.emails:
        address = parse_email(email.address)
        if address is None or is_role_account(address):
            continue
        bounces = email.deliverability is Deliverability.INVALID
        guessed = email.deliverability is Deliverability.GUESSED
        ranked.append(((bounces, is_free_mail(address), guessed), address))
    return [address for _, address in sorted(ranked, key=lambda found: found[0])]


def _mailbox(claim: PersonClaim) -> Email | None:
    return next(iter(own_mailboxes(claim)), None)


def _full_name(claim: PersonClaim) -> str | None:
    name = name_of(claim)
    return name.short if name and name.first and name.last else None


def _first_name(claim: PersonClaim) -> str | None:
    name = name_of(claim)
    return (name.first or None) if name else None


def _last_name(claim: PersonClaim) -> str | None:
    name = name_of(claim)
    return (name.last or None) if name else None


def _profile(claim: PersonClaim) -> ProfileUrl | None:
    urls = (url for url in profile_urls(claim) if url.startswith("linkedin.com"))
    return next(urls, None)


def _employer(claim: PersonClaim) -> str | None:
    company = parse_organisation(claim.company_name) if claim.company_name else None
    return company.name if company else None


def _employer_number(claim: PersonClaim) -> CompanyNumber | None:
    number, name = claim.company_number, claim.company_name
    return british_number(number, claim.country, work_domain(claim), name) if number else None


def _country(claim: PersonClaim | CompanyClaim) -> str | None:
    return parse_country(claim.country) if claim.country else None


def _domain(claim: CompanyClaim) -> Domain | None:
    """The domain as said, else that of the company's own mailbox."""
    if claim.domain and (said := parse_domain(claim.domain)):
        return said
    address: Email | None = parse_email(claim.email) if claim.email else None
    return domain_of(address) if address and not is_free_mail(address) else None


def _name(claim: CompanyClaim) -> str | None:
    named = parse_organisation(claim.name or claim.legal_name or "")
    return named.name if named else None


def _number(claim: CompanyClaim) -> CompanyNumber | None:
    number, name = claim.company_number, claim.legal_name or claim.name
    return british_number(number, claim.country, _domain(claim), name) if number else None


def _page(claim: CompanyClaim) -> ProfileUrl | None:
    url = claim.linkedin_url
    return parse_profile_url(url, "linkedin_company") if url else None


def _account(claim: CompanyClaim) -> ProfileUrl | None:
    return parse_profile_url(claim.twitter_url, "x") if claim.twitter_url else None


def _facebook_page(claim: CompanyClaim) -> ProfileUrl | None:
    return parse_profile_url(claim.facebook_url, "facebook") if claim.facebook_url else None


_OF_PERSON: Mapping[str, KeyReader[PersonClaim]] = MappingProxyType(
    {
        "email": _mailbox,
        "full_name": _full_name,
        "first_name": _first_name,
        "last_name": _last_name,
        "linkedin_url": _profile,
        "domain": work_domain,
        "company_name": _employer,
        "company_number": _employer_number,
        "country": _country,
    }
)
_OF_COMPANY: Mapping[str, KeyReader[CompanyClaim]] = MappingProxyType(
    {
        "domain": _domain,
        "company_name": _name,
        "company_number": _number,
        "company_linkedin_url": _page,
        "company_twitter_url": _account,
        "company_facebook_url": _facebook_page,
        "country": _country,
    }
)
