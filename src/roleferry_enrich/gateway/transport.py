"""Sends one call over HTTP and brings back its reply, or says in our words why there is none.

A channel with a carrier of its own is served by that instead.
Redirects are not followed, no proxy is taken from the environment, and a body is read only up to
its limit after decompression: 292 kB of gzip can hold 300 MB.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp

from roleferry_enrich.errors import (
    AddressRefused,
    ProviderConnectionLost,
    ProviderContractChanged,
    ProviderRefusedQuery,
    ProviderTimedOut,
    ProviderUnavailable,
)
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.waiting import answer_within

_CHUNK = 64 * 1024
# Not aiohttp's: after a pause of ours it would throw away replies that have come and are paid for.
_NO_TIMER = aiohttp.ClientTimeout(total=None)
USER_AGENT = "roleferry-enrich/1.0"


class Transport:
    """Two sessions: one for the providers we chose, one that checks every address it calls."""

    def __init__(
        self,
        *,
        trusted: aiohttp.ClientSession,
        open_web: aiohttp.ClientSession,
        now: Callable[[], datetime],
    ) -> None:
        self._trusted = trusted
        self._open_web = open_web
        self._now = now

    async def send(self, channel: Channel, call: Call, *, within: timedelta) -> Reply:
        """The reply, whatever its status. Raises a ProviderError or AddressRefused."""
        if channel.carrier is not None:
            return await channel.carrier.send(call, within=within)
        try:
            return await answer_within(within.total_seconds(), self._exchange(channel, call))
        except AddressRefused:
            raise
        except TimeoutError as error:
            raise ProviderTimedOut("no whole reply in time") from error
        except aiohttp.ClientConnectorError as error:
            raise ProviderUnavailable("no connection") from error
        except aiohttp.InvalidURL as error:
            raise ProviderRefusedQuery("not an address that can be called") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderConnectionLost(f"connection lost: {type(error).__name__}") from error

    async def _exchange(self, channel: Channel, call: Call) -> Reply:
        session = self._open_web if channel.is_open_web else self._trusted
        async with session.request(
            call.method,
            channel.url(call),
            params=channel.params(call) or None,
            data=channel.body(call),
            headers=_headers(channel, call),
            allow_redirects=False,
            timeout=_NO_TIMER,
        ) as response:
            body = await _read(response, channel.provider.spec.body_limit)
            return self._reply(response, body)

    def _reply(self, response: aiohttp.ClientResponse, body: bytes) -> Reply:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status, body=body, headers=headers, received_at=self._now())


def _headers(channel: Channel, call: Call) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT, **channel.headers(call)}
    if call.json is not None:
        headers["Content-Type"] = "application/json"
    return headers


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_chunked(_CHUNK):
        size += len(part)
        if size > limit:
            raise ProviderContractChanged(f"the body is over {limit} bytes")
        parts.append(part)
    return b"".join(parts)
