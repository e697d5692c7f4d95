"""NeverBounce's words about the mailboxes of the invented world."""

import zlib
from typing import Any

Document = dict[str, Any]  # JSON on its way out, never read back
_RESULT = {
    "valid": "valid",
    "invalid": "invalid",
    "accept_all": "catchall",
    "disposable": "disposable",
    "unknown": "unknown",
}
_FLAGS = {
    "valid": ["smtp_connectable", "has_dns", "has_dns_mx"],
    "invalid": ["smtp_connectable", "has_dns", "has_dns_mx"],
    "accept_all": ["smtp_connectable", "has_dns", "has_dns_mx", "accepts_all"],
    "disposable": ["has_dns", "has_dns_mx", "disposable_email"],
    "unknown": ["has_dns", "has_dns_mx", "connect_fails"],
}
_FREE_HOSTS = frozenset({"postbox.test", "freemail.test", "inboxed.test", "gmail.com"})
_THROWAWAY_HOSTS = frozenset({"throwaway.test", "ten-minutes.test", "mailinator.com"})
_ROLES = frozenset({"info", "sales", "support", "hello", "contact", "office"})
_ONE_IN = 61


def checked(email: str, mailbox: str) -> Document:
    """`mailbox` is what the mail server says, if it says anything just now."""
    addr, _, host = email.lower().rpartition("@")
    if not addr or "." not in host:
        return _verdict("invalid", ["bad_syntax"])
    if host in _THROWAWAY_HOSTS:
        mailbox = "disposable"
    elif mailbox in {"valid", "invalid"} and _is_greylisted(email):
        mailbox = "unknown"
    flags = list(_FLAGS[mailbox])
    flags += ["role_account"] if addr in _ROLES else []
    flags += ["free_email_host"] if host in _FREE_HOSTS else []
    flags += ["contains_alias"] if "+" in addr else []
    return _verdict(_RESULT[mailbox], flags)


def address_info(email: str) -> Document:
    addr, _, host = email.partition("@")
    name, _, tld = host.rpartition(".")
    subdomain, _, domain = name.rpartition(".")
    plain, _, alias = addr.partition("+")
    return {
        "original_email": email,
        "normalized_email": f"{plain}@{host}".lower() if host else "",
        "addr": plain,
        "alias": alias,
        "host": host,
        "fqdn": host,
        "domain": domain,
        "subdomain": subdomain,
        "tld": tld,
    }


def _verdict(result: str, flags: list[str]) -> Document:
    return {"result": result, "flags": flags, "suggested_correction": ""}


def _is_greylisted(email: str) -> bool:
    """A few servers never answer a stranger in time; always the same ones."""
    return zlib.crc32(email.lower().encode()) % _ONE_IN == 0
