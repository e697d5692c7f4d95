"""The API as the command line uses it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from roleferry_enrich.errors import RoleferryError

_PATIENCE_S = 30.0


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
        except httpx.TransportError as error:
            raise ServiceRefused(
                f"no service answers at {self.client.base_url}: is it running, and is --url right?"
            ) from error
        return _content(response)


@asynccontextmanager
async def service_at(
    url: str, key: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Service]:
    """The service at that address, over the network or another way."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, timeout=_PATIENCE_S, transport=transport
    ) as client:
        yield Service(client)


def _content(response: httpx.Response) -> dict[str, Any]:
    content: dict[str, Any] = response.json()
    if response.is_success:
        return content
    faults = [f"{fault['field']}: {fault['message']}" for fault in content.get("errors") or ()]
    raise ServiceRefused("; ".join([content.get("detail") or content["title"], *faults]))
