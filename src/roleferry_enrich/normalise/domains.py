"""Company domains: the part somebody registered, from a domain, a host, a URL or an address."""

import re
from functools import cache, lru_cache

import idna
from tldextract import TLDExtract

from roleferry_enrich.domain.identifiers import Domain

_LIMIT = 253
# A host is at the front of a URL, so a long path or query need not be read.
_READ_AHEAD = 2_048
_TEST_SUFFIX = "test"
_SCHEME = re.compile(r"^(?:https?:)?/{0,2}", re.IGNORECASE)


def parse_domain(text: str) -> Domain | None:
    """The registrable domain (`acme.co.uk`) in lower-case ASCII.

    None for an IP address, a single label, a public suffix or what is no host name.
    """
    host = _host(text.strip()[:_READ_AHEAD])
    return _registrable(host) if 0 < len(host) <= _LIMIT else None


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


@lru_cache(maxsize=16_384)
def _registrable(host: str) -> Domain | None:
    try:
        ascii_host = idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    except UnicodeError:
        return None
    labels = ascii_host.split(".")
    if labels[-1] == _TEST_SUFFIX and len(labels) > 1:
        return Domain(".".join(labels[-2:]))
    # Each customer of `github.io` or `uk.com` is somebody else; the host's own site is its own.
    under_host = _suffixes()(ascii_host, include_psl_private_domains=True)
    registered = under_host.top_domain_under_public_suffix
    return Domain(registered or _suffixes()(ascii_host).top_domain_under_public_suffix) or None


@cache
def _suffixes() -> TLDExtract:
    """The list that came with the package: no download, no file written."""
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=False)
