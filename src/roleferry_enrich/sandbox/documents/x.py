"""X's users and posts: companies' accounts, their namesakes', and what companies post."""

from collections.abc import Sequence
from typing import Any

from roleferry_enrich.sandbox.networks import shows_its_site, x_handle
from roleferry_enrich.sandbox.population import Company, Person
from roleferry_enrich.sandbox.spelling import letters_of

Document = dict[str, Any]  # JSON on its way out, never read back
DEFAULT_FIELDS = frozenset({"id", "name", "username"})
_FIRST_USER = 1_500_000_000_000_000_000
_FIRST_POST = 1_900_000_000_000_000_000
_MOST_POSTS = 6


def company_id(user_id: str) -> int | None:
    return int(user_id) - _FIRST_USER if user_id.isascii() and user_id.isdigit() else None


def user(company: Company) -> Document:
    site = f"https://www.{company.domain}" if shows_its_site(company) else None
    return _user(company.id, company.name, x_handle(company), company.description, site)


def namesake(company: Company, handle: str) -> Document:
    """Somebody who was quicker."""
    number = 500_000_000 + company.id
    return _user(number, handle.title(), handle, "Just a fan.", f"https://{handle}-fans.test")


def posts(company: Company, staff: Sequence[Person]) -> list[Document]:
    """One a day about whoever leads, the latest first."""
    leaders = [person for person in staff if person.title][:_MOST_POSTS]
    return [_post(company, person, n) for n, person in enumerate(leaders)]


def shown(document: Document, fields: frozenset[str]) -> Document:
    """What was asked for, and what is always there."""
    wanted = fields | DEFAULT_FIELDS | {"text", "edit_history_tweet_ids"}
    return {name: value for name, value in document.items() if name in wanted}


def _user(number: int, name: str, handle: str, description: str, site: str | None) -> Document:
    document: Document = {
        "id": str(_FIRST_USER + number),
        "name": name,
        "username": handle,
        "created_at": "2014-03-04T09:00:00.000Z",
        "description": description,
        "protected": False,
        "public_metrics": {"followers_count": 1_200, "following_count": 80, "post_count": 640},
        "verified": site is not None,
        "verified_type": "business" if site else "none",
    }
    if site:
        short = f"https://t.co/{number:010d}"
        link = {"start": 0, "end": 23, "url": short, "expanded_url": site}
        document |= {"url": short, "entities": {"url": {"urls": [link]}}}
    return document


def _post(company: Company, person: Person, days_ago: int) -> Document:
    number = str(_FIRST_POST + company.id * 100 + days_ago)
    handle = letters_of(person.full_name).replace("-", "")
    mention = f" @{handle}" if len(handle) <= 15 else ""
    text = f"{person.full_name}, our {person.title}, on what comes next.{mention}"
    start = len(text) - len(mention) + 1
    mentions = [{"start": start, "end": len(text), "username": handle}] if mention else []
    return {
        "id": number,
        "edit_history_tweet_ids": [number],
        "text": text,
        "author_id": str(_FIRST_USER + company.id),
        "created_at": f"2026-05-{31 - days_ago:02d}T08:30:00.000Z",
        "entities": {"mentions": mentions},
    }
