"""E-mail addresses in canonical form."""

from roleferry_enrich.domain.identifiers import Email

_FREE = frozenset({"gmail.com", "outlook.com", "yahoo.com", "hotmail.com"})


def parse_email(text: str) -> Email | None:
    local, at, domain = text.strip().rpartition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in local + domain):
        return None
    return Email(f"{local}@{domain.lower()}")


def is_free_mail(email: Email) -> bool:
    return email.rpartition("@")[2] in _FREE
