"""A Redis at the far end of a wire that can fail, under the real client library.

fakeredis keeps the data and runs the scripts (in real Lua); redis-py packs and parses, pools and
reconnects as it does in production. Between them is this wire, whose latency and faults are drawn
from the run's seed, so that what the client does when a caller is cancelled or a reply never comes
is part of what is simulated.
"""

import asyncio
from collections.abc import Callable, Iterable
from functools import cache
from random import Random
from typing import Any

from fakeredis import FakeServer
from fakeredis.aioredis import AsyncFakeSocket

from fakeredis._helpers import SimpleError, SimpleString  # isort: skip - no public names for them
from fakeredis.model import is_write_command
from redis.asyncio.client import Redis
from redis.asyncio.connection import AbstractConnection, ConnectionPool

_SLOW = (0.01, 0.045)
_QUICK = (0.0001, 0.001)
_LOADING = "LOADING Redis is loading the dataset in memory"
_READONLY = "READONLY You can't write against a read only replica."
_FULL = "OOM command not allowed when used memory > 'maxmemory'."
_FREES = {"del", "unlink", "zrem", "srem", "lpop", "ltrim", "pexpire", "zremrangebyscore"}


class Server:
    """One Redis, shared by every simulated process; `faults` is what is wrong with it just now."""

    def __init__(self, seed: int, wall_clock: Callable[[], float]) -> None:
        self.data = FakeServer(version=(7,))
        self.faults: set[str] = set()
        self.clock_off = 0.0
        self._seed = seed
        self._wall_clock = wall_clock
        self._links: list[_Link] = []
        self._opened = 0

    def time(self) -> float:
        """The server's own clock, in Unix seconds."""
        return self._wall_clock() + self.clock_off

    def pool(self, owner: object, **options: Any) -> ConnectionPool:
        return ConnectionPool(connection_class=_Connection, server=self, owner=owner, **options)

    @property
    def latency(self) -> tuple[float, float]:
        return _SLOW if "slow" in self.faults else _QUICK

    def link(self, owner: object) -> "_Link":
        self._opened += 1
        link = _Link(self, owner, Random(f"{self._seed} link {self._opened}"))
        self._links.append(link)
        return link

    def unlink(self, link: "_Link") -> None:
        if link in self._links:
            self._links.remove(link)

    def drop_links(self) -> None:
        """Every connection ends, as when the server restarts."""
        for link in list(self._links):
            link.cut()

    def bury(self, owner: object) -> None:
        """A process died: the system closes its connections, and it hears nothing more."""
        for link in list(self._links):
            if link.owner is owner:
                link.close()

    def flush(self) -> None:
        with self.data.lock:
            for database in self.data.dbs.values():
                database.clear()
        self.data.script_cache.clear()

    def refusal(self, command: str) -> str | None:
        """The error that the command is answered by, if any."""
        if "loading" in self.faults:
            return _LOADING
        if "readonly" in self.faults and _writes(command):
            return _READONLY
        if "full" in self.faults and _writes(command) and command not in _FREES:
            return _FULL
        return None

    def values(self) -> "dict[bytes, Any]":
        """What it holds, by key."""
        return {key: self.data.dbs[0][key].value for key in list(self.data.dbs[0])}


@cache
def _writes(command: str) -> bool:
    return is_write_command(command.encode())


class _Connection(AbstractConnection):
    def __init__(self, *, server: Server, owner: Any, **options: Any) -> None:
        super().__init__(**options)
        self._server = server
        self._owner = owner

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return [("simulated", True)]

    def _host_error(self) -> str:
        return "the simulated Redis"

    async def _connect(self) -> None:
        await self._owner.alive()
        link = self._server.link(self._owner)
        try:
            async with asyncio.timeout(self.socket_connect_timeout):
                await link.opened()
        except BaseException:
            link.close()
            raise
        self._reader, self._writer = link.reader, link  # type: ignore[assignment]


class _Link:
    """One connection: a writer for the client, and the server's end of it."""

    def __init__(self, server: Server, owner: object, random: Random) -> None:
        self._server = server
        self.owner = owner
        # Of its own: in what order the server tells subscribers must not change what is drawn.
        self._random = random
        self._loop = asyncio.get_running_loop()
        self.reader = asyncio.StreamReader(loop=self._loop)
        self._socket = _Socket(self)
        self._said: list[bytes] = []
        self._free_at = 0.0
        self._closed = False

    async def opened(self) -> None:
        await asyncio.sleep(self._random.uniform(*self._server.latency))
        if "refuse" in self._server.faults:
            raise ConnectionRefusedError(111, "refused")
        if "hang" in self._server.faults:
            await self._loop.create_future()

    # The client's end

    def writelines(self, parts: Iterable[bytes]) -> None:
        if self._closed:
            raise ConnectionResetError(104, "reset")
        self._later(self._serve, b"".join(parts))

    def write(self, data: bytes) -> None:
        self.writelines((data,))

    async def drain(self) -> None: ...

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._server.unlink(self)
            self._socket.close()

    async def wait_closed(self) -> None: ...

    # The server's end

    def cut(self) -> None:
        self.close()
        self.reader.feed_eof()

    def refusal(self, command: str) -> str | None:
        return self._server.refusal(command)

    @property
    def data(self) -> FakeServer:
        return self._server.data

    def say(self, answer: Any) -> None:
        """Put an answer, or a message to a subscriber, on the wire."""
        if not self._said:
            self._loop.call_soon(self._send)
        self._said.append(_packed(answer))

    def _send(self) -> None:
        said, self._said = b"".join(self._said), []
        faults = self._server.faults
        if self._closed or faults & {"hang", "lose_replies"}:
            return
        self._later(self._cut_off if "cut" in faults else self._deliver, said)

    def _later(self, work: Callable[[bytes], None], data: bytes) -> None:
        """After the wire's latency; what is sent later never overtakes what was sent before."""
        due = self._loop.time() + self._random.uniform(*self._server.latency)
        self._free_at = max(self._free_at, due)
        self._loop.call_at(self._free_at, self._unless_closed, work, data)

    def _unless_closed(self, work: Callable[[bytes], None], data: bytes) -> None:
        if not self._closed:
            work(data)

    def _serve(self, data: bytes) -> None:
        if "hang" not in self._server.faults:
            self._socket.sendall(data)

    def _cut_off(self, _: bytes) -> None:
        self.cut()

    def _deliver(self, said: bytes) -> None:
        self.reader.feed_data(said)


class _Socket(AsyncFakeSocket):
    """Runs what one connection is sent; its answers go on the wire as they are."""

    def __init__(self, link: _Link) -> None:
        super().__init__(link.data, 0, client_class=Redis)
        self._link = link

    def put_response(self, msg: Any) -> None:
        self._link.say(msg)

    def _decode_result(self, result: Any) -> Any:
        return result

    def _run_command(self, func: Any, sig: Any, args: Any, from_script: bool) -> Any:  # noqa: FBT001
        refusal = self._link.refusal(sig.name)
        if refusal is not None:
            return SimpleError(refusal)
        return super()._run_command(func, sig, args, from_script)


def _packed(answer: Any) -> bytes:
    match answer:
        case None:
            return b"$-1\r\n"
        case int():
            return b":%d\r\n" % answer
        case bytes():
            return b"$%d\r\n%s\r\n" % (len(answer), answer)
        case SimpleString():
            return b"+%s\r\n" % answer.value
        case SimpleError():
            return b"-%s\r\n" % answer.value.replace("\r\n", " ").encode()
        case list() | tuple():
            return b"*%d\r\n%s" % (len(answer), b"".join(map(_packed, answer)))
    raise AssertionError(f"no reply can carry {answer!r}")
