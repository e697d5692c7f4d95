"""Reads addresses, numbers and profiles out of the links and texts beside a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from roleferry_enrich.domain.people import EmailClaim, EmailKind, PhoneClaim
from roleferry_enrich.providers.pages.vocabulary import word_set

_EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+'-]{0,63}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().\-/\u2010-\u2015]{6,30}(?:\s*(?:ext|x)\.?\s*\d{1,6})?")
_LINKEDIN_PERSON = re.compile(
    r"https?://([a-z]{2,3}\.)?linkedin\.com/(in|pub)/[^/?#\s]+", re.IGNORECASE
)
_LINKEDIN_COMPANY = re.compile(
    r"https?://([a-z]{2,3}\.)?linkedin\.com/(company|school)/[^/?#\s]+", re.IGNORECASE
)
_TWITTER = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/"
    r"(?!intent\b|share\b|home\b|search\b|hashtag\b|i/)@?\w{1,15}/?$",
    re.IGNORECASE,
)
_FACEBOOK = re.compile(
    r"https?://([a-z-]+\.)?facebook\.com/(?!sharer|share\b|dialog|plugins|tr\b)[^?#\s]+",
    re.IGNORECASE,
)
# Mailboxes that a team shares; such an address beside a name is still not that person's.
_SHARED = word_set(
    "info hello contact office mail enquiries enquiry inquiries admin sales support team help "
    "press media marketing hr jobs careers accounts billing service services kontakt contacto "
    "welcome reception general post privacy legal noreply no-reply webmaster"
)


@dataclass(frozen=True, slots=True)
class Profiles:
    linkedin: str | None = None
    twitter: str | None = None
    facebook: str | None = None


def emails(links: Iterable[str], domain: str) -> tuple[EmailClaim, ...]:
    """The addresses in `mailto:` links or texts that may be a person's own."""
    found = dict.fromkeys(address for link in links if (address := email_in(link)))
    return tuple(
        EmailClaim(address=address, kind=_kind(address, domain))
        for address in found
        if not is_shared(address)
    )


def email_in(text: str) -> str | None:
    is_link = text[:7].lower() == "mailto:"
    target = unquote(text[7:].split("?", maxsplit=1)[0]) if is_link else text
    match = _EMAIL.fullmatch(target.strip())
    return match[0] if match else None


def is_shared(address: str) -> bool:
    return address.split("@", maxsplit=1)[0].lower() in _SHARED


def _kind(address: str, domain: str) -> EmailKind:
    host = address.rsplit("@", maxsplit=1)[1].lower()
    at_work = host == domain or host.endswith(f".{domain}")
    return EmailKind.BUSINESS if at_work else EmailKind.UNKNOWN


def phones(links: Iterable[str]) -> tuple[PhoneClaim, ...]:
    found = dict.fromkeys(number for link in links if (number := phone_in(link)))
    return tuple(PhoneClaim(number=number) for number in found)


def phone_in(text: str) -> str | None:
    is_link = text[:4].lower() == "tel:"
    number = unquote(text[4:]).split(";")[0] if is_link else text
    match = _PHONE.fullmatch(number.strip())
    digits = sum(character.isdigit() for character in number)
    return " ".join(match[0].split()) if match and 6 <= digits <= 21 else None


def person_profiles(links: Iterable[str]) -> Profiles:
    links = tuple(links)
    return Profiles(_only(links, _LINKEDIN_PERSON), _only(links, _TWITTER))


def company_profiles(links: Iterable[str]) -> Profiles:
    links = tuple(links)
    return Profiles(
        _only(links, _LINKEDIN_COMPANY), _only(links, _TWITTER), _only(links, _FACEBOOK)
    )


def _only(links: Iterable[str], pattern: re.Pattern[str]) -> str | None:
    """The one link of its kind: of two profiles neither can be told to be the one meant."""
    matches = (pattern.match(link.strip()) for link in links)
    found = {match[0].rstrip("/").lower(): match[0].rstrip("/") for match in matches if match}
    return next(iter(found.values())) if len(found) == 1 else None
