"""From what somebody gives of a person to the forms they are suppressed by. Pure."""

from collections.abc import Iterator

from roleferry_enrich.domain.people import EmailClaim, PersonClaim, PhoneClaim
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.privacy.normal_forms import (
    NormalForm,
    of_claim,
    of_email,
    of_phone,
    of_profile,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom not to look up again, by any spelling."""

    email: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    domain: str | None = None
    company_name: str | None = None
    company_number: str | None = None
    country: str | None = None
    reason: str = "objected"


def forms_of(wish: Wish) -> tuple[NormalForm, ...]:
    """Raises InvalidQuery where an identifier is none, or nobody could be recognised by them.

    A mistyped address must not pass for a suppression that holds.
    """
    faults = tuple(_faults(wish))
    if faults:
        raise InvalidQuery("see `errors`", faults=faults)
    forms = of_claim(
        PersonClaim(
            emails=(EmailClaim(address=wish.email),) if wish.email else (),
            phones=(PhoneClaim(number=wish.phone),) if wish.phone else (),
            linkedin_url=wish.linkedin_url,
            full_name=wish.full_name,
            first_name=wish.first_name,
            last_name=wish.last_name,
            company_domain=wish.domain,
            company_name=wish.company_name,
            company_number=wish.company_number,
            country=wish.country,
        )
    )
    if not forms:
        expected = "give an email, phone or linkedin_url, or a name with an employer"
        raise InvalidQuery("see `errors`", faults=(Fault("", "identifier_required", expected),))
    return forms


def _faults(wish: Wish) -> Iterator[Fault]:
    if wish.email and not of_email(wish.email):
        yield Fault("email", "invalid_email", "must be an e-mail address")
    if wish.country and parse_country(wish.country) is None:
        yield Fault("country", "unknown_country", "must be an ISO 3166-1 code or English name")
    elif wish.phone and not of_phone(wish.phone, wish.country):
        expected = "must be a number with its country's code, or with `country`"
        yield Fault("phone", "invalid_phone", expected)
    if wish.linkedin_url and not of_profile(wish.linkedin_url, "linkedin"):
        yield Fault("linkedin_url", "invalid_url", "must be a person's profile on LinkedIn")
