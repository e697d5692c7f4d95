"""Founds the invented companies: look-alikes, groups and family firms among them on purpose."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from roleferry_enrich.sandbox.inhabitants import Company
from roleferry_enrich.sandbox.places import COUNTRIES, City, Country
from roleferry_enrich.sandbox.spelling import slug_of
from roleferry_enrich.sandbox.trade_words import (
    DEPARTMENTS,
    GROUP_WORDS,
    STEM_BEGINNINGS,
    STEM_ENDINGS,
    TECHNOLOGIES,
    TRADES,
    Trade,
)
from roleferry_enrich.sandbox.vocabulary import CULTURES, CULTURES_OF_COUNTRY

_PARTNERSHIPS = {"Legal Services", "Accounting", "Management Consulting"}
_HEADCOUNTS = ((4, 19), (20, 49), (50, 199), (50, 199), (200, 999), (1_000, 9_000))
_STATUSES = ("active", "dissolved", "liquidation", "administration")
_PATTERNS = ("first.last", "flast", "first", "f.last", "first_last")
_EARLIEST = date(1962, 1, 8)
_LATEST = date(2023, 11, 20)
_FIRST_TRADE = TRADES[0]


@dataclass(frozen=True, slots=True)
class _Name:
    """What a company is called, and what that says of it."""

    stem: str
    name: str
    family: str | None = None
    group: int | None = None


@dataclass(slots=True)
class _Register:
    """The companies so far, and what each of them has used up."""

    dice: Random
    companies: list[Company] = field(default_factory=list)
    stems: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def found_companies(dice: Random, count: int) -> list[Company]:
    """Company 0 is always Quillmere Instruments, whatever the seed."""
    register = _Register(dice)
    codes = list(COUNTRIES)
    weights = [country.weight for country in COUNTRIES.values()]
    for _ in range(count):
        code = dice.choices(codes, weights)[0] if register.companies else "GB"
        _enter(register, COUNTRIES[code])
    return register.companies


def _enter(register: _Register, country: Country) -> None:
    first = not register.companies
    trade = _FIRST_TRADE if first else register.dice.choice(TRADES)
    name = _Name("Quillmere", "Quillmere Instruments") if first else _name(register, country, trade)
    register.stems.append(name.stem)
    register.companies.append(_company(register, country, trade, name))


def _name(register: _Register, country: Country, trade: Trade) -> _Name:
    dice = register.dice
    chance = dice.random()
    word = dice.choice(trade.words)
    if chance < 0.08:
        return _family_name(dice, country, word)
    if chance < 0.18:
        return _sibling_name(register)
    if chance < 0.25:
        stem = dice.choice(register.stems)
        return _fresh(register, stem, f"{stem} {word}")
    stem = dice.choice(STEM_BEGINNINGS) + dice.choice(STEM_ENDINGS)
    return _fresh(register, stem, dice.choice((f"{stem} {word}", f"{stem} {word}", stem)))


def _family_name(dice: Random, country: Country, word: str) -> _Name:
    culture = max(CULTURES_OF_COUNTRY[country.code].items(), key=lambda item: item[1])[0]
    surname = dice.choice(CULTURES[culture].surnames)
    plain = surname.split()[-1].capitalize()
    tail = dice.choice(("& Sons", "Brothers", f"Family {word}", f"{word}"))
    return _Name(plain, f"{plain} {tail}", family=surname)


def _sibling_name(register: _Register) -> _Name:
    """Another company of a group: its parent's stem and one of the words groups use."""
    head = register.dice.randrange(len(register.companies))
    parent = register.companies[head].group
    head = head if parent is None else parent
    stem = register.stems[head]
    return _Name(stem, f"{stem} {register.dice.choice(GROUP_WORDS)}", group=head)


def _fresh(register: _Register, stem: str, name: str) -> _Name:
    known = name in register.taken
    register.taken.add(name)
    return _Name(stem, f"{name} {register.dice.choice(GROUP_WORDS)}" if known else name)


def _company(register: _Register, country: Country, trade: Trade, name: _Name) -> Company:
    dice = register.dice
    city = dice.choice(country.cities)
    form = _legal_form(dice, country, trade)
    low, high = dice.choice(_HEADCOUNTS[2:4] if not register.companies else _HEADCOUNTS)
    employees = dice.randint(low, high)
    house, street = dice.randint(1, 180), dice.choice(country.streets)
    return Company(
        id=len(register.companies),
        name=name.name,
        legal_name=_legal_name(name.name, form, country),
        former_names=_former_names(dice, name, form, country),
        number=_number(register, country, form),
        status=dice.choices(_STATUSES, (90, 5, 3, 2))[0] if register.companies else "active",
        incorporated_on=_EARLIEST + timedelta(days=dice.randrange((_LATEST - _EARLIEST).days)),
        domain=_domain(register, name),
        industry=trade.industry,
        sic_code=trade.sic_code,
        description=f"{name.name} provides {trade.offering} from {city.name}.",
        employees=employees,
        revenue=employees * dice.randrange(60_000, 240_000, 1_000),
        street=f"{house} {street}" if country.house_first else f"{street} {house}",
        city=city.name,
        state=city.state,
        country=country.name,
        country_code=country.code,
        postcode=filled(city.postcode, dice),
        phone=_phone(register, city),
        linkedin_slug=_unused(register, "in:", slug_of(name.name), ""),
        technologies=tuple(sorted(dice.sample(TECHNOLOGIES, dice.randint(3, 12)))),
        workforce=_workforce(dice),
        workforce_change={part: dice.randint(-12, 18) / 100 for part in DEPARTMENTS},
        corporate_officers=_corporate_officers(register, country, name),
        group=name.group,
        family=name.family,
        email_pattern=_pattern(register),
        accepts_all_mail=bool(register.companies) and dice.random() < 0.12,
    )


def _legal_form(dice: Random, country: Country, trade: Trade) -> str:
    form = dice.choice(country.suffixes)
    return "Limited" if form == "LLP" and trade.industry not in _PARTNERSHIPS else form


def _legal_name(name: str, form: str, country: Country) -> str:
    legal = f"{name} {form}"
    return legal.upper() if country.code == "GB" else legal


def _former_names(dice: Random, name: _Name, form: str, country: Country) -> tuple[str, ...]:
    if dice.random() > 0.15:
        return ()
    earlier = f"{name.stem} {dice.choice(dice.choice(TRADES).words)}"
    return () if earlier == name.name else (_legal_name(earlier, form, country),)


def _number(register: _Register, country: Country, form: str) -> str:
    """As the country's own register writes them; the United States have no national one."""
    dice = register.dice
    match country.code:
        case "GB":
            prefix = (
                "OC" if form == "LLP" else dice.choices(("0", "1", "SC", "NI"), (60, 28, 8, 4))[0]
            )
            pattern = prefix + "#" * (8 - len(prefix))
        case "US":
            return ""
        case "DE":
            pattern = "HRB 1#####"
        case "FR":
            pattern = "4########"
        case "NL":
            pattern = "6#######"
        case _:
            pattern = "5#####"
    return _unused_pattern(register, pattern)


def _unused_pattern(register: _Register, pattern: str) -> str:
    while (text := filled(pattern, register.dice)) in register.taken:
        continue
    register.taken.add(text)
    return text


def filled(pattern: str, dice: Random) -> str:
    """`#` becomes a digit and `@` a letter that postcodes use."""
    signs = {"#": "0123456789", "@": "ABDEFGHJLNPQRSTUWXYZ"}
    return "".join(dice.choice(signs[sign]) if sign in signs else sign for sign in pattern)


def _domain(register: _Register, name: _Name) -> str:
    dice = register.dice
    stem, full = slug_of(name.stem), slug_of(name.name)
    ways = (full.replace("-", ""), full, stem, f"{stem}-hq", f"get{stem}")
    wanted = dice.choices(ways, (45, 25, 20, 5, 5))[0] if register.companies else stem
    return _unused(register, "web:", wanted, ".test")


def _unused(register: _Register, kind: str, wanted: str, tail: str) -> str:
    text, number = wanted, 1
    while kind + text in register.taken:
        number += 1
        text = f"{wanted}-{number}"
    register.taken.add(kind + text)
    return text + tail


def _phone(register: _Register, city: City) -> str:
    """Empty where the country has no numbers for fiction, or they are used up."""
    return unused_number(register.dice, city.dialling, register.taken) if city.dialling else ""


def unused_number(dice: Random, pattern: str, taken: set[str]) -> str:
    for _ in range(20):
        number = filled(pattern, dice)
        if number not in taken:
            taken.add(number)
            return number
    return ""


def _workforce(dice: Random) -> dict[str, float]:
    weights = [dice.randint(1, 20) for _ in DEPARTMENTS]
    total = sum(weights)
    return {
        part: round(weight / total, 4) for part, weight in zip(DEPARTMENTS, weights, strict=True)
    }


def _corporate_officers(register: _Register, country: Country, name: _Name) -> tuple[str, ...]:
    dice = register.dice
    if country.code != "GB" or dice.random() > 0.18:
        return ()
    stem = dice.choice(STEM_BEGINNINGS) + dice.choice(STEM_ENDINGS)
    officer = f"{stem} {dice.choice(('Secretaries', 'Nominees', 'Directors'))} Limited".upper()
    head = () if name.group is None else (register.companies[name.group].legal_name,)
    return (officer, *head)


def _pattern(register: _Register) -> str:
    chosen = register.dice.choices(_PATTERNS, (52, 20, 12, 8, 8))[0]
    return chosen if register.companies else "first.last"
