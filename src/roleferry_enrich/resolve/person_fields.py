"""The survivorship table of a person: field, what a claim says of it, what kind of fact it is."""

from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.names import PersonName
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.registers import parse_company_number
from roleferry_enrich.normalise.text import clean, words
from roleferry_enrich.normalise.titles import (
    Title,
    parse_department,
    parse_seniority,
    parse_title,
)
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.offices import SENIORITY_OF_ROLE, role_key
from roleferry_enrich.resolve.survivorship import Reading, Rule, read_text
from roleferry_enrich.resolve.traits import name_of, work_domain

_TEXT_LIMIT = 500

# An initial is right about a name, but says less of it.
_INITIAL = 0.3
_ONE_NAME = 0.2
# A word of the provider's own scheme, against what the title itself says.
_SAID = 0.8


def _full_name(claim: PersonClaim) -> Reading | None:
    name = name_of(claim)
    if name is None or not words(name.short):
        return None
    return Reading(name.short, " ".join(words(name.short)), _completeness(name))


def _completeness(name: PersonName) -> float:
    if not name.first or not name.last:
        return _ONE_NAME
    return _INITIAL if len("".join(words(name.first))) < 2 else 1.0


def _first_name(claim: PersonClaim) -> Reading | None:
    name = name_of(claim)
    return _text(name.first) if name else None


def _middle_names(claim: PersonClaim) -> Reading | None:
    name = name_of(claim)
    reading = _text(name.middle) if name else None
    if reading is None:
        return None
    is_initials = max(map(len, reading.key.split())) < 2
    return Reading(reading.value, reading.key, _INITIAL if is_initials else 1.0)


def _last_name(claim: PersonClaim) -> Reading | None:
    name = name_of(claim)
    return _text(name.last) if name else None


def _text(said: str | None) -> Reading | None:
    return read_text(said, _TEXT_LIMIT) if said else None


def _title_of(claim: PersonClaim) -> Title | None:
    return parse_title(claim.title) if claim.title else None


def _title(claim: PersonClaim) -> Reading | None:
    title = _title_of(claim)
    return Reading(title.text, title.key) if title else None


def _seniority(claim: PersonClaim) -> Reading | None:
    """By the title; else as the provider ranks; else by the office in law."""
    title = _title_of(claim)
    if title is not None and title.seniority:
        return Reading(title.seniority, title.seniority)
    said = parse_seniority(claim.seniority) if claim.seniority else None
    said = said or SENIORITY_OF_ROLE.get(role_key(claim.role or ""))
    return Reading(said, said, _SAID) if said else None


def _department(claim: PersonClaim) -> Reading | None:
    title = _title_of(claim)
    if title is not None and title.department:
        return Reading(title.department, title.department)
    said = parse_department(claim.department) if claim.department else None
    return Reading(said, said, _SAID) if said else None


def _company_name(claim: PersonClaim) -> Reading | None:
    named = parse_organisation(claim.company_name) if claim.company_name else None
    return Reading(named.name, named.key) if named else None


def _company_domain(claim: PersonClaim) -> Reading | None:
    domain = work_domain(claim)
    if domain is None:
        return None
    return Reading(domain, domain, 1.0 if claim.company_domain else _SAID)


def _company_number(claim: PersonClaim) -> Reading | None:
    said = claim.company_number
    number = (parse_company_number(said) or parse_company_number(said, None)) if said else None
    return Reading(number, number) if number else None


def _location(claim: PersonClaim) -> Reading | None:
    """As given; else the place's parts from the same claim."""
    parts = (claim.city, claim.state, claim.country)
    return _text(claim.location or ", ".join(part for part in parts if part))


def _city(claim: PersonClaim) -> Reading | None:
    return _text(claim.city)


def _state(claim: PersonClaim) -> Reading | None:
    return _text(claim.state)


def _country(claim: PersonClaim) -> Reading | None:
    code = parse_country(claim.country) if claim.country else None
    return Reading(code, code) if code else _text(claim.country)


def _zip_code(claim: PersonClaim) -> Reading | None:
    shown = clean(claim.zip_code or "", 40).upper()
    key = "".join(words(shown))
    return Reading(shown, key) if key else None


PERSON_RULES: tuple[Rule[PersonClaim], ...] = (
    Rule(field="full_name", read=_full_name, matter=Matter.NAME),
    Rule(field="first_name", read=_first_name, matter=Matter.NAME, follows="full_name"),
    Rule(field="middle_names", read=_middle_names, matter=Matter.NAME, follows="full_name"),
    Rule(field="last_name", read=_last_name, matter=Matter.NAME, follows="full_name"),
    Rule(field="title", read=_title, matter=Matter.TITLE),
    Rule(field="seniority", read=_seniority, matter=Matter.TITLE, follows="title"),
    Rule(field="department", read=_department, matter=Matter.TITLE, follows="title"),
    Rule(field="company_name", read=_company_name, matter=Matter.EMPLOYER),
    Rule(
        field="company_domain", read=_company_domain, matter=Matter.EMPLOYER, follows="company_name"
    ),
    Rule(
        field="company_number",
        read=_company_number,
        matter=Matter.EMPLOYER,
        register_decides=True,
        follows="company_name",
    ),
    Rule(field="city", read=_city, matter=Matter.PLACE),
    Rule(field="state", read=_state, matter=Matter.PLACE, follows="city"),
    Rule(field="country", read=_country, matter=Matter.PLACE, follows="city"),
    Rule(field="zip_code", read=_zip_code, matter=Matter.PLACE, follows="city"),
    Rule(field="location", read=_location, matter=Matter.PLACE, follows="city"),
)
"""In the order in which they are decided."""
