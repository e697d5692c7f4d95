"""The bodies and answers of `/privacy/suppressions`."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
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

ReasonText = Annotated[str, Text(200)]
PhoneText = Annotated[str, Text(60)]


class SuppressionBody(Body):
    """Whom never to look up again, by all that is known of them.

    A name counts together with an employer: domain, company name or company number.
    """

    is_secret: ClassVar[bool] = True

    email: EmailText | None = None
    """In any spelling: every tag, case and ignored dot of it counts too."""
    phone: PhoneText | None = None
    """With its country's code, or with `country`."""
    linkedin_url: UrlText | None = None
    full_name: NameText | None = None
    first_name: NameText | None = None
    last_name: NameText | None = None
    domain: DomainText | None = None
    """Of their company."""
    company_name: CompanyText | None = None
    company_number: NumberText | None = None
    country: CountryText | None = None
    """ISO 3166-1 alpha-2, or the country's English name."""
    reason: ReasonText = "objected"
    """Why, in words that name nobody: kept as they are."""
    everywhere: bool = False
    """For every account of the installation; needs the scope `operator`."""


@with_config(DOCUMENTED)
class SuppressedIdentifier(TypedDict):
    """One identifier, which cannot be read from this."""

    kind: str
    """`email`, `phone`, `profile`, `name_domain`, `name_company`, `name_number`, or what a
    deletion list has hashed: `drop_email`, `drop_phone`."""
    digest: str
    """Under the installation's key; the same for every spelling."""


@with_config(DOCUMENTED)
class SuppressionData(TypedDict):
    """A suppression that holds."""

    id: UUID
    identifiers: list[SuppressedIdentifier]
    reason: str
    source: str
    """Where it came from: `api`, `command`, `erasure`, `drop`."""
    everywhere: bool
    added_at: datetime


@with_config(DOCUMENTED)
class SuppressionPage(TypedDict):
    """A page of suppressions, newest first."""

    items: list[SuppressionData]
    next: str | None
    """What to pass as `after` for the next page; null on the last."""
