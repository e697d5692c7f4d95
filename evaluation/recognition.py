"""Whom of the invented world a golden record speaks of: by profile, mailbox, birth, else name."""

from collections.abc import Iterable

from rapidfuzz import fuzz

from roleferry_enrich.domain.records import ContactKind, GoldenPerson
from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.spelling import name_key

_ALIKE = 84
"""Two letters off in a name of twelve: a slip and a half."""


def recognised(record: GoldenPerson, directory: Directory, company: Company) -> Person | None:
    """The person meant; None where the record fits nobody who ever was at the company."""
    known = directory.connected(company.id)
    slugs = {
        point.value.rpartition("/")[2] for point in record.contact_points if _is_profile(point)
    }
    for person in known:
        if person.linkedin_slug in slugs:
            return person
    boxes = {point.value for point in record.contact_points if point.kind is ContactKind.EMAIL}
    named = record.text("full_name") or ""
    near = [person for person in known if _nearness(named, person) >= _ALIKE]
    owners = [person for person in near or known if boxes & set(_mailboxes(person))]
    return max(owners or near, key=lambda person: _nearness(named, person), default=None)


def _is_profile(point: object) -> bool:
    return getattr(point, "kind", None) is ContactKind.PROFILE


def _mailboxes(person: Person) -> Iterable[str]:
    return filter(None, (person.email, person.personal_email, person.former_email))


def _nearness(named: str, person: Person) -> float:
    said = name_key(named)
    firsts = filter(None, (person.first_name, person.nickname))
    forms = [name_key(first, person.last_name) for first in firsts]
    if person.middle_name:
        forms.append(name_key(person.first_name, person.middle_name, person.last_name))
    return max(fuzz.token_sort_ratio(said, form) for form in forms)
