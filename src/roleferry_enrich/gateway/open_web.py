"""Keeps calls to hosts that others name away from our own network.

The check sits where names become addresses, so that what was checked is what is connected to: a
name that answers differently the second time gains nothing.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType

from roleferry_enrich.errors import AddressRefused
from roleferry_enrich.gateway.addresses import is_public, refuse_host

_MOST_ANSWERS = 32


class PublicOnlyResolver(AbstractResolver):
    """Passes on what the inner resolver answers only if every answer is a public address.

    One private answer among public ones refuses the name: whoever mixes them hopes that the
    connection is tried in another order than the check.
    """

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        reason = refuse_host(host)
        if reason is not None:
            raise AddressRefused(f"the host is {reason}")
        answers = await self._inner.resolve(host, port, family)
        if not 1 <= len(answers) <= _MOST_ANSWERS:
            raise AddressRefused(f"the host has {len(answers)} addresses")
        if not all(_is_public_text(answer["host"]) for answer in answers):
            raise AddressRefused("the host has an address that is not public")
        return answers

    async def close(self) -> None:
        await self._inner.close()


def open_web_connector(resolver: PublicOnlyResolver, *, per_host: int = 2) -> TCPConnector:
    """A connector that reaches public addresses only, also where a URL names an address.

    aiohttp asks no resolver for an address literal, hence the second check at the socket.
    """
    return TCPConnector(
        resolver=resolver, socket_factory=public_only_socket, limit_per_host=per_host
    )


def public_only_socket(target: AddrInfoType) -> socket.socket:
    """A socket for this target. Raises AddressRefused where it is not public."""
    family, kind, protocol, _, address = target
    if not _is_public_text(str(address[0])):
        raise AddressRefused("the address is not public")
    return socket.socket(family=family, type=kind, proto=protocol)


def _is_public_text(text: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    return is_public(address)
