"""By what a person is recognised as one who must not be processed. Pure.

Every spelling of one identifier has one form: tags, dots and case of an address, the ways to write
a telephone number or a profile. A name identifies nobody alone, so it counts with an employer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Protocol

from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.people import EmailClaim, PersonClaim, PhoneClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import ContactKind, ContactPoint, FieldValue
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import (
    domain_of,
    identity_key,
    is_free_mail,
    parse_email,
)
from roleferry_enrich.normalise.names import parse_person_name, person_name_of_parts
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import Network, is_company_page, parse_profile_url
from roleferry_enrich.normalise.registers import parse_company_number
from roleferry_enrich.normalise.text import words

_SHARED = frozenset({"role", "switchboard"})


@dataclass(frozen=True, slots=True, order=True)
class NormalForm:
    kind: str
    """`email`, `phone`, `profile`, `name_domain`, `name_company` or `name_number`."""
    value: str
    written: str | None = field(default=None, compare=False)
    """An address as it was given: deletion lists know spellings and not mailboxes."""


def of_keys(keys: Keys, *, phone: str | None = None) -> tuple[NormalForm, ...]:
    """The forms of whom these keys name; none where they name a company alone."""
    return of_claim(
        PersonClaim(
            emails=(EmailClaim(address=keys.email),) if keys.email else (),
            phones=(PhoneClaim(number=phone),) if phone else (),
            linkedin_url=keys.linkedin_url,
            full_name=keys.full_name,
            first_name=keys.first_name,
            last_name=keys.last_name,
            company_name=keys.company_name,
            company_domain=keys.domain,
            company_number=keys.company_number,
            country=keys.country,
        )
    )


def of_claim(claim: PersonClaim, employer: Keys | None = None) -> tuple[NormalForm, ...]:
    """The forms of whom a provider speaks of; `employer` says where, if the claim does not."""
    return _unique(_of_claim(claim, employer or Keys()))


class Known(Protocol):
    """A person as merged, or as stored."""

    @property
    def fields(self) -> Mapping[str, FieldValue]: ...

    @property
    def contact_points(self) -> tuple[ContactPoint, ...]: ...


class Employer(Protocol):
    @property
    def fields(self) -> Mapping[str, FieldValue]: ...


def of_golden(person: Known, employer: Employer | None = None) -> tuple[NormalForm, ...]:
    """The forms of a person as merged or stored: whatever anybody said of them.

    Without what is not theirs alone: a shared mailbox, a switchboard.
    """
    points = [point for point in person.contact_points if point.label not in _SHARED]
    said = PersonClaim(
        emails=tuple(EmailClaim(address=p.value) for p in points if p.kind is ContactKind.EMAIL),
        phones=tuple(PhoneClaim(number=p.value) for p in points if p.kind is ContactKind.PHONE),
        linkedin_url=_text(person, "linkedin_url"),
        full_name=_text(person, "full_name"),
        first_name=_text(person, "first_name"),
        last_name=_text(person, "last_name"),
        company_name=_text(person, "company_name") or _text(employer, "name"),
        company_domain=_text(person, "company_domain") or _text(employer, "domain"),
        company_number=_text(person, "company_number") or _text(employer, "company_number"),
    )
    profiles = (p.value for p in points if p.kind is ContactKind.PROFILE)
    return _unique([*_of_claim(said, Keys()), *(f for url in profiles for f in of_profile(url))])


def of_email(address: str) -> tuple[NormalForm, ...]:
    email = parse_email(address)
    return (NormalForm("email", identity_key(email), email),) if email else ()


def of_phone(number: str, country: str | None = None) -> tuple[NormalForm, ...]:
    parsed = parse_phone(number, country)
    return (NormalForm("phone", parsed, parsed),) if parsed else ()


def of_profile(url: str, network: Network | None = None) -> tuple[NormalForm, ...]:
    profile = parse_profile_url(url, network)
    if profile is None or is_company_page(profile):
        return ()
    return (NormalForm("profile", profile.lower()),)


def _text(known: Employer | None, field: str) -> str | None:
    said = known.fields.get(field) if known else None
    return None if said is None else str(said.value)


def _of_claim(claim: PersonClaim, employer: Keys) -> Iterator[NormalForm]:
    for email in claim.emails:
        yield from of_email(email.address)
    for phone in claim.phones:
        yield from of_phone(phone.number, claim.country or employer.country)
    if claim.linkedin_url:
        yield from of_profile(claim.linkedin_url, "linkedin")
    if claim.twitter_url:
        yield from of_profile(claim.twitter_url, "x")
    name = _name(claim)
    if name:
        yield from _at_work(name, claim, employer)


def _name(claim: PersonClaim) -> str | None:
    """First and last name in no order: lists put either in front."""
    parts = claim.first_name and claim.last_name
    name = (
        person_name_of_parts(claim.first_name, claim.last_name)
        if parts
        else parse_person_name(claim.full_name or "")
    )
    if name is None or not (name.first and name.last):
        return None
    return " ".join(sorted(words(name.short)))


def _at_work(name: str, claim: PersonClaim, employer: Keys) -> Iterator[NormalForm]:
    for domain in _domains(claim, employer):
        yield NormalForm("name_domain", f"{name}|{domain}")
    company = parse_organisation(claim.company_name or employer.company_name or "")
    if company is not None:
        yield NormalForm("name_company", f"{name}|{company.key}")
    number = claim.company_number or employer.company_number
    parsed = parse_company_number(number) if number else None
    if parsed is not None:
        yield NormalForm("name_number", f"{name}|{parsed}")


def _domains(claim: PersonClaim, employer: Keys) -> Iterator[Domain]:
    said = parse_domain(claim.company_domain or employer.domain or "")
    if said is not None:
        yield said
    for email in claim.emails:
        address = parse_email(email.address)
        domain = domain_of(address) if address and not is_free_mail(address) else None
        if domain is not None:
            yield domain


def _unique(forms: Iterable[NormalForm]) -> tuple[NormalForm, ...]:
    """With each spelling of an address, for which deletion lists have a hash each."""
    return tuple({(form, form.written): form for form in forms}.values())
