"""From what somebody gives of a person to whom is meant. Pure."""

from roleferry_enrich.domain.identifiers import ProfileUrl
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import is_company_page, parse_profile_url
from roleferry_enrich.normalise.reading import Reading
from roleferry_enrich.privacy.normal_forms import NormalForm, of_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """Who is meant, in any spelling."""

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


def sought(somebody: Somebody) -> tuple[Keys, str | None]:
    """The keys, and a telephone number in E.164. Raises InvalidQuery where one cannot be read.

    A mistyped address must not pass for a suppression that holds, or for nobody to be erased.
    """
    reading = Reading()
    country = reading.read("country", somebody.country, parse_country)
    keys = Keys(
        email=reading.read("email", somebody.email, parse_email),
        full_name=somebody.full_name,
        first_name=somebody.first_name,
        last_name=somebody.last_name,
        linkedin_url=reading.read("linkedin_url", somebody.linkedin_url, _profile),
        domain=reading.read("domain", somebody.domain, parse_domain),
        company_name=somebody.company_name,
        company_number=reading.company_number(somebody.company_number, country),
        country=country,
    )
    # Where the country cannot be read, the number is not what is wrong.
    dialled = None if somebody.country and country is None else somebody.phone
    phone = reading.read("phone", dialled, lambda number: parse_phone(number, country))
    reading.finish()
    return keys, phone


def forms_of(somebody: Somebody) -> tuple[NormalForm, ...]:
    """Raises InvalidQuery also where nobody could be recognised by them."""
    keys, phone = sought(somebody)
    forms = of_keys(keys, phone=phone)
    if not forms:
        raise nobody()
    return forms


def nobody() -> InvalidQuery:
    expected = "give an email, phone or linkedin_url, or a name with an employer"
    return InvalidQuery("see `errors`", faults=(Fault("", "identifier_required", expected),))


def _profile(text: str) -> ProfileUrl | None:
    profile = parse_profile_url(text, "linkedin")
    return None if profile is None or is_company_page(profile) else profile
