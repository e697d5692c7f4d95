"""Hunter's rows, verdicts and account in our words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailKind,
    EmailVerdict,
    PersonClaim,
    PhoneClaim,
)
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.replies import Record, Reply

# Our word for Hunter's, from the verifier's page of the documentation. "webmail" says who runs
# the mailbox, not whether it receives mail.
_DELIVERABILITY: Mapping[str, Deliverability] = MappingProxyType(
    {
        "valid": Deliverability.VALID,
        "invalid": Deliverability.INVALID,
        "accept_all": Deliverability.ACCEPT_ALL,
        "disposable": Deliverability.DISPOSABLE,
    }
)
_KIND: Mapping[str, EmailKind] = MappingProxyType(
    {
        "personal": EmailKind.BUSINESS,  # "personal" is Hunter's word for "not a shared mailbox"
        "generic": EmailKind.ROLE,
    }
)
_FACTS = ("disposable", "webmail", "gibberish", "accept_all", "block")


def person_of_row(row: Record, data: Record) -> PersonClaim:
    """One address of a domain search, with what the search says of its company."""
    return PersonClaim(
        as_of=row.day("verification", "date"),
        full_name=_full_name(row),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        title=row.text("position"),
        seniority=row.text("seniority"),
        department=row.text("department"),
        company_name=data.text("organization"),
        company_domain=data.text("domain"),
        linkedin_url=row.text("linkedin"),
        twitter_url=_twitter(row),
        emails=_emails(row, "value", row.integer("confidence")),
        phones=_phones(row),
    )


def person_found(data: Record) -> PersonClaim:
    """The finder's answer; its members are named unlike the search's."""
    return PersonClaim(
        as_of=data.day("verification", "date"),
        full_name=_full_name(data),
        first_name=data.text("first_name"),
        last_name=data.text("last_name"),
        title=data.text("position"),
        company_name=data.text("company"),
        company_domain=data.text("domain"),
        linkedin_url=data.text("linkedin_url"),
        twitter_url=_twitter(data),
        emails=_emails(data, "email", data.integer("score")),
        phones=_phones(data),
    )


def company_searched(data: Record) -> CompanyClaim:
    """Whose domain was searched: where only a name was asked, this is how its domain is learnt."""
    return CompanyClaim(name=data.text("organization"), domain=data.text("domain"))


def verdict(address: str, data: Record) -> EmailVerdict:
    facts = tuple(fact for fact in _FACTS if data.flag(fact))
    no_mail_server = ("no_mx",) if data.flag("mx_records") is False else ()
    return EmailVerdict(
        address=address,
        deliverability=_DELIVERABILITY.get(data.text("status") or "", Deliverability.UNKNOWN),
        score=data.integer("score"),
        reasons=facts + no_mail_server,
    )


def _full_name(row: Record) -> str | None:
    parts = (row.text("first_name"), row.text("last_name"))
    return " ".join(part for part in parts if part) or None


def _twitter(row: Record) -> str | None:
    """Hunter gives the handle alone."""
    handle = (row.text("twitter") or "").lstrip("@")
    return f"https://twitter.com/{handle}" if handle else None


def _emails(row: Record, member: str, score: int | None) -> tuple[EmailClaim, ...]:
    address = row.text(member)
    if address is None:
        return ()
    status = row.text("verification", "status") or ""
    return (
        EmailClaim(
            address=address,
            kind=_KIND.get(row.text("type") or "personal", EmailKind.UNKNOWN),
            deliverability=_DELIVERABILITY.get(status, Deliverability.UNKNOWN),
            score=score,
            checked_on=row.day("verification", "date"),
        ),
    )


def _phones(row: Record) -> tuple[PhoneClaim, ...]:
    number = row.text("phone_number")
    return (PhoneClaim(number=number),) if number else ()


def account_quota(account: Record) -> Quota:
    """Credits; older plans count searches."""
    requests = account.record("requests")
    counted = requests.record("credits") or requests.record("searches")
    used, available = counted.number("used"), counted.number("available")
    if used is None or available is None:
        raise ProviderContractChanged("the account tells no credits")
    reset = account.day("reset_date")
    return Quota(
        remaining=max(0.0, available - used),
        limit=available,
        resets_at=datetime(reset.year, reset.month, reset.day, tzinfo=UTC) if reset else None,
    )


def found(reply: Reply) -> Record:
    """The document found; a 200 without one is no answer of Hunter's."""
    data = reply.record().record("data")
    if not data:
        raise ProviderContractChanged("data is no object or empty")
    return data


def error_id(reply: Reply) -> str | None:
    """`errors` is a list in every sample; the page on structure writes one object."""
    body = reply.record()
    first = next(iter(body.records("errors")), body.record("errors"))
    return first.text("id")
