"""Public profile addresses on LinkedIn, X, Facebook and GitHub: one form for one profile."""

import re
from functools import lru_cache
from typing import Literal, assert_never
from urllib.parse import quote, unquote

from roleferry_enrich.domain.identifiers import ProfileUrl
from roleferry_enrich.normalise.text import clean, word_set

Site = Literal["linkedin", "x", "facebook", "github"]
Network = Site | Literal["linkedin_company"]

_LIMIT = 1_000
_SLUG_LIMIT = 200
# LinkedIn's internal ids ("ACoAAB...") are the one slug in which case matters.
_MEMBER_ID = re.compile(r"AC[oqrw]AA[\w-]{10,}")
_HOSTS: dict[str, Site] = {
    "linkedin.com": "linkedin",
    "x.com": "x",
    "twitter.com": "x",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.me": "facebook",
    "github.com": "github",
}
_PREFIX: dict[Network, str] = {
    "linkedin": "https://linkedin.com/in/",
    "linkedin_company": "https://linkedin.com/company/",
    "x": "https://x.com/",
    "facebook": "https://facebook.com/",
    "github": "https://github.com/",
}
_NO_HANDLE_ON_X = word_set(
    "about compose download explore hashtag home i intent jobs login messages notifications "
    "privacy search settings share signup tos"
)
# What LinkedIn puts before the address of a profile for phones, mails and guests.
_WAYS_IN = word_set("m mwlite comm organization-guest authwall public-profile")
_NO_ACCOUNT_ON_GITHUB = word_set(
    "about apps collections contact customer-stories enterprise events explore features login "
    "marketplace new notifications organizations pricing readme search security settings site "
    "sponsors stars team topics trending"
)
_NO_PAGE_ON_FACEBOOK = word_set(
    "business dialog events gaming groups hashtag help login marketplace media permalink.php photo "
    "photo.php photos plugins policies privacy search share share.php sharer sharer.php story.php "
    "tr video videos watch"
)


def parse_profile_url(text: str, network: Network | None = None) -> ProfileUrl | None:
    """The profile as `linkedin.com/in/ada`, `x.com/ada` and so on, None if none.

    A bare handle (`@ada`) says whose only with `network`.
    """
    return None if len(text) > _LIMIT else _profile(text, network)


@lru_cache(maxsize=16_384)
def _profile(text: str, network: Network | None) -> ProfileUrl | None:
    written = clean(text, _LIMIT)
    host, path, query = _split(written)
    site = _HOSTS.get(host)
    if site is None:
        return _of_handle(written, network) if network else None
    parts = [slug for piece in path.split("/") if (slug := _slug(piece))]
    match site:
        case "linkedin":
            return _linkedin(parts)
        case "x":
            return _x(parts)
        case "facebook":
            return _facebook(parts, query)
        case "github":
            return _github(parts)
        case _:
            assert_never(site)


def is_company_page(url: ProfileUrl) -> bool:
    return url.startswith(("linkedin.com/company/", "linkedin.com/school/"))


def _of_handle(written: str, network: Network) -> ProfileUrl | None:
    handle = written.removeprefix("@")
    if not handle or any(c in "/:?#@. " for c in handle):
        return None
    return parse_profile_url(_PREFIX[network] + quote(handle))


def _split(written: str) -> tuple[str, str, str]:
    """Host without its country or device subdomain, path and query."""
    rest = re.sub(r"^[a-zA-Z]{2,10}:", "", written).lstrip("/")
    address, _, query = rest.replace("/#!/", "/").partition("#")[0].partition("?")
    host, _, path = address.partition("/")
    name = host.lower().rpartition("@")[2].partition(":")[0].rstrip(".")
    return ".".join(name.split(".")[-2:]), path, query


def _slug(piece: str) -> str:
    plain = clean(unquote(piece, errors="ignore"), _LIMIT)
    if not plain or len(plain) > _SLUG_LIMIT or any(c in "/\\ " for c in plain):
        return ""
    lowered = plain if _MEMBER_ID.fullmatch(plain.partition(",")[0]) else plain.lower()
    return quote(clean(lowered, _LIMIT), safe="-_.~'")


def _linkedin(parts: list[str]) -> ProfileUrl | None:
    while parts and parts[0] in _WAYS_IN:
        parts = parts[1:]
    match parts:
        case ["sales", "people" | "lead", lead, *_]:
            member = _MEMBER_ID.match(lead)
            return ProfileUrl(f"linkedin.com/in/{member[0]}") if member else None
        case ["company-beta", slug, *_]:
            return ProfileUrl(f"linkedin.com/company/{slug}")
        case ["in" | "company" | "school" as kind, slug, *_]:
            return ProfileUrl(f"linkedin.com/{kind}/{slug}")
        case ["showcase", slug, *_]:
            return ProfileUrl(f"linkedin.com/company/{slug}")
        case ["pub", slug, one, two, three, *_]:
            # The address LinkedIn itself redirects an old public profile to.
            number = f"{three.zfill(3)}{two.zfill(3)}{one}".lower()
            return ProfileUrl(f"linkedin.com/in/{slug}-{number}")
        case ["pub", slug]:
            return ProfileUrl(f"linkedin.com/in/{slug}")
        case _:
            return None


def _x(parts: list[str]) -> ProfileUrl | None:
    handle = parts[0].removeprefix("%40") if parts else ""
    if handle in _NO_HANDLE_ON_X or not re.fullmatch(r"\w{1,15}", handle, re.ASCII):
        return None
    return ProfileUrl(f"x.com/{handle}")


def _facebook(parts: list[str], query: str) -> ProfileUrl | None:
    match parts:
        case ["profile.php", *_]:
            found = re.search(r"(?:^|&)id=(\d{1,20})(?:&|$)", query, re.ASCII)
            return ProfileUrl(f"facebook.com/{found[1]}") if found else None
        case ["people" | "pages", _, number, *_] if number.isdigit():
            return ProfileUrl(f"facebook.com/{number}")
        case [page, *_] if page.endswith(".php"):
            return None
        case ["pg", page, *_] | [page, *_] if page not in _NO_PAGE_ON_FACEBOOK | {"people", "pg"}:
            return ProfileUrl(f"facebook.com/{page}")
        case _:
            return None


def _github(parts: list[str]) -> ProfileUrl | None:
    """The account, also where one of its repositories is named."""
    match parts:
        case ["orgs", account, *_] | [account, *_] if account not in _NO_ACCOUNT_ON_GITHUB | {
            "orgs"
        }:
            is_account = re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,38})", account)
            return ProfileUrl(f"github.com/{account}") if is_account else None
        case _:
            return None
