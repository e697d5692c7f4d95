"""Is a value of an answer so? Judged against the invented world, field by field.

A title in other words of the same meaning is right, so is the short form of a first name; a slip
of the pen, a title held before and an address that bounces are wrong.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from roleferry_enrich.domain.records import FieldValue, Value
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import identity_key, parse_email
from roleferry_enrich.normalise.organisations import parse_organisation
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.ranges import company_size, revenue_class
from roleferry_enrich.normalise.titles import parse_title
from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.spelling import name_key
from roleferry_enrich.sandbox.trade_words import TITLE_VARIANTS

PersonTest = Callable[[str, Person, Company], bool]
CompanyTest = Callable[[Value, Company], bool]


def person_facts(
    fields: Mapping[str, FieldValue], person: Person | None, employer: Company
) -> dict[str, bool]:
    """By field whether its value is so; nothing is so of a person who does not exist."""
    return {
        name: person is not None and PERSON_TESTS[name](str(known.value), person, employer)
        for name, known in fields.items()
        if name in PERSON_TESTS
    }


def company_facts(fields: Mapping[str, FieldValue], company: Company) -> dict[str, bool]:
    return {
        name: COMPANY_TESTS[name](known.value, company)
        for name, known in fields.items()
        if name in COMPANY_TESTS
    }


def is_title_of(said: str, person: Person) -> bool:
    """Whether the words mean the title the person holds today."""
    title = parse_title(said)
    ways = (person.title, *TITLE_VARIANTS.get(person.title, ()))
    known = {parsed.key for parsed in map(parse_title, ways) if parsed}
    return title is not None and title.key in known


def _is_name(said: str, person: Person, _: Company) -> bool:
    firsts = {person.first_name, person.nickname or person.first_name}
    forms = {name_key(first, person.last_name) for first in firsts}
    middle = person.middle_name
    if middle:
        forms |= {
            name_key(first, m, person.last_name) for first in firsts for m in (middle, middle[0])
        }
    return name_key(said) in forms


def _is_middle_name(said: str, person: Person, _: Company) -> bool:
    middle = person.middle_name or ""
    return name_key(said) in {name_key(middle), name_key(middle[:1])}


def _is_department(said: str, person: Person, _: Company) -> bool:
    title = parse_title(person.title)
    return title is not None and said == title.department


def _is_seniority(said: str, person: Person, _: Company) -> bool:
    title = parse_title(person.title)
    return said in {person.seniority, title.seniority if title else None}


def _is_mailbox(said: str, person: Person, _: Company) -> bool:
    works = person.mailbox_works and person.resigned_on is None
    return works and _same_mailbox(said, person.email)


def _is_own_mailbox(said: str, person: Person, _: Company) -> bool:
    return person.personal_email is not None and _same_mailbox(said, person.personal_email)


def _same_mailbox(left: str, right: str) -> bool:
    one, other = parse_email(left), parse_email(right)
    return one is not None and other is not None and identity_key(one) == identity_key(other)


def _is_number(said: str, person: Person, employer: Company) -> bool:
    known = (person.mobile, employer.phone)
    return said in {parse_phone(number, employer.country_code) for number in known if number}


def _is_employer(said: str, _: Person, employer: Company) -> bool:
    return _named(said) in {_named(employer.name), _named(employer.legal_name)}


def _named(said: str) -> str | None:
    organisation = parse_organisation(said)
    return organisation.key if organisation else None


def _same_words(left: str, right: str) -> bool:
    return name_key(left) == name_key(right)


PERSON_TESTS: Mapping[str, PersonTest] = MappingProxyType(
    {
        "full_name": _is_name,
        "first_name": lambda said, person, _: (
            name_key(said) in {name_key(person.first_name), name_key(person.nickname or "")}
        ),
        "middle_names": _is_middle_name,
        "last_name": lambda said, person, _: _same_words(said, person.last_name),
        "title": lambda said, person, _: is_title_of(said, person),
        "seniority": _is_seniority,
        "department": _is_department,
        "role": lambda said, person, _: said == person.officer_role,
        "appointed_on": lambda said, person, _: said == str(person.appointed_on),
        "resigned_on": lambda said, person, _: said == str(person.resigned_on),
        "company_name": _is_employer,
        "company_domain": lambda said, _, employer: said == employer.domain,
        "city": lambda said, person, _: _same_words(said, person.city),
        "state": lambda said, person, _: _same_words(said, person.state),
        "country": lambda said, person, _: said == parse_country(person.country),
        "business_email": _is_mailbox,
        "personal_email": _is_own_mailbox,
        "phone": _is_number,
        "linkedin_url": lambda said, person, _: (
            said.rpartition("/")[2].lower() in {person.linkedin_slug, f"acoaa{person.id:014x}"}
        ),
    }
)

COMPANY_TESTS: Mapping[str, CompanyTest] = MappingProxyType(
    {
        "name": lambda said, c: _named(str(said)) in {_named(c.name), _named(c.legal_name)},
        "legal_name": lambda said, c: _same_words(str(said), c.legal_name),
        "domain": lambda said, c: parse_domain(str(said)) == c.domain,
        "company_number": lambda said, c: said == c.number,
        "status": lambda said, c: said == c.status,
        "incorporated_on": lambda said, c: said == str(c.incorporated_on),
        "founded_year": lambda said, c: said == c.incorporated_on.year,
        "industry": lambda said, c: _same_words(str(said), c.industry),
        "employees": lambda said, c: company_size(int(str(said))) == company_size(c.employees),
        "company_size": lambda said, c: said == company_size(c.employees),
        "company_revenue": lambda said, c: _revenue(said) == revenue_class(c.revenue),
        "city": lambda said, c: _same_words(str(said), c.city),
        "street": lambda said, c: _same_words(str(said), c.street),
        "state": lambda said, c: _same_words(str(said), c.state),
        "country": lambda said, c: said == c.country_code,
        "zip_code": lambda said, c: _same_words(str(said), c.postcode),
        "phone": lambda said, c: said == parse_phone(c.phone, c.country_code),
        "linkedin_url": lambda said, c: str(said).rpartition("/")[2] == c.linkedin_slug,
    }
)


def _revenue(said: Value) -> str:
    return revenue_class(said) if isinstance(said, int) else str(said)
