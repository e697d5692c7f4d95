"""What a site says in plain words of the company behind it: number, legal name, ways to reach it.

Companies of the United Kingdom must show their registered name and number on their site
(Companies (Trading Disclosures) Regulations 2008), mostly in the footer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.providers.pages.blocks import lines_of
from roleferry_enrich.providers.pages.contact_points import (
    company_profiles,
    email_in,
    is_shared,
    phone_in,
)
from roleferry_enrich.providers.pages.documents import Page, Topic, attribute
from roleferry_enrich.providers.pages.wording import tidy

_NUMBER = re.compile(
    r"\b(?:company|companies|registered|registration)\b"
    r"(?P<between>[^;|]{0,80}?)\b(?P<number>(?-i:[A-Z]{2}) ?\d{6}|\d{7,8})\b(?! ?\d)",
    re.IGNORECASE,
)
_OTHER_REGISTER = re.compile(
    r"charit|\bvat\b|\bfca\b|\bico\b|\btel|phone|\bpostcode|fax", re.IGNORECASE
)
_KINGDOM = re.compile(
    r"england|wales|scotland|northern ireland|united kingdom|\bu\.?k\b|great britain"
    r"|companies house",
    re.IGNORECASE,
)
_LEGAL_NAME = re.compile(
    r"(?:^|[.:;|(])\s*(?:copyright\s*)?(?:\u00a9\s*)?(?:(?:19|20)\d\d\s*)?"
    r"(?P<name>[^\W\d_][^\n.\u00a9|;:<>]{1,80}? (?:limited|ltd|plc|llp|cyf))\b",
    re.IGNORECASE | re.MULTILINE,
)
_TRADING_AS = re.compile(r"\b(?:name of|owned by|operated by|part of)\b\s*", re.IGNORECASE)
_SITE_NAME = "meta[property='og:site_name'], meta[name='application-name']"
_AROUND = 200


@dataclass(frozen=True, slots=True)
class Registration:
    number: str
    legal_name: str | None


def company_in(pages: Iterable[Page], domain: str) -> CompanyClaim | None:
    """The company as the plain text and links of its pages describe it."""
    pages = tuple(pages)
    registration = _registration(pages)
    links = tuple(link for page in pages for link in _links(page))
    profiles = company_profiles(links)
    name = next((name for page in pages if (name := _site_name(page))), None)
    if registration is None and name is None:
        return None
    return CompanyClaim(
        name=name,
        legal_name=registration.legal_name if registration else None,
        domain=domain,
        company_number=registration.number if registration else None,
        country="United Kingdom" if registration else None,
        phone=_phone(pages),
        email=_email(links, domain),
        linkedin_url=profiles.linkedin,
        twitter_url=profiles.twitter,
        facebook_url=profiles.facebook,
    )


def _registration(pages: Iterable[Page]) -> Registration | None:
    """The one company number on the pages; of several none can be told to be the site's."""
    found = {r.number: r for page in pages for r in reversed(_registrations(_text(page)))}
    return next(iter(found.values())) if len(found) == 1 else None


def _registrations(text: str) -> list[Registration]:
    found = []
    for match in _NUMBER.finditer(text):
        around = text[max(0, match.start() - _AROUND) : match.end() + _AROUND]
        between = text[max(0, match.start() - 12) : match.start("number")]
        if _OTHER_REGISTER.search(between) or not _KINGDOM.search(around):
            continue
        number = match["number"].replace(" ", "").upper()
        found.append(Registration(number, _legal_name(around)))
    return found


def _legal_name(text: str) -> str | None:
    """The one name with a legal form there: "X is a trading name of Y Limited" names Y."""
    matches = _LEGAL_NAME.finditer(text)
    names = {_TRADING_AS.split(match["name"])[-1].strip(" ,-") for match in matches}
    return next(iter(names)) if len(names) == 1 else None


def _text(page: Page) -> str:
    return "\n".join(line.text for line in lines_of(page.tree, everything=True))


def _site_name(page: Page) -> str | None:
    node = page.tree.css_first(_SITE_NAME)
    return tidy(attribute(node, "content"))[:200] or None if node is not None else None


def _links(page: Page) -> list[str]:
    return [attribute(link, "href") for link in page.tree.css("a[href]")[:2_000]]


def _email(links: Iterable[str], domain: str) -> str | None:
    """A shared mailbox at the site's own domain."""
    addresses = (email_in(link) for link in links if link[:7].lower() == "mailto:")
    own = (a for a in addresses if a and is_shared(a) and a.lower().endswith(f"@{domain}"))
    return next(own, None)


def _phone(pages: Iterable[Page]) -> str | None:
    """The number in the footer, or the only one of a contact page."""
    for page in pages:
        selector = "a[href^='tel:']" if page.topic is Topic.LEGAL else "footer a[href^='tel:']"
        numbers = {phone_in(attribute(link, "href")) for link in page.tree.css(selector)[:20]}
        if len(numbers) == 1:
            return numbers.pop()
    return None
