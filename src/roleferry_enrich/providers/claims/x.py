"""X's accounts and posts in our words."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.providers.replies import Record

_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})


def company_of(account: Record) -> CompanyClaim:
    """A company's account. Its `url` is X's own short link; where that leads stands beside it."""
    handle = account.text("username")
    return CompanyClaim(
        reference=account.text("id"),
        name=account.text("name"),
        domain=_site(account),
        description=account.text("description"),
        twitter_url=f"https://x.com/{handle}" if handle else None,
    )


def people_named(
    names: Iterable[str], posts: Iterable[Record], keys: Keys
) -> tuple[PersonClaim, ...]:
    """Each of the names that a post has, as of the latest such post."""
    newest_first = sorted(posts, key=lambda post: post.text("created_at") or "", reverse=True)
    found = (_named(name, newest_first, keys) for name in dict.fromkeys(names))
    return tuple(person for person in found if person is not None)


def searchable(text: str) -> str:
    """The text in the only signs that X searches by: letters, digits, `_`, `'` and spaces."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    letters = plain.encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^A-Za-z0-9_' ]", " ", letters).split())


def _site(account: Record) -> str | None:
    links = account.records("entities", "url", "urls")
    return next((site for link in links if (site := link.text("expanded_url"))), None)


def _named(name: str, posts: Iterable[Record], keys: Keys) -> PersonClaim | None:
    phrase = f" {searchable(name).lower()} "
    speaking = [post for post in posts if phrase.strip() and phrase in _said(post)]
    if not speaking:
        return None
    handle = next((h for post in speaking for h in _mentioned(post) if _spells(h, name)), None)
    return PersonClaim(
        as_of=speaking[0].day("created_at"),
        full_name=name,
        company_name=keys.company_name,
        company_domain=keys.domain,
        twitter_url=f"https://x.com/{handle}" if handle else None,
    )


def _said(post: Record) -> str:
    return f" {searchable(post.text('text') or '').lower()} "


def _mentioned(post: Record) -> Iterator[str]:
    rows = post.records("entities", "mentions")
    return (handle for row in rows if (handle := row.text("username")))


def _spells(handle: str, name: str) -> bool:
    """`@orla_fenwick` in a post about Orla Fenwick is hers; a colleague's is not."""
    return _letters(handle) == _letters(searchable(name))


def _letters(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
