"""E-mail addresses: what counts as one, which are the same mailbox, and what kind each is."""

import re
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from types import MappingProxyType
from urllib.parse import unquote

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.normalise.domains import is_plain_host, parse_domain
from roleferry_enrich.normalise.mailboxes import DISPOSABLE, FREE, FREE_EVERYWHERE, ROLES
from roleferry_enrich.normalise.text import clean

# RFC 5321: 64 for the local part, 255 for the domain, and the sign between.
_LIMIT = 320
_IGNORES_DOTS = frozenset({"gmail.com"})
_OTHER_NAMES = MappingProxyType(
    {
        "googlemail.com": "gmail.com",
        **dict.fromkeys(("me.com", "mac.com"), "icloud.com"),
        **dict.fromkeys(
            ("ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua"), "yandex.ru"
        ),
    }
)
"""Hosts that deliver to the mailbox of the same name elsewhere."""
_PLAIN_LOCAL_PART = re.compile(r"(?=.{1,64}$)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")
# `.test` is what the sandbox lives on.
_NOBODYS = frozenset(SPECIAL_USE_DOMAIN_NAMES) - {"test"}
_AROUND = " <>()[]\"',;:"


def parse_email(text: str) -> Email | None:
    """The address in `text` (also `mailto:` and `Name <address>`), None if it is not one."""
    written = text.strip()
    if len(written) > _LIMIT * 2:
        return None
    return _parsed(_address(clean(written, _LIMIT * 2)))


@lru_cache(maxsize=16_384)
def identity_key(email: Email) -> str:
    """The same for every spelling of one mailbox: lower case, no tag, no dots where ignored."""
    local, _, host = email.lower().rpartition("@")
    domain = _OTHER_NAMES.get(host, host)
    untagged = local.partition("+")[0] or local
    if domain in _IGNORES_DOTS:
        untagged = untagged.replace(".", "") or untagged
    return f"{untagged}@{domain}"


@lru_cache(maxsize=16_384)
def domain_of(email: Email) -> Domain | None:
    """The registrable domain of the mailbox's host."""
    return parse_domain(email.rpartition("@")[2])


def local_part_of(email: Email) -> str:
    return email.rpartition("@")[0]


def is_role_account(email: Email) -> bool:
    """Whether the mailbox belongs to a function, such as `info@`."""
    local = identity_key(email).rpartition("@")[0]
    return local in ROLES or local.replace(".", "").replace("_", "").replace("-", "") in ROLES


def is_free_mail(email: Email) -> bool:
    """Whether anybody may have a mailbox there, so that the domain names no employer."""
    domain = domain_of(email)
    return _host(email) in FREE or domain in FREE or _is_free_everywhere(domain)


def _is_free_everywhere(domain: Domain | None) -> bool:
    label, _, suffix = (domain or "").partition(".")
    return label in FREE_EVERYWHERE and len(suffix.rpartition(".")[2]) == 2


def is_disposable(email: Email) -> bool:
    return any(host in DISPOSABLE or host in _listed() for host in (_host(email), domain_of(email)))


@cache
def _listed() -> AbstractSet[str | None]:
    """Ten thousand hosts that somebody else keeps, and adds to each week."""
    from disposable_email_domains import blocklist  # at first use: see `first_use.py`

    return blocklist


def _host(email: Email) -> str:
    return email.rpartition("@")[2].lower()


def _address(written: str) -> str:
    if written.endswith(">") and "<" in written:
        written = written[written.rindex("<") + 1 : -1]
    if written[:7].lower() == "mailto:":
        written = unquote(written[7:].partition("?")[0])
    return written.strip(_AROUND).rstrip(".")


@lru_cache(maxsize=16_384)
def _parsed(address: str) -> Email | None:
    if _is_plain(address):
        return Email(address)
    if "*" in address or len(address) > _LIMIT:
        return None  # a provider's mask (j***@acme.com) is a valid address by the letter
    try:
        # No name is ever resolved here.
        found = validate_email(
            address, strict=True, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        return None
    if found.ascii_domain is None or "." not in found.ascii_domain:
        return None
    return Email(f"{found.local_part}@{found.ascii_domain.lower()}")


def _is_plain(address: str) -> bool:
    """Whether it is an address by its letters alone; of others the library knows."""
    local, _, host = address.partition("@")
    if not is_plain_host(host) or host.rpartition(".")[2] in _NOBODYS:
        return False
    return _PLAIN_LOCAL_PART.fullmatch(local) is not None
