"""Who is meant, where somebody is to be suppressed, erased or shown what is known of them."""

from typing import Annotated, ClassVar

from roleferry_enrich.api.schemas.fields import (
    Body,
    CompanyText,
    CountryText,
    DomainText,
    EmailText,
    NameText,
    NumberText,
    Text,
    UrlText,
)

_PhoneText = Annotated[str, Text(60)]


class SubjectBody(Body):
    """Who it is about, by all that is known of them: each identifier in any spelling.

    A name counts together with an employer: domain, company name or company number.
    """

    is_secret: ClassVar[bool] = True

    email: EmailText | None = None
    """Every tag, case and ignored dot of it counts too."""
    phone: _PhoneText | None = None
    """With its country's code, or with `country`."""
    linkedin_url: UrlText | None = None
    """A person's profile."""
    full_name: NameText | None = None
    """In reading order."""
    first_name: NameText | None = None
    last_name: NameText | None = None
    domain: DomainText | None = None
    """Of their company."""
    company_name: CompanyText | None = None
    company_number: NumberText | None = None
    """In the register of `country`, with or without its leading zeros."""
    country: CountryText | None = None
    """ISO 3166-1 alpha-2, or the country's English name. Identifies nobody."""
    everywhere: bool = False
    """In all accounts of the installation; needs a key with the scope `operator`."""
