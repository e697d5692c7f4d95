"""One visit to one site: which requests are made, in which order, and when to leave.

Redirects arrive as replies. They are followed only below the site's own domain and only over
https, so that nobody sends us elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus

from roleferry_enrich.errors import (
    CallSkipped,
    ProviderError,
    ProviderRefusedQuery,
    ProviderUnavailable,
)
from roleferry_enrich.providers.contract import Call, Conversation, ask, pause
from roleferry_enrich.providers.pages.documents import Page, Topic, read_page
from roleferry_enrich.providers.pages.links import Address, pages_to_read, resolve
from roleferry_enrich.providers.pages.robots import Rules, read_rules
from roleferry_enrich.providers.replies import Reply

_MOST_PAGES = 5
_MOST_REDIRECTS = 5
_MOST_REQUESTS = 14
# A site that wants more time between requests is read no further than its first page.
_LONGEST_DELAY = timedelta(seconds=5)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Every status is read here: what one site answers must neither pause nor break the others.
_ANY_STATUS = tuple(int(status) for status in HTTPStatus if status >= 200)
_USUAL_PATHS = {Topic.PEOPLE: "/team", Topic.ABOUT: "/about", Topic.LEGAL: "/contact"}


@dataclass(frozen=True, slots=True)
class Site:
    pages: tuple[Page, ...]
    incomplete: str | None = None
    """Why there may be more to read."""


def read_site(domain: str, topics: Sequence[Topic]) -> Conversation[Site]:
    """The home page and the pages on these topics, as far as robots.txt lets us.

    Raises ProviderRefusedQuery where the site keeps us out, ProviderUnavailable where nobody
    answers; both mean that we do not know, not that there is nothing.
    """
    visit = _Visit(domain)
    try:
        home = yield from visit.page(Address(domain, "/"), Topic.HOME)
    except ProviderUnavailable:
        home = yield from visit.page(Address(f"www.{domain}", "/"), Topic.HOME)
    if home is None:
        return Site(())
    return (yield from _read_further(visit, home, tuple(topics)))


def _read_further(visit: "_Visit", home: Page, topics: tuple[Topic, ...]) -> Conversation[Site]:
    pages = [home]
    try:
        if visit.delay(home.host) > _LONGEST_DELAY:
            return Site((home,), "the site wants more time between requests")
        for address, topic in _pages_after(home, visit.domain, topics)[:_MOST_PAGES]:
            page = yield from visit.page_if_allowed(address, topic)
            if page is not None and all(page.path != known.path for known in pages):
                pages.append(page)
    except (ProviderError, CallSkipped) as stopped:
        return Site(tuple(pages), f"stopped early: {type(stopped).__name__}")
    return Site(tuple(pages))


def _pages_after(home: Page, domain: str, topics: tuple[Topic, ...]) -> list[tuple[Address, Topic]]:
    linked = pages_to_read(home, domain, topics)
    if linked:
        return linked
    return [(Address(home.host, _USUAL_PATHS[topic]), topic) for topic in topics]


@dataclass(slots=True)
class _Visit:
    """What one conversation knows of the site so far."""

    domain: str
    _rules: dict[str, Rules] = field(default_factory=dict)
    _requests: int = 0

    def delay(self, host: str) -> timedelta:
        return self._rules[host].delay

    def page_if_allowed(self, address: Address, topic: Topic) -> Conversation[Page | None]:
        """The page; None where robots.txt forbids it or the site has no such page."""
        try:
            return (yield from self.page(address, topic))
        except ProviderRefusedQuery:
            return None

    def page(self, address: Address, topic: Topic) -> Conversation[Page | None]:
        """The page at the end of its redirects; None where there is no HTML page."""
        for _ in range(_MOST_REDIRECTS + 1):
            yield from self._require_permission(address)
            reply = yield from self._fetch(address)
            if reply.status not in _REDIRECTS:
                return _page(reply, address, topic)
            address = self._redirected(reply, address)
        raise ProviderRefusedQuery("the site redirects in circles")

    def _require_permission(self, address: Address) -> Conversation[None]:
        if address.host not in self._rules:
            self._rules[address.host] = yield from self._read_robots(address.host)
        rules = self._rules[address.host]
        if not rules.allow(address.url):
            raise ProviderRefusedQuery("robots.txt forbids this page")
        if timedelta(0) < rules.delay <= _LONGEST_DELAY:
            yield from pause(rules.delay)

    def _read_robots(self, host: str) -> Conversation[Rules]:
        """The rules of a host. RFC 9309: 4xx means none, 5xx means that nothing is allowed."""
        address = Address(host, "/robots.txt")
        for _ in range(_MOST_REDIRECTS + 1):
            reply = yield from self._fetch(address)
            if reply.status >= 500:
                raise ProviderRefusedQuery("robots.txt cannot be read, so nothing may be")
            if reply.status not in _REDIRECTS:
                break
            address = self._redirected(reply, address)
        return read_rules(reply)

    def _fetch(self, address: Address) -> Conversation[Reply]:
        self._requests += 1
        if self._requests > _MOST_REQUESTS:
            raise ProviderRefusedQuery("the site needs too many requests")
        call = replace(Call.get(address.path), params=address.params)
        return (yield from ask(call.at(address.origin).accepting(*_ANY_STATUS)))

    def _redirected(self, reply: Reply, address: Address) -> Address:
        """Where a redirect leads. Raises ProviderRefusedQuery where that is not this site."""
        target = reply.headers.get("location", "")
        if target[:5].lower() == "http:":
            raise ProviderRefusedQuery("the site redirects to plain http")
        resolved = resolve(target, base=address, domain=self.domain) if target else None
        if resolved is None:
            raise ProviderRefusedQuery("the site redirects to another domain")
        return resolved


def _page(reply: Reply, address: Address, topic: Topic) -> Page | None:
    """The page in a reply; None for a page that is not there."""
    if reply.status in {404, 410} or reply.status < 300:
        if reply.status >= 300:
            return None
        return read_page(reply, host=address.host, path=address.path, topic=topic)
    if reply.status >= 500:
        raise ProviderUnavailable(f"status {reply.status}")
    raise ProviderRefusedQuery(f"status {reply.status}")
