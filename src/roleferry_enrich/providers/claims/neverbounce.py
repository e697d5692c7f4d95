"""NeverBounce's verdicts in our words."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from roleferry_enrich.domain.people import Deliverability, EmailVerdict
from roleferry_enrich.providers.replies import Record

# The words of version 4, and the numbers that version 3 and the client libraries have for them.
_DELIVERABILITY: Mapping[str, Deliverability] = MappingProxyType(
    {
        **dict.fromkeys(("valid", "0"), Deliverability.VALID),
        **dict.fromkeys(("invalid", "1"), Deliverability.INVALID),
        **dict.fromkeys(("disposable", "2"), Deliverability.DISPOSABLE),
        **dict.fromkeys(("catchall", "3"), Deliverability.ACCEPT_ALL),
        **dict.fromkeys(("unknown", "4"), Deliverability.UNKNOWN),
    }
)
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "has_dns": "has_dns",
        "has_dns_mx": "has_mx",
        "smtp_connectable": "connectable",
        "bad_syntax": "bad_syntax",
        "bad_dns": "no_dns",
        "temporary_dns_error": "dns_error",
        "connect_fails": "no_connection",
        "accepts_all": "accept_all",
        "role_account": "role",
        "free_email_host": "webmail",
        "disposable_email": "disposable",
        "profanity": "profanity",
        "government_host": "government",
        "academic_host": "academic",
        "acedemic_host": "academic",  # as version 4 writes it
        "military_host": "military",
        "international_host": "international",
        "squatter_host": "squatter",
        "spelling_mistake": "spelling_mistake",
        "contains_alias": "alias",
        "contains_subdomain": "subdomain",
        "spamtrap_network": "spamtrap",
    }
)


def verdict(address: str, checked: Record, checked_on: date | None = None) -> EmailVerdict:
    """A result that is missing, or that nobody knows yet, is no finding either way."""
    flags = (_REASONS.get(flag.lower()) for flag in checked.texts("flags"))
    return EmailVerdict(
        address=address,
        deliverability=_DELIVERABILITY.get(
            (checked.text("result") or "").lower(), Deliverability.UNKNOWN
        ),
        reasons=tuple(dict.fromkeys(flag for flag in flags if flag)),
        checked_on=checked_on,
    )


def addressee(row: Record) -> str | None:
    """Whose result a row of a job is: the address as it was given, in lower case."""
    given = row.text("data", "email") or row.text("verification", "address_info", "original_email")
    return given.lower() if given else None
