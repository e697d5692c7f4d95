"""Reads robots.txt (RFC 9309), by which a site says what may be fetched."""

from dataclasses import dataclass
from datetime import timedelta

from protego import Protego

from roleferry_enrich.providers.replies import Reply

AGENT = "roleferry-enrich"
_READ_AT_LEAST = 512_000  # RFC 9309 section 2.5 asks for 500 KiB
_LONGEST_DELAY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host allows us."""

    _robots: Protego

    def allow(self, url: str) -> bool:
        return bool(self._robots.can_fetch(url, AGENT))

    @property
    def delay(self) -> timedelta:
        """The time the site wants between two requests."""
        seconds = self._robots.crawl_delay(AGENT) or 0.0
        return min(timedelta(seconds=max(0.0, float(seconds))), _LONGEST_DELAY)


def read_rules(reply: Reply) -> Rules:
    """The rules in a reply for robots.txt: an absent file, or a page instead of one, has none."""
    present = 200 <= reply.status < 300
    text = reply.body[:_READ_AT_LEAST].decode("utf-8", "replace") if present else ""
    return Rules(Protego.parse(text.removeprefix("\ufeff")))
