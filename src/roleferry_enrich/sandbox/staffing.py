"""Hires the people of the invented companies, with the coincidences that merging must survive.

Namesakes at one company and at several, families on one board, shared surnames, directors who
resigned, moves from one company to another: each is put there with a known frequency.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from roleferry_enrich.sandbox.firms import unused_number
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.places import COUNTRIES
from roleferry_enrich.sandbox.spelling import letters_of, slug_of
from roleferry_enrich.sandbox.trade_words import (
    CHIEF,
    EXECUTIVES,
    FAMILY_OWNER,
    FOUNDER,
    MANAGING_PARTNER,
    PARTNERS,
    SECRETARY,
    STAFF,
    Post,
)
from roleferry_enrich.sandbox.vocabulary import (
    CULTURES,
    CULTURES_OF_COUNTRY,
    HONORIFICS,
    NATIONALITY_OF_CULTURE,
    NICKNAMES,
)

_TODAY = date(2026, 6, 1)  # of the invented world, which does not age
_MAILBOXES_AT_HOME = ("postbox.test", "freemail.test", "inboxed.test")
_MOBILE_OF_COUNTRY = {"GB": 0.32, "US": 0.5, "DE": 0.3, "FR": 0.5}


@dataclass(frozen=True, slots=True)
class _Name:
    first: str
    last: str
    middle: str | None
    culture: str
    woman: bool
    born: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """A post at a company, and whether its holder has left it."""

    post: Post
    officer_role: str | None = None
    left: bool = False


@dataclass(slots=True)
class _Hiring:
    dice: Random
    companies: Sequence[Company]
    people: list[Person] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def hire_people(dice: Random, companies: Sequence[Company]) -> list[Person]:
    """Person 0 is always Orla Fenwick, chief executive of company 0."""
    hiring = _Hiring(dice, companies)
    for company in companies:
        colleagues: list[_Name] = []
        for place in _places(dice, company):
            name = _name(hiring, company, place, colleagues)
            colleagues.append(name)
            hiring.people.append(_person(hiring, company, place, name))
    return hiring.people


def _places(dice: Random, company: Company) -> Iterator[_Place]:
    yield from _board(dice, company)
    for _ in range(dice.randint(4, 10)):
        yield _Place(dice.choice(STAFF))
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3))):
        post = dice.choice(EXECUTIVES[:5])
        yield _Place(post, _officer_role(company, "director"), left=True)


def _board(dice: Random, company: Company) -> Iterator[_Place]:
    partnership = company.legal_name.endswith("LLP")
    role = "llp-designated-member" if partnership else "director"
    yield _Place(_head(dice, company), _officer_role(company, role))
    size = 8 if company.id == 0 else dice.randint(2, 8)
    posts = dice.sample(EXECUTIVES, size)
    if partnership:
        posts = [dice.choice(PARTNERS) for _ in range(size)]
    for post in posts:
        in_law = partnership or company.id == 0 or dice.random() < 0.75
        held = "llp-member" if partnership else role
        yield _Place(post, _officer_role(company, held) if in_law else None)
    if not partnership and dice.random() < 0.4:
        yield _Place(SECRETARY, _officer_role(company, "secretary"))


def _head(dice: Random, company: Company) -> Post:
    if company.legal_name.endswith("LLP"):
        return MANAGING_PARTNER
    if company.family:
        return FAMILY_OWNER
    small = company.id > 0 and company.employees < 50
    return FOUNDER if small and dice.random() < 0.6 else CHIEF


def _officer_role(company: Company, role: str) -> str | None:
    """Only British companies have officers whom a register in this world knows."""
    return role if company.country_code == "GB" else None


def _name(hiring: _Hiring, company: Company, place: _Place, colleagues: list[_Name]) -> _Name:
    dice = hiring.dice
    if not hiring.people:
        return _Name("Orla", "Fenwick", "Maeve", "celtic", woman=True, born=(1974, 3))
    if colleagues and dice.random() < 0.006:
        return _namesake(dice, dice.choice(colleagues))
    if dice.random() < 0.02:
        return _namesake_elsewhere(dice, dice.choice(hiring.people[1:] or hiring.people))
    senior = place.post.seniority not in {"manager", "senior", "entry"}
    name = _fresh_name(dice, company, latest=1988 if senior else 2001)
    if company.family and place.post.seniority in {"owner", "c_suite", "director"}:
        related = dice.random() < 0.7 or place.post is FAMILY_OWNER
        return _married_in(name, company.family) if related else name
    return name


def _fresh_name(dice: Random, company: Company, *, latest: int) -> _Name:
    weights = CULTURES_OF_COUNTRY[company.country_code]
    key = dice.choices(list(weights), list(weights.values()))[0]
    culture = CULTURES[key]
    woman = dice.random() < 0.42
    first, second = dice.sample(culture.women if woman else culture.men, 2)
    last = dice.choice(culture.surnames)
    if woman and last.endswith(("ski", "cki")):
        last = f"{last[:-1]}a"  # Polish surnames of this kind have a form for women
    if dice.random() < 0.04:
        last = f"{last}-{dice.choice(culture.surnames)}"
    middle = second if dice.random() < 0.55 else None
    return _Name(first, last, middle, key, woman, _born(dice, latest))


def _born(dice: Random, latest: int) -> tuple[int, int]:
    return dice.randint(1946, latest), dice.randint(1, 12)


def _namesake(dice: Random, name: _Name) -> _Name:
    """The same name, born at another time; a parent and a child as often as a coincidence."""
    year, month = name.born
    born = (max(1940, year - dice.randint(20, 34)), month % 12 + 1)
    return _Name(name.first, name.last, None, name.culture, name.woman, born)


def _namesake_elsewhere(dice: Random, person: Person) -> _Name:
    cultures = (key for key, name in NATIONALITY_OF_CULTURE.items() if name == person.nationality)
    culture = next(cultures)
    first = person.first_name
    woman = first in CULTURES[culture].women
    return _Name(first, person.last_name, None, culture, woman, _born(dice, 1988))


def _married_in(name: _Name, family: str) -> _Name:
    return _Name(name.first, family, name.middle, name.culture, name.woman, name.born)


def _person(hiring: _Hiring, company: Company, place: _Place, name: _Name) -> Person:
    dice = hiring.dice
    appointed, resigned = _term(dice, company, place, grown_up=name.born[0] + 21)
    moved_from = _employer_before(hiring, company)
    first = not hiring.people
    return Person(
        id=len(hiring.people),
        company_id=company.id,
        first_name=name.first,
        middle_name=name.middle,
        last_name=name.last,
        honorific=None if first else _honorific(dice, name),
        nickname=NICKNAMES.get(name.first) if dice.random() < 0.45 else None,
        title=place.post.title,
        seniority=place.post.seniority,
        department=place.post.department,
        officer_role=place.officer_role,
        appointed_on=appointed,
        resigned_on=resigned,
        birth_year=name.born[0],
        birth_month=name.born[1],
        nationality=NATIONALITY_OF_CULTURE[name.culture],
        email=_mailbox(hiring, company, name),
        personal_email=_mailbox_at_home(hiring, name) if dice.random() < 0.35 else None,
        mobile=_mobile(hiring, company),
        linkedin_slug=_profile(hiring, name),
        city=company.city,
        state=company.state,
        country=company.country,
        former_last_name=_maiden_name(dice, name),
        former_title=place.post.former or None,
        former_company_id=None if moved_from is None else moved_from.id,
        former_email=None if moved_from is None else _address(name, moved_from),
        mailbox_works=first or dice.random() > 0.04,
    )


def _term(
    dice: Random, company: Company, place: _Place, *, grown_up: int
) -> tuple[date | None, date | None]:
    """Appointment and resignation; staff below the board have neither."""
    if place.officer_role is None and place.post.seniority not in {
        "c_suite",
        "partner",
        "director",
    }:
        return None, _left_on(dice, date(2016, 1, 1)) if place.left else None
    opened = max(company.incorporated_on, date(max(1998, grown_up), 1, 1))
    appointed = opened + timedelta(days=dice.randrange(max(1, (date(2024, 6, 1) - opened).days)))
    return appointed, _left_on(dice, appointed) if place.left else None


def _left_on(dice: Random, appointed: date) -> date:
    return appointed + timedelta(days=dice.randrange(200, max(201, (_TODAY - appointed).days)))


def _employer_before(hiring: _Hiring, company: Company) -> Company | None:
    if not hiring.people or hiring.dice.random() > 0.3:
        return None
    before = hiring.dice.choice(hiring.companies)
    return None if before.id == company.id else before


def _honorific(dice: Random, name: _Name) -> str | None:
    if dice.random() < 0.05:
        rank = dice.choices(HONORIFICS, (70, 15, 6, 3, 4, 2))[0]
        return "Dame" if name.woman and rank == "Sir" else rank
    plain = dice.choice(("Mrs", "Ms", "Miss")) if name.woman else "Mr"
    return plain if dice.random() < 0.5 else None


def _maiden_name(dice: Random, name: _Name) -> str | None:
    if not name.woman or dice.random() > 0.08:
        return None
    return dice.choice(CULTURES[name.culture].surnames)


def _mailbox(hiring: _Hiring, company: Company, name: _Name) -> str:
    return _unused(hiring, _address(name, company))


def _address(name: _Name, company: Company) -> str:
    first, last = letters_of(name.first.split()[0]), letters_of(name.last)
    match company.email_pattern:
        case "flast":
            local = f"{first[0]}{last}"
        case "first":
            local = first
        case "f.last":
            local = f"{first[0]}.{last}"
        case "first_last":
            local = f"{first}_{last}"
        case _:
            local = f"{first}.{last}"
    return f"{local}@{company.domain}"


def _mailbox_at_home(hiring: _Hiring, name: _Name) -> str:
    local = f"{letters_of(name.first)}.{letters_of(name.last)}"
    year = str(name.born[0])[2:]
    return _unused(hiring, f"{local}{year}@{hiring.dice.choice(_MAILBOXES_AT_HOME)}")


def _unused(hiring: _Hiring, address: str) -> str:
    local, _, domain = address.partition("@")
    number = 1
    while address in hiring.taken:
        number += 1
        address = f"{local}{number}@{domain}"
    hiring.taken.add(address)
    return address


def _mobile(hiring: _Hiring, company: Company) -> str | None:
    patterns = COUNTRIES[company.country_code].mobiles
    if hiring.dice.random() > _MOBILE_OF_COUNTRY.get(company.country_code, 0):
        return None
    return unused_number(hiring.dice, hiring.dice.choice(patterns), hiring.taken) or None


def _profile(hiring: _Hiring, name: _Name) -> str:
    if not hiring.people:
        return "orla-fenwick-test"
    return f"{slug_of(f'{name.first} {name.last}')}-{hiring.dice.randrange(16**6):06x}"
