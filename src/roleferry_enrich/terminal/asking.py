"""Asks a running service for a command."""

import asyncio
from collections.abc import Mapping
from typing import Any

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.terminal.service import remote


# Any: JSON as any client of the API gets it.
def ask_there(path: str, body: Mapping[str, Any], url: str, key: str | None) -> dict[str, Any]:
    """The API's answer. Raises ServiceRefused or ConfigurationError, both meant to be read."""
    if key is None:
        raise ConfigurationError("--url needs --key (or RFE_KEY): a key of that service")
    return asyncio.run(_ask(path, body, url, key))


async def _ask(path: str, body: Mapping[str, Any], url: str, key: str) -> dict[str, Any]:
    async with remote(url, key) as service:
        return await service.post(path, body)
