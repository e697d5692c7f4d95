"""Stands where aiohttp's session stands, between our transport and the farm.

The transport itself is real: what it makes of a reply, a cut or a silence is part of the test.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from tests.simulation.farm import Farm, Landed, Said

_VERDICTS = {200: False, 500: True, 502: True, 503: True}
_NOWHERE = ConnectionKey("provider.test", 443, True, True, None, None, None)


class Session:
    """One process's connections to the farm. `alive` never returns once the process is dead."""

    def __init__(self, farm: Farm, alive: Callable[[], Awaitable[None]]) -> None:
        self.farm = farm
        self.alive = alive

    def request(
        self,
        _: str,
        url: str,
        *,
        params: Any = None,
        data: bytes | None = None,
        timeout: aiohttp.ClientTimeout,
        **__: Any,
    ) -> "_Exchange":
        return _Exchange(self, url, (dict(params or ()), data), timeout.total)

    async def head(self, said: Said) -> None:
        """The beginning of the reply, in its time, or what happens instead."""
        if said.ending == "refused":
            await asyncio.sleep(0.002)
            raise aiohttp.ClientConnectorError(_NOWHERE, OSError(111, "refused"))
        if said.ending == "never":
            await asyncio.get_running_loop().create_future()
        await asyncio.sleep(said.after)
        await self.alive()
        if said.ending == "reset":
            raise aiohttp.ServerDisconnectedError

    async def body(self, call: Landed, said: Said) -> AsyncIterator[bytes]:
        if said.body:
            yield said.body
        if said.ending == "cut":
            raise aiohttp.ClientPayloadError("not all of it came")
        if said.ending == "hangs":
            await asyncio.get_running_loop().create_future()
        await self.alive()
        self.farm.received(call, said)


class _Exchange:
    def __init__(
        self,
        session: Session,
        url: str,
        asked: tuple[Mapping[str, str], bytes | None],
        total: float | None,
    ) -> None:
        self._session = session
        self._url = url
        self._asked = asked
        self._total = total
        self._call: Landed | None = None
        self._status = 0

    async def __aenter__(self) -> "_Response":
        loop = asyncio.get_running_loop()
        ends = None if self._total is None else loop.time() + self._total
        await self._session.alive()
        call, said = self._session.farm.receive(self._url, *self._asked)
        try:
            async with asyncio.timeout_at(ends):
                await self._session.head(said)
        except BaseException as error:
            self._session.farm.ended(call, has_failed=_is_sign(error))
            raise
        self._call, self._status = call, said.status
        return _Response(self._session, call, said, ends)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._call is not None
        has_failed = _is_sign(error) if error else _VERDICTS.get(self._status)
        self._session.farm.ended(self._call, has_failed=has_failed)


def _is_sign(error: BaseException) -> bool | None:
    """Whether it says something of the provider; a cancel does not."""
    return None if isinstance(error, asyncio.CancelledError) else True


class _Response:
    def __init__(self, session: Session, call: Landed, said: Said, ends: float | None) -> None:
        self.status = said.status
        self.headers = said.headers
        self._parts = session.body(call, said)
        self._ends = ends

    @property
    def content(self) -> "_Response":
        return self

    def iter_chunked(self, _: int) -> "_Response":
        return self

    def __aiter__(self) -> "_Response":
        return self

    async def __anext__(self) -> bytes:
        async with asyncio.timeout_at(self._ends):
            return await anext(self._parts)
