"""From a validated body to whom it is about; what cannot be read is named, never passed over."""

from roleferry_enrich.api.schemas.rights import SubjectBody
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.errors import Fault, InvalidQuery
from roleferry_enrich.normalise.countries import parse_country
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.emails import parse_email
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.normalise.profiles import is_company_page, parse_profile_url
from roleferry_enrich.normalise.registers import parse_company_number


def sought_of(body: SubjectBody) -> tuple[Keys, str | None]:
    """The keys, and a telephone number in E.164. Raises InvalidQuery."""
    country = parse_country(body.country) if body.country else None
    email = parse_email(body.email) if body.email else None
    domain = parse_domain(body.domain) if body.domain else None
    profile = parse_profile_url(body.linkedin_url) if body.linkedin_url else None
    phone = parse_phone(body.phone, country) if body.phone else None
    number = parse_company_number(body.company_number, country) if body.company_number else None
    if profile is not None and is_company_page(profile):
        profile = None
    read = {
        "country": (body.country, country),
        "email": (body.email, email),
        "domain": (body.domain, domain),
        "linkedin_url": (body.linkedin_url, profile),
        "phone": (body.phone, phone),
        "company_number": (body.company_number, number),
    }
    _refuse_unread([name for name, (given, value) in read.items() if given and value is None])
    keys = Keys(
        email=email,
        full_name=body.full_name,
        first_name=body.first_name,
        last_name=body.last_name,
        linkedin_url=profile,
        domain=domain,
        company_name=body.company_name,
        company_number=number,
        country=country,
    )
    return keys, phone


def _refuse_unread(names: list[str]) -> None:
    if names:
        faults = tuple(Fault(name, "unreadable", "cannot be read as one") for name in names)
        raise InvalidQuery("see `errors`", faults=faults)
