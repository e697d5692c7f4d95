"""The command line's way to a running service."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from roleferry_enrich.errors import ConfigurationError, RoleferryError

_PATIENCE_S = 30.0
_ANSWERS = frozenset({"meta", "dry_run"})
"""One of these is in every answer."""


class ServiceRefused(RoleferryError):
    """The service answered with a problem; the message is for the person who typed the command."""


@dataclass(frozen=True, slots=True)
class Service:
    """An API that can be asked."""

    client: httpx.AsyncClient

    # Any: JSON as any client of the API gets it.
    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer's JSON. Raises ServiceRefused with the reasons the service gave."""
        try:
            response = await self.client.post(path, json=body)
        except httpx.TimeoutException as error:
            raise ServiceRefused(
                f"{self.client.base_url} did not answer within {_PATIENCE_S:g} s"
            ) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise ServiceRefused(
                f"no service answers at {self.client.base_url}: is it running, and is --url right?"
            ) from error
        return _content(response)


@asynccontextmanager
async def remote(
    url: str,
    key: str,
    *,
    by_proxy: bool = True,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Service]:
    """`by_proxy`: through the proxy that the environment names, if it names one."""
    async with httpx.AsyncClient(
        base_url=_checked(url),
        headers=_headers(key),
        timeout=_PATIENCE_S,
        transport=transport,
        trust_env=by_proxy,
    ) as client:
        yield Service(client)


def _checked(url: str) -> httpx.URL:
    try:
        checked = httpx.URL(url)
    except httpx.InvalidURL:
        checked = httpx.URL()
    if checked.scheme not in {"http", "https"} or not checked.host:
        raise ConfigurationError("--url (or RFE_URL) must look like https://enrich.acme.test")
    return checked


def _headers(key: str) -> dict[str, str]:
    if not key.isascii() or not key.isprintable():
        raise ConfigurationError("--key (or RFE_KEY) is no API key: it has characters none has")
    return {"Authorization": f"Bearer {key}"}


def _content(response: httpx.Response) -> dict[str, Any]:
    try:
        content = response.json()
    except ValueError:  # not JSON, or not even text
        content = None
    if response.is_success and isinstance(content, dict) and content.keys() & _ANSWERS:
        return content
    if not response.is_success and isinstance(content, dict) and "title" in content:
        raise ServiceRefused(_reasons(content))
    raise ServiceRefused(
        f"{response.url.copy_with(query=None)} answered with status {response.status_code} and "
        "nothing that RoleFerry Enrich would say: is --url right, or is a proxy between?"
    )


def _reasons(problem: Mapping[str, Any]) -> str:
    faults = [f"{fault['field']}: {fault['message']}" for fault in problem.get("errors") or ()]
    said = problem.get("detail") or problem["title"]
    # "see `errors`" is for programs; a person sees them.
    return "; ".join(faults or [said])
