"""Asks a running service for a command."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.terminal.service import Service, remote

T = TypeVar("T")


# Any: JSON as any client of the API gets it.
def ask_there(path: str, body: Mapping[str, Any], url: str, key: str | None) -> dict[str, Any]:
    """The API's answer. Raises ServiceRefused or ConfigurationError, both meant to be read."""
    return work_there(lambda service: service.post(path, body), url, key)


def work_there(work: Callable[[Service], Awaitable[T]], url: str, key: str | None) -> T:
    """What comes of work that asks the service as often as it likes. Raises likewise."""
    if key is None:
        raise ConfigurationError("--url needs --key (or RFE_KEY): a key of that service")
    return asyncio.run(_work(work, url, key))


async def _work(work: Callable[[Service], Awaitable[T]], url: str, key: str) -> T:
    async with remote(url, key) as service:
        return await work(service)
