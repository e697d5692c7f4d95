"""Which URLs may be told of events: public ones over https, and hosts the operator has named.

Whoever registers an endpoint chooses where we connect to, so a URL is checked when it is
registered, again before each attempt, and its address where the connection is made.
"""

import asyncio
import re
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver
from yarl import URL

from roleferry_enrich.errors import AddressRefused, Fault, InvalidQuery
from roleferry_enrich.gateway.addresses import refuse_host, refuse_url

_PATIENCE_S = 5.0
# As strict as for public hosts: no userinfo, no backslash, no escape in the host.
_NAMED = re.compile(r"(https?)://([a-zA-Z0-9.-]+)(?::([0-9]{1,5}))?(?:[/?#][!-\[\]-~]*)?")
_PORTS = {"http": "80", "https": "443"}
_LONGEST_URL = 2048


class Destinations:
    def __init__(
        self, resolver: AbstractResolver, *, inside: Collection[str] = (), allow_http: bool = False
    ) -> None:
        """`inside`: hosts with ports (`n8n.lan:5678`) that may be called though not public.

        `allow_http` is for these alone.
        """
        self._resolver = resolver
        self._inside = frozenset(inside)
        self._allow_http = allow_http

    def is_inside(self, url: str) -> bool:
        """Whether the operator has named this URL's host."""
        match = _NAMED.fullmatch(url) if len(url) <= _LONGEST_URL else None
        if match is None or (match[1] == "http" and not self._allow_http):
            return False
        return f"{match[2].lower()}:{match[3] or _PORTS[match[1]]}" in self._inside

    def refuse(self, url: str) -> str | None:
        """Why this URL may not be called; None where it may, if its address may."""
        return None if self.is_inside(url) else refuse_url(url)

    async def require(self, url: str, *, field: str = "url") -> None:
        """Raises InvalidQuery for a URL that may not be called, or whose host is not public.

        Tells nothing of how a name was resolved, lest it tell about names of our own network.
        """
        reason = self.refuse(url)
        if reason is not None:
            raise _refused(field, f"is {reason}")
        if not self.is_inside(url) and not await self._is_public(url):
            raise _refused(field, "has a host without a public address")

    async def _is_public(self, url: str) -> bool:
        host = URL(url).raw_host or ""
        if refuse_host(host) is not None:
            return False
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await self._resolver.resolve(host, 443, socket.AF_UNSPEC)
        except (AddressRefused, OSError, TimeoutError):
            return False
        return True


def _refused(field: str, message: str) -> InvalidQuery:
    return InvalidQuery("see `errors`", faults=(Fault(field, "refused", message),))
