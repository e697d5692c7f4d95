"""Sends one message to one endpoint and tells what came of it, whatever that was."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
from yarl import URL

from roleferry_enrich.errors import AddressRefused
from roleferry_enrich.gateway.transport import USER_AGENT
from roleferry_enrich.webhooks.outgoing.destinations import Destinations
from roleferry_enrich.webhooks.outgoing.plan import Answer

DEADLINE_S = 15.0
_CONNECT_S = 5.0
_CHUNK, _MOST_READ = 16 * 1024, 64 * 1024


def session(connector: aiohttp.BaseConnector) -> aiohttp.ClientSession:
    """Follows no proxy, leaves bodies packed, and keeps no cookies.

    One account's cookies would go to another's endpoint of the same host.
    """
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
    )


class Sender:
    """Two sessions: one that checks every address it connects to, one for hosts named inside."""

    def __init__(
        self,
        destinations: Destinations,
        *,
        open_web: aiohttp.ClientSession,
        inside: aiohttp.ClientSession,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._destinations = destinations
        self._open_web = open_web
        self._inside = inside
        self._timeout = aiohttp.ClientTimeout(total=deadline_s, connect=_CONNECT_S)

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        clock = asyncio.get_running_loop().time
        begun = clock()
        status, failure, retry_after = await self._sent(url, headers, body)
        return Answer(
            status=status,
            failure=failure,
            duration=timedelta(seconds=clock() - begun),
            retry_after=retry_after,
        )

    async def _sent(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int | None, str | None, timedelta | None]:
        # The operator may have taken a host off the list, or we a range, since it was registered.
        if self._destinations.refuse(url) is not None:
            return None, "address_refused", None
        session = self._inside if self._destinations.is_inside(url) else self._open_web
        try:
            async with session.post(
                URL(url, encoded=True),
                data=body,
                headers={**_HEADERS, **headers},
                allow_redirects=False,
                timeout=self._timeout,
            ) as response:
                await _read(response)
                is_received = 200 <= response.status < 300
                return response.status, None if is_received else "status", _wish(response)
        except (AddressRefused, aiohttp.ClientError, OSError, TimeoutError) as error:
            return None, _failure(error), None


_HEADERS = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept": "*/*"}


async def _read(response: aiohttp.ClientResponse) -> None:
    """To its end, or as far as we care; nothing of it is kept or told."""
    read = 0
    async for part in response.content.iter_chunked(_CHUNK):
        read += len(part)
        if read > _MOST_READ:
            response.close()
            return


def _failure(error: Exception) -> str:
    match error:
        case AddressRefused():
            return "address_refused"
        case TimeoutError():
            return "timed_out"
        case aiohttp.ClientSSLError():
            return "tls"
        case aiohttp.ClientConnectorError():
            return "no_connection"
        case _:
            return "connection_lost"


def _wish(response: aiohttp.ClientResponse) -> timedelta | None:
    """The seconds of `Retry-After`. A date is passed over: it needs both clocks to agree."""
    text = response.headers.get("Retry-After", "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return timedelta(seconds=int(text[:9]))
