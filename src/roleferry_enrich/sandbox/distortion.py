"""What a provider makes of a fact: typing slips, short forms, yesterday's titles, gaps.

Pure: the same lens and dice give the same distortion. Ids and company ids of a person stay true
(but for a stale employer), so that what was shown can be compared with the truth.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from random import Random
from types import MappingProxyType
from typing import Any, TypeVar

from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.lenses import Lens
from roleferry_enrich.sandbox.spelling import ascii_of, letters_of, misspelt
from roleferry_enrich.sandbox.trade_words import TITLE_VARIANTS

_T = TypeVar("_T", Company, Person)

# Members by name and of many types: only the dataclass itself could check them.
_UNKNOWN: Mapping[str, Any] = MappingProxyType(
    {
        **dict.fromkeys(("personal_email", "mobile", "middle_name", "nickname", "honorific")),
        **dict.fromkeys(("email", "linkedin_slug", "title", "domain", "phone", "description"), ""),
        **dict.fromkeys(("employees", "revenue"), 0),
        "technologies": (),
        "workforce": MappingProxyType({}),
        "workforce_change": MappingProxyType({}),
    }
)
"""What stands for "not known" in each member that may be missing."""

_LOWERED = ("first_name", "middle_name", "last_name", "title", "city", "state", "country")


def seen_company(company: Company, lens: Lens, dice: Random) -> Company:
    seen = company
    if company.former_names and dice.random() < lens.former_company_names:
        seen = replace(seen, name=company.former_names[0].title())
    if lens.estimated:
        off = 1 + dice.uniform(-lens.estimated, lens.estimated)
        seen = replace(
            seen, employees=max(1, round(seen.employees * off)), revenue=round(seen.revenue * off)
        )
    seen = _with_gaps(seen, lens, dice)
    return _lowered(seen, ("name", *_LOWERED)) if lens.casing == "lower" else seen


def seen_person(person: Person, lens: Lens, dice: Random, *, stale_employer: bool) -> Person:
    seen = _still_at_the_old_place(person) if stale_employer else person
    seen = _titled(seen, lens, dice)
    seen = _named(seen, lens, dice)
    if dice.random() < lens.guessed_emails:
        seen = replace(seen, email=_guess(person))
    seen = _with_gaps(seen, lens, dice)
    return _lowered(seen, _LOWERED) if lens.casing == "lower" else seen


def _still_at_the_old_place(person: Person) -> Person:
    if person.former_company_id is None:
        return person
    return replace(
        person,
        company_id=person.former_company_id,
        title=person.former_title or person.title,
        email=person.former_email or "",
        mailbox_works=False,
    )


def _titled(person: Person, lens: Lens, dice: Random) -> Person:
    stale, chance = dice.random() < lens.stale_titles, dice.random()
    if stale and person.former_title:
        return replace(person, title=person.former_title)
    variants = TITLE_VARIANTS.get(person.title)
    if variants and chance < lens.reworded_titles:
        return replace(person, title=dice.choice(variants))
    return person


def _named(person: Person, lens: Lens, dice: Random) -> Person:
    first, last = person.first_name, person.last_name
    throws = [dice.random() for _ in range(4)]
    if person.nickname and throws[0] < lens.nicknames:
        first = person.nickname
    if throws[1] < lens.unaccented:
        first, last = ascii_of(first), ascii_of(last)
    if throws[2] < lens.typos / 2:
        first = misspelt(first, dice)
    elif throws[2] < lens.typos:
        last = misspelt(last, dice)
    if throws[3] < lens.flipped:
        first, last = last, first
    if (first, last) == (person.first_name, person.last_name):
        return person
    return replace(person, first_name=first, last_name=last)


def _guess(person: Person) -> str:
    """An address by the commonest pattern, whether or not the company uses it."""
    domain = person.email.partition("@")[2]
    return f"{letters_of(person.first_name)}.{letters_of(person.last_name)}@{domain}"


def _with_gaps(subject: _T, lens: Lens, dice: Random) -> _T:
    members = {field.name for field in fields(subject)}
    mine = [(member, rate) for member, rate in lens.missing.items() if member in members]
    gaps = {member: _UNKNOWN[member] for member, rate in mine if dice.random() < rate}
    return replace(subject, **gaps) if gaps else subject


def _lowered(subject: _T, members: tuple[str, ...]) -> _T:
    texts = {name: getattr(subject, name, None) for name in members}
    lowered: dict[str, Any] = {name: text.lower() for name, text in texts.items() if text}
    return replace(subject, **lowered)
