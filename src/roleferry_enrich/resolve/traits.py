"""A person's claim in the forms that are compared; made once, compared many times."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import Domain, Email, ProfileUrl
from roleferry_enrich.domain.observations import PersonObservation
from roleferry_enrich.domain.people import (
    BirthMonth,
    Deliverability,
    EmailKind,
    PersonClaim,
    PhoneKind,
)
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import (
    domain_of,
    identity_key,
    is_free_mail,
    is_role_account,
    parse_email,
)
from roleferry_enrich.normalise.names import (
    PersonName,
    parse_person_name,
    person_name_of_parts,
)
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import Network, is_company_page, parse_profile_url
from roleferry_enrich.normalise.registers import parse_company_number
from roleferry_enrich.normalise.text import fold
from roleferry_enrich.resolve.mailbox_spelling import spelling
from roleferry_enrich.resolve.name_alignment import NameWords, words_of
from roleferry_enrich.resolve.typed import Typed

_OWN_LINES = frozenset({PhoneKind.MOBILE, PhoneKind.DIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTraits:
    name: NameWords | None = None
    mailboxes: Mapping[str, Deliverability]
    """Mailboxes of one's own by identity key; shared ones are left out."""
    phones: Mapping[str, bool]
    """Numbers, and whether the line is one's own."""
    profiles: frozenset[str] = frozenset()
    birth: BirthMonth | None = None
    companies: frozenset[str] = frozenset()
    """The company's number, domain and name key, each with what it is in front."""
    company_name: str | None = None
    reference: tuple[str, str] | None = None
    """The provider and its own id of this person."""
    city: str | None = None
    typed: Typed | None = None
    """As typed, of a row of somebody's file; None of what a provider said."""

    def is_guess(self, mailbox: str) -> bool:
        return self.mailboxes[mailbox] is Deliverability.GUESSED

    @property
    def confirmed_domains(self) -> frozenset[str]:
        """Where a mailbox of this person was seen to receive mail."""
        return frozenset(
            key.rpartition("@")[2]
            for key, state in self.mailboxes.items()
            if state is Deliverability.VALID and not is_free_mail(Email(key))
        )

    @property
    def vanity_profiles(self) -> frozenset[str]:
        """Without LinkedIn's internal ids, which stand beside the chosen address."""
        return frozenset(url for url in self.profiles if url == url.lower())

    def best_spelling(self, name: NameWords) -> float | None:
        scores = [
            score
            for key in self.mailboxes
            if (score := spelling(key.rpartition("@")[0], name)) is not None
        ]
        return max(scores, default=None)


def traits_of(
    observation: PersonObservation, employer: frozenset[str] = frozenset()
) -> PersonTraits:
    """The traits of what one provider said.

    `employer` are the keys of one known company, whose people these are: a register knows it by
    number, others by domain, and only together do they show one company.
    """
    claim = observation.claim
    record = (observation.provenance.provider, claim.reference) if claim.reference else None
    return traits_of_claim(claim, employer=employer, reference=record)


def traits_of_claim(
    claim: PersonClaim,
    *,
    employer: frozenset[str] = frozenset(),
    reference: tuple[str, str] | None = None,
    typed: Typed | None = None,
) -> PersonTraits:
    companies = company_keys(claim)
    if not companies or companies & employer:
        companies |= employer
    name = name_of(claim)
    return PersonTraits(
        name=None if name is None else words_of(name),
        mailboxes=_mailboxes(claim),
        phones=_phones(claim),
        profiles=frozenset(profile_urls(claim)),
        birth=claim.birth,
        companies=companies,
        company_name=claim.company_name,
        reference=reference,
        city=fold(claim.city) if claim.city else None,
        typed=typed,
    )


def name_of(claim: PersonClaim) -> PersonName | None:
    """The name from the parts where the provider tells them apart, else from the full text."""
    parts = (claim.first_name, claim.last_name, claim.middle_names, claim.honorific)
    return _name(claim.full_name, *parts)


@lru_cache(maxsize=16_384)
def _name(
    full: str | None,
    first: str | None,
    last: str | None,
    middle: str | None,
    honorific: str | None,
) -> PersonName | None:
    whole = parse_person_name(full) if full else None
    parts = person_name_of_parts(first, last, middle=middle, honorific=honorific)
    if parts is None or (whole is not None and not (parts.first and parts.last)):
        return whole
    if whole is not None and whole.short == parts.short:
        # The full text may add what the parts leave out: middle names, generation, nickname.
        return replace(whole, middle=parts.middle or whole.middle)
    return parts


def profile_urls(claim: PersonClaim) -> Iterator[ProfileUrl]:
    said = ((claim.linkedin_url, "linkedin"), (claim.twitter_url, "x"))
    for text, network in said:
        url = parse_profile_url(text, cast("Network", network)) if text else None
        if url is not None and not is_company_page(url):
            yield url


def company_keys(claim: PersonClaim) -> frozenset[str]:
    """The company's identities as comparable texts, each with what it is in front."""
    return frozenset(_company_keys(claim))


def employer_keys(companies: Iterable[CompanyClaim]) -> frozenset[str]:
    """All identities of one company, from everything said about it."""
    return frozenset(
        key
        for claim in companies
        for name in (claim.name, claim.legal_name, *claim.former_names)
        for key in _company_keys(
            PersonClaim(
                company_name=name,
                company_domain=claim.domain,
                company_number=claim.company_number,
            )
        )
    )


def work_domain(claim: PersonClaim) -> Domain | None:
    """The employer's domain as said, else that of a mailbox only its staff can have."""
    if claim.company_domain and (said := parse_domain(claim.company_domain)):
        return said
    for email in claim.emails:
        address = parse_email(email.address)
        if address is not None and not is_free_mail(address):
            return domain_of(address)
    return None


def _company_keys(claim: PersonClaim) -> Iterator[str]:
    domain = work_domain(claim)
    if domain is not None:
        yield f"domain {domain}"
    if claim.company_number and (number := parse_company_number(claim.company_number)):
        yield f"number {number}"
    if claim.company_name and (named := parse_organisation(claim.company_name)):
        yield f"name {named.key}"


def _mailboxes(claim: PersonClaim) -> dict[str, Deliverability]:
    found: dict[str, Deliverability] = {}
    for email in claim.emails:
        address = parse_email(email.address)
        if address is None or email.kind is EmailKind.ROLE or is_role_account(address):
            continue
        found.setdefault(identity_key(address), email.deliverability)
    return found


def _phones(claim: PersonClaim) -> dict[str, bool]:
    return {
        number: phone.kind in _OWN_LINES
        for phone in claim.phones
        if phone.kind is not PhoneKind.SWITCHBOARD
        and (number := parse_phone(phone.number, claim.country)) is not None
    }
