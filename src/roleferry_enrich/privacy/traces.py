"""By what one person is known, and whether somebody else is the same. Pure.

Some traces tell who somebody is: a mailbox of one's own, a profile, a mobile number. A name tells
it only beside an employer, and not against a profile that says otherwise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from roleferry_enrich.domain.people import Deliverability, EmailKind, PersonClaim, PhoneKind
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import (
    ContactKind,
    ContactPoint,
    GoldenPerson,
)
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.emails import is_role_account, parse_email
from roleferry_enrich.normalise.names import parse_person_name, person_name_of_parts
from roleferry_enrich.normalise.text import words
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy.normal_forms import Employer, NormalForm

_ONES_OWN_PHONES = frozenset({PhoneKind.MOBILE, PhoneKind.DIRECT})
_PROFILE = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    forms: frozenset[NormalForm] = frozenset()
    names: frozenset[str] = frozenset()
    """Folded words in reading order, to be looked for in texts."""

    def __or__(self, other: "Traces") -> "Traces":
        return Traces(forms=self.forms | other.forms, names=self.names | other.names)

    def are_of(self, other: "Traces") -> bool:
        """Whether the other is the same person."""
        shared = self.forms & other.forms
        if any(not form.kind.startswith("name_") for form in shared):
            return True
        return bool(shared) and not _networks(self.forms) & _networks(other.forms)

    def values(self, kind: str) -> frozenset[str]:
        return frozenset(form.value for form in self.forms if form.kind == kind)


def _networks(forms: Iterable[NormalForm]) -> set[str]:
    """Where a person has a profile; whoever has another one there is another person."""
    return {form.value.partition("/")[0] for form in forms if form.kind == _PROFILE}


def of_keys(keys: Keys, *, phone: str | None = None) -> Traces:
    return Traces(
        forms=frozenset(normal_forms.of_keys(keys, phone=phone)),
        names=_names(keys.full_name, keys.first_name, keys.last_name),
    )


def of_claim(claim: PersonClaim, employer: Keys | None = None) -> Traces:
    """Of what a provider says of somebody, less the mailboxes and telephones of many."""
    own = replace(
        claim,
        emails=tuple(
            email
            for email in claim.emails
            if email.kind is not EmailKind.ROLE
            and email.deliverability is not Deliverability.GUESSED
            and not _is_shared(email.address)
        ),
        phones=tuple(phone for phone in claim.phones if phone.kind in _ONES_OWN_PHONES),
    )
    return Traces(
        forms=frozenset(normal_forms.of_claim(own, employer)),
        names=_names(claim.full_name, claim.first_name, claim.last_name),
    )


def of_golden(person: GoldenPerson, employer: Employer | None = None) -> Traces:
    """Of a golden record, likewise."""
    own = tuple(filter(_is_ones_own, person.contact_points))
    return Traces(
        forms=frozenset(normal_forms.of_golden(replace(person, contact_points=own), employer)),
        names=_names(person.text("full_name"), person.text("first_name"), person.text("last_name")),
    )


def phones_of(person: GoldenPerson) -> Traces:
    """Every number the person may be meant by, though it may be others' too."""
    numbers = (
        point.value
        for point in person.contact_points
        if point.kind is ContactKind.PHONE and point.label != PhoneKind.SWITCHBOARD
    )
    return Traces(forms=frozenset(it for one in numbers for it in normal_forms.of_phone(one)))


def _names(full: str | None, first: str | None, last: str | None) -> frozenset[str]:
    return frozenset(_written(full, first, last))


def _written(full: str | None, first: str | None, last: str | None) -> Iterator[str]:
    """The whole, and the first with the last; a single word is nobody's name."""
    read = parse_person_name(full) if full else None
    parts = person_name_of_parts(first, last) if first and last else None
    for name in (read, parts):
        if name is not None and name.first and name.last:
            yield name.key
            yield " ".join(words(name.short))


def _is_ones_own(point: ContactPoint) -> bool:
    match point.kind:
        case ContactKind.EMAIL:
            is_guessed = point.deliverability is Deliverability.GUESSED
            return point.label != "role" and not is_guessed and not _is_shared(point.value)
        case ContactKind.PHONE:
            return point.label in _ONES_OWN_PHONES
        case ContactKind.PROFILE:
            return True


def _is_shared(address: str) -> bool:
    email = parse_email(address)
    return email is not None and is_role_account(email)
