"""The command line's way to the API: a running service, or the same application in this process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

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
async def remote(url: str, key: str) -> AsyncIterator[Service]:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=_PATIENCE_S) as client:
        yield Service(client)


@asynccontextmanager
async def in_process(app: FastAPI, key: str) -> AsyncIterator[Service]:
    """The same application without a network between; it must be started."""
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://in-process", headers=headers, timeout=_PATIENCE_S
    ) as client:
        yield Service(client)


def _content(response: httpx.Response) -> dict[str, Any]:
    content: dict[str, Any] = response.json()
    if response.is_success:
        return content
    faults = [f"{fault['field']}: {fault['message']}" for fault in content.get("errors") or ()]
    raise ServiceRefused("; ".join([content.get("detail") or content["title"], *faults]))
