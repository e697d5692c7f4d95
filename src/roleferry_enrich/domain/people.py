"""What one provider says about one person, in our words but with the provider's values."""

from datetime import date
from enum import StrEnum

from roleferry_enrich.domain.values import dataclass


class Deliverability(StrEnum):
    """What a provider knows of a mailbox. Never reduced to good or bad: unknown is an answer."""

    VALID = "valid"
    INVALID = "invalid"
    ACCEPT_ALL = "accept_all"
    """The domain accepts every address, so acceptance proves nothing."""
    DISPOSABLE = "disposable"
    RISKY = "risky"
    """Receives mail and is better left alone: whoever reads it has called ours spam."""
    GUESSED = "guessed"
    """Built from a pattern, not seen or checked."""
    UNKNOWN = "unknown"


class EmailKind(StrEnum):
    BUSINESS = "business"
    PERSONAL = "personal"
    ROLE = "role"
    """A shared mailbox such as `info@`; belongs to a company, not to a person."""
    UNKNOWN = "unknown"


class PhoneKind(StrEnum):
    DIRECT = "direct"
    MOBILE = "mobile"
    SWITCHBOARD = "switchboard"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailClaim:
    address: str
    kind: EmailKind = EmailKind.UNKNOWN
    deliverability: Deliverability = Deliverability.UNKNOWN
    score: int | None = None
    """The provider's own certainty, 0 to 100."""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneClaim:
    number: str
    kind: PhoneKind = PhoneKind.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthMonth:
    """Month and year of birth: all that a public register gives."""

    year: int
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaim:
    """One provider's statement about one person. None means unknown, empty means none.

    Values are as the provider wrote them, less placeholders and masks (an obfuscated surname
    is left out, not passed on).
    """

    reference: str | None = None
    """The provider's own id for this person."""
    as_of: date | None = None
    """The day the provider says it last checked this, where it says so."""

    full_name: str | None = None
    """In reading order ("Ada Lovelace"); an adapter that gets "LOVELACE, Ada" gives the parts."""
    honorific: str | None = None
    first_name: str | None = None
    middle_names: str | None = None
    last_name: str | None = None
    birth: BirthMonth | None = None
    nationality: str | None = None

    title: str | None = None
    seniority: str | None = None
    department: str | None = None
    role: str | None = None
    """An office held in law (director, secretary, llp-member), which is not a job title."""
    appointed_on: date | None = None
    appointed_before: date | None = None
    """The office was held by this day, where its register does not know since when."""
    resigned_on: date | None = None

    company_name: str | None = None
    company_domain: str | None = None
    company_number: str | None = None

    linkedin_url: str | None = None
    twitter_url: str | None = None
    emails: tuple[EmailClaim, ...] = ()
    phones: tuple[PhoneClaim, ...] = ()

    location: str | None = None
    """As one text, where the provider does not give the parts."""
    city: str | None = None
    state: str | None = None
    country: str | None = None
    zip_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailVerdict:
    """What a provider found when it checked one address."""

    address: str
    deliverability: Deliverability
    score: int | None = None
    reasons: tuple[str, ...] = ()
    """Facts beside the verdict, in closed words: `role`, `webmail`, `no_mx`, `full_inbox`, ..."""
    checked_on: date | None = None
