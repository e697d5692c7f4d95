"""Which hosts and addresses may be called when somebody else names them.

Pages to read and webhook receivers are chosen by callers, so a call could be aimed at our own
network. The list is our own, not `ipaddress.is_private`: that follows IANA, whose "global"
includes NAT64 and whose new ranges reach Python late (cpython#151764).
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import idna

_DENIED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier NAT, and 100.100.100.200 of Alibaba's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, inside public space
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Everything routed is in 2000::/3; loopback, fc00::/7, fe80::/10, fec0::/10, ff00::/8, 100::/64,
# 5f00::/16, ::/96 and both NAT64 prefixes lie outside it.
_ROUTED_V6 = IPv6Network("2000::/3")
_DENIED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4 carries any IPv4 address inside
        "2620:4f:8000::/48",
        "3ffe::/16",
        "3fff::/20",
    )
)
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_INSIDE = (
    "arpa", "corp", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain",
    "localhost", "onion", "private",
)  # fmt: skip
# One strict form that every URL parser reads alike: no userinfo, no backslash, no escape in the
# host, no other port.
_HTTPS = re.compile(r"https://([a-zA-Z0-9.-]+)(?::443)?(?:[/?#][!-\[\]-~]*)?")
_LONGEST_HOST = 253
_LONGEST_URL = 2048


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address may be connected to: routed on the internet, and of nobody's inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _DENIED_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address.scope_id is not None or address not in _ROUTED_V6 or _is_isatap(address):
        return False
    return not any(address in network for network in _DENIED_V6)


def _is_isatap(address: IPv6Address) -> bool:
    """An IPv4 address tunnelled in the interface part of any prefix (RFC 5214)."""
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def refuse_host(host: str) -> str | None:
    """Why this spelling of a host is refused before it is resolved; None where it is not.

    Takes a bare host name in ASCII. Resolvers read many things as an address (`127.1`,
    `0x7f000001`, `017700000001`), so whatever ends in a number is one.
    """
    if not host.isascii():
        return "not ASCII"
    name = host.lower().removesuffix(".")
    if not name or len(name) > _LONGEST_HOST:
        return "empty or longer than 253 characters"
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "not a host name"
    if _NUMBER.fullmatch(labels[-1]):
        return "an address instead of a name"
    if labels[-1] in _INSIDE or len(labels) == 1:
        return "a name of an internal network"
    return _refuse_punycode(labels)


def _refuse_punycode(labels: list[str]) -> str | None:
    for label in labels:
        if label.startswith("xn--"):
            try:
                idna.ulabel(label)
            except idna.IDNAError:
                return "not a valid international name"
    return None


def refuse_url(url: str) -> str | None:
    """Why this URL is refused before its host is resolved; None where it is not."""
    if len(url) > _LONGEST_URL:
        return "longer than 2,048 characters"
    match = _HTTPS.fullmatch(url)
    if match is None:
        return "not a plain https URL on port 443"
    return refuse_host(match[1])
