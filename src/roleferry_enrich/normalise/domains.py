"""Company domains: the part somebody registered, from a domain, a host, a URL or an address."""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import idna

from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.normalise.text import word_set

if TYPE_CHECKING:
    from tldextract import TLDExtract

_LIMIT = 253
# A host is at the front of a URL, so a long path or query need not be read.
_READ_AHEAD = 2_048
_TEST_SUFFIX = "test"
# Hosts that are not in the public suffix list, though each name below them is another's site.
_SITES_OF_ALL = word_set("wordpress.com tumblr.com jimdo.com over-blog.com livejournal.com ucoz.ru")
_PAGES_OF_ALL = word_set(
    "facebook.com fb.com instagram.com linkedin.com twitter.com x.com youtube.com youtu.be "
    "tiktok.com pinterest.com vk.com xing.com t.me wa.me google.com goo.gl bit.ly linktr.ee "
    "medium.com github.com gitlab.com yelp.com yelp.co.uk tripadvisor.com tripadvisor.co.uk "
    "etsy.com ebay.com ebay.co.uk ebay.de amazon.com amazon.co.uk amazon.de crunchbase.com "
    "angel.co wellfound.com trustpilot.com doctolib.fr pagesjaunes.fr yell.com"
)
_LONGEST_LABEL = 63
_PLAIN_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"
_PLAIN_HOST = re.compile(rf"(?:{_PLAIN_LABEL}\.)+[a-z][a-z]+")
_SCHEME = re.compile(r"^(?:https?:)?/{0,2}", re.IGNORECASE)


def parse_domain(text: str) -> Domain | None:
    """The registrable domain (`acme.co.uk`) in lower-case ASCII.

    None for an IP address, a single label, a public suffix, what is no host name, and a page on
    a network where everybody has one: `facebook.com/acme` is not Acme's domain.
    """
    written = text.strip()[:_READ_AHEAD]
    host = _host(written)
    domain = _registrable(host) if 0 < len(host) <= _LIMIT else None
    return None if domain in _PAGES_OF_ALL and _has_path(written, host) else domain


def is_plain_host(host: str) -> bool:
    """Whether nothing of it has to be converted, and nothing can be wrong with its letters.

    Nearly every host is plain, and asking the library about it is most of what an address costs.
    """
    return len(host) <= _LONGEST_LABEL and _PLAIN_HOST.fullmatch(host) is not None


def name_label(domain: Domain) -> str:
    """The label somebody chose: `acme` of `acme.co.uk`."""
    return domain.partition(".")[0]


def _host(text: str) -> str:
    """The host of whatever was given, still as written."""
    rest = text.partition("://")[2] if "://" in text[:40] else _SCHEME.sub("", text)
    for end in "/?#\\":
        rest = rest.partition(end)[0]
    host = rest.rpartition("@")[2]
    if host.count(":") == 1:
        host = host.partition(":")[0]
    return host.strip().rstrip(".。")


def _has_path(written: str, host: str) -> bool:
    after = written.partition(host)[2].lstrip(".:0123456789")
    return len(after.partition("?")[0].strip("/")) > 0


@lru_cache(maxsize=16_384)
def _registrable(host: str) -> Domain | None:
    try:
        ascii_host = host if is_plain_host(host) else _encoded(host)
    except UnicodeError:
        return None
    labels = ascii_host.split(".")
    if labels[-1] == _TEST_SUFFIX and len(labels) > 1:
        return Domain(".".join(labels[-2:]))
    # Each customer of `github.io` or `uk.com` is somebody else; the host's own site is its own.
    under_host = _suffixes()(ascii_host, include_psl_private_domains=True)
    registered = under_host.top_domain_under_public_suffix
    site = under_host.subdomain.rpartition(".")[2]
    if registered in _SITES_OF_ALL and site not in {"", "www"}:
        return Domain(f"{site}.{registered}")
    return Domain(registered or _suffixes()(ascii_host).top_domain_under_public_suffix) or None


def _encoded(host: str) -> str:
    return idna.encode(host, uts46=True).decode("ascii").rstrip(".")


@cache
def _suffixes() -> "TLDExtract":
    """The list that came with the package: no download, no file written."""
    from tldextract import TLDExtract  # at first use: see `first_use.py`

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)
