"""Decides which stored person or company a golden record is, from the keys both are known by.

Pure. Resolution has already decided who is who within one request; this carries the decision
over time, so that next month's answer about Ada updates Ada instead of adding a second one.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from uuid import UUID

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import Deliverability, PersonClaim
from roleferry_enrich.domain.records import ContactKind, GoldenCompany, GoldenPerson
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.storage.documents import storable


class Subject(StrEnum):
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One key by which an account knows a subject."""

    subject: Subject
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A golden record on its way to a row: the id it gets if it is nobody we know."""

    id: UUID
    identities: tuple[Identity, ...]
    """Most telling first."""


# Kinds of which a subject has one: another value means another subject, whatever agrees below.
_EXCLUSIVE = frozenset({"linkedin", "number", "domain"})

# Two people may share these within one answer (namesakes on one board).
_SHAREABLE = frozenset({"name_number", "name_domain", "name_company", "name"})

# An index entry holds about 2,700 bytes; a longer key is kept as its digest.
_LONGEST = 400


def of_person(person: GoldenPerson, employer: GoldenCompany | None = None) -> tuple[Identity, ...]:
    """How this person is recognised; `employer` fills in what the person's record leaves out."""

    def company(field: str, employers: str) -> str | None:
        return person.text(field) or (employer.text(employers) if employer else None)

    return _person_identities(
        emails=_own_emails(person),
        linkedin_url=person.text("linkedin_url"),
        name=_name(person.text("full_name"), person.text("first_name"), person.text("last_name")),
        employer={
            "name_number": company("company_number", "company_number"),
            "name_domain": company("company_domain", "domain"),
            "name_company": company("company_name", "name"),
        },
    )


def of_person_claim(claim: PersonClaim) -> tuple[Identity, ...]:
    return _person_identities(
        emails=[email.address for email in claim.emails],
        linkedin_url=claim.linkedin_url,
        name=_name(claim.full_name, claim.first_name, claim.last_name),
        employer={
            "name_number": claim.company_number,
            "name_domain": claim.company_domain,
            "name_company": claim.company_name,
        },
    )


def of_company(company: GoldenCompany | CompanyClaim) -> tuple[Identity, ...]:
    """How this company is recognised. A number says nothing without its register's country."""
    number, country = _said(company, "company_number"), _said(company, "country")
    found = {
        "number": f"{country}:{number}" if number and country else None,
        "domain": _said(company, "domain"),
        "name": _said(company, "name"),
    }
    return _identities(Subject.COMPANY, found)


def of_mailbox(address: str) -> Identity:
    return _identity(Subject.PERSON, "email", address)


def candidates(
    found: Sequence[tuple[UUID, tuple[Identity, ...]]], *, subject: Subject, enrichment_id: UUID
) -> tuple[Candidate, ...]:
    """Candidates of one enrichment, told apart: no identity belongs to two of them."""
    taken: set[Identity] = set()
    told_apart = []
    for position, (new_id, identities) in enumerate(found):
        own = [_free(identity, taken) for identity in identities]
        kept = tuple(identity for identity in own if identity is not None)
        # Nobody can be recognised by this, but recording the same enrichment again finds it.
        fallback = (Identity(subject, "enrichment", f"{enrichment_id}:{position}"),)
        told_apart.append(Candidate(new_id, kept or fallback))
        taken.update(kept)
    return tuple(told_apart)


def settle(
    candidate: Candidate,
    *,
    owners: Mapping[Identity, UUID],
    held: Mapping[UUID, frozenset[Identity]],
) -> UUID:
    """The subject this candidate is: the first known owner of its keys that nothing contradicts."""
    for rank, identity in enumerate(candidate.identities):
        owner = owners[identity]
        stronger = candidate.identities[:rank]
        if owner != candidate.id and not _contradicts(stronger, held.get(owner, frozenset())):
            return owner
    return candidate.id


def _contradicts(stronger: Sequence[Identity], held: frozenset[Identity]) -> bool:
    return any(
        mine.kind in _EXCLUSIVE
        and mine not in held
        and any(theirs.kind == mine.kind for theirs in held)
        for mine in stronger
    )


def _free(identity: Identity, taken: set[Identity]) -> Identity | None:
    if identity not in taken:
        return identity
    if identity.kind not in _SHAREABLE:
        return None
    nth = 2
    while (numbered := replace(identity, value=f"{identity.value}#{nth}")) in taken:
        nth += 1
    return numbered


def _own_emails(person: GoldenPerson) -> list[str]:
    """Addresses that are this person's alone: neither shared mailboxes nor guesses."""
    return [
        point.value
        for point in person.contact_points
        if point.kind is ContactKind.EMAIL
        and point.label != "role"
        and point.deliverability is not Deliverability.GUESSED
    ]


def _person_identities(
    *,
    emails: Sequence[str],
    linkedin_url: str | None,
    name: str | None,
    employer: Mapping[str, str | None],
) -> tuple[Identity, ...]:
    at_work = {
        kind: f"{name}|{value}" if name and value else None for kind, value in employer.items()
    }
    profile = _profile(linkedin_url) if linkedin_url else None
    mailboxes = tuple(dict.fromkeys(of_mailbox(email) for email in emails))
    return mailboxes + _identities(Subject.PERSON, {"linkedin": profile, **at_work})


def _identities(subject: Subject, found: Mapping[str, str | None]) -> tuple[Identity, ...]:
    return tuple(_identity(subject, kind, value) for kind, value in found.items() if value)


def _identity(subject: Subject, kind: str, value: str) -> Identity:
    text = " ".join(unicodedata.normalize("NFKC", storable(value)).casefold().split())
    if len(text) > _LONGEST:
        text = hashlib.sha256(text.encode()).hexdigest()
    return Identity(subject, kind, text)


def _name(full: str | None, first: str | None, last: str | None) -> str | None:
    return full or (f"{first} {last}" if first and last else None)


def _profile(url: str) -> str:
    """The profile's address as the canonical form has it, also for one as a provider wrote it."""
    bare = url.split("://", 1)[-1].split("?", 1)[0].split("#", 1)[0].rstrip("/")
    return bare.casefold().removeprefix("www.")


def _said(company: GoldenCompany | CompanyClaim, field: str) -> str | None:
    if isinstance(company, GoldenCompany):
        return company.text(field)
    value = getattr(company, field)
    return value if isinstance(value, str) else None
