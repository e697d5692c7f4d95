"""A Redis at the far end of a wire that can fail, under the real client library.

Only the socket is replaced: redis-py packs and parses, pools and reconnects as it does in
production, so what it does when a caller is cancelled or a reply never comes is part of what is
simulated.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from tests.simulation.redis_data import Answer, Data, Fault, Line


@dataclass
class Server:
    """One Redis, shared by every simulated process. What it is like just now may be set."""

    data: Data
    random: Random
    latency: tuple[float, float] = (0.0001, 0.001)
    """One way, in seconds: the least and the most."""
    refuses: bool = False
    hangs: bool = False
    """Takes what is sent and says nothing, as behind a firewall that drops packets."""
    loses_replies: bool = False
    """Does what it is told, but what it says is lost."""
    complains: str | None = None
    """Every command is answered by this error."""
    links: "list[_Link]" = field(default_factory=list)

    def client(self, **options: Any) -> Redis:
        pool = ConnectionPool(connection_class=_Connection, server=self, **options)
        return Redis.from_pool(pool)

    def drop_links(self) -> None:
        """Every connection ends, as when the server restarts."""
        for link in list(self.links):
            link.cut()

    def pass_on_messages(self) -> None:
        while self.data.published:
            channel, message = self.data.published.pop(0)
            for link in list(self.links):
                link.publish(channel, message)


class _Connection(AbstractConnection):
    def __init__(self, *, server: Server, **options: Any) -> None:
        super().__init__(**options)
        self._server = server

    def repr_pieces(self) -> list[tuple[str, Any]]:
        return [("simulated", True)]

    def _host_error(self) -> str:
        return "the simulated Redis"

    async def _connect(self) -> None:
        async with asyncio.timeout(self.socket_connect_timeout):
            await asyncio.sleep(self._server.random.uniform(*self._server.latency))
            if self._server.refuses:
                raise ConnectionRefusedError(111, "refused")
        link = _Link(self._server)
        self._reader, self._writer = link.reader, link  # type: ignore[assignment]


class _Link:
    """One connection: a writer for the client, and the server's end of it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self.reader = asyncio.StreamReader(loop=self._loop)
        self._received = bytearray()
        self._free_at = 0.0
        self._channels: set[bytes] = set()
        self._queued: list[list[bytes]] | None = None
        self._watched: dict[bytes, int] = {}
        self._closed = False
        server.links.append(self)

    # The client's end

    def writelines(self, parts: Iterable[bytes]) -> None:
        if self._closed:
            raise ConnectionResetError(104, "reset")
        self._received += b"".join(parts)
        self._later(self._serve)

    def write(self, data: bytes) -> None:
        self.writelines((data,))

    async def drain(self) -> None: ...

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        if self in self._server.links:
            self._server.links.remove(self)

    async def wait_closed(self) -> None: ...

    # The server's end

    def cut(self) -> None:
        self.close()
        self.reader.feed_eof()

    def publish(self, channel: bytes, message: bytes) -> None:
        if channel in self._channels:
            self._say(_packed([b"message", channel, message]))

    def _later(self, work: Any, *args: Any) -> None:
        """After the wire's latency; what is sent later never overtakes what was sent before."""
        due = self._loop.time() + self._server.random.uniform(*self._server.latency)
        self._free_at = max(self._free_at, due)
        self._loop.call_at(self._free_at, work, *args)

    def _serve(self) -> None:
        if self._closed or self._server.hangs:
            return
        said = b"".join(_packed(self._answer(command)) for command in _commands(self._received))
        if said and not self._server.loses_replies:
            self._say(said)
        self._server.pass_on_messages()

    def _say(self, data: bytes) -> None:
        self._later(self._deliver, data)

    def _deliver(self, data: bytes) -> None:
        if not self._closed:
            self.reader.feed_data(data)

    def _answer(self, command: list[bytes]) -> Answer:
        name = command[0].upper()
        if self._server.complains and name not in {b"CLIENT", b"SELECT", b"PING"}:
            return Fault(self._server.complains)
        match name:
            case b"MULTI":
                self._queued = []
                return Line("OK")
            case b"EXEC":
                return self._execute()
            case b"DISCARD":
                self._queued, self._watched = None, {}
                return Line("OK")
        if self._queued is not None:
            self._queued.append(command)
            return Line("QUEUED")
        match name:
            case b"WATCH":
                self._watched |= {key: self._version(key) for key in command[1:]}
                return Line("OK")
            case b"UNWATCH":
                self._watched = {}
                return Line("OK")
            case b"SUBSCRIBE" | b"UNSUBSCRIBE":
                return self._subscribe(name.lower(), command[1:])
            case b"PING" if self._channels:
                return [b"pong", b""]
        return self._server.data.execute(*command)

    def _execute(self) -> Answer:
        queued, watched = self._queued or [], self._watched
        self._queued, self._watched = None, {}
        if any(self._version(key) != version for key, version in watched.items()):
            return None
        return [self._server.data.execute(*command) for command in queued]

    def _version(self, key: bytes) -> int:
        return self._server.data.versions.get(key, 0)

    def _subscribe(self, verb: bytes, channels: list[bytes]) -> Answer:
        """Each channel is confirmed by a reply of its own; all but the last are said here."""
        answers = []
        for channel in channels or sorted(self._channels):
            (self._channels.add if verb == b"subscribe" else self._channels.discard)(channel)
            answers.append([verb, channel, len(self._channels)])
        for answer in answers[:-1]:
            self._say(_packed(answer))
        return answers[-1] if answers else [verb, None, 0]


def _commands(received: bytearray) -> Iterable[list[bytes]]:
    """The whole commands received so far, taken out of the buffer."""
    while received.startswith(b"*"):
        at = received.index(b"\r\n") + 2
        parts = []
        for _ in range(int(received[1 : at - 2])):
            end = received.index(b"\r\n", at)
            start, length = end + 2, int(received[at + 1 : end])
            parts.append(bytes(received[start : start + length]))
            at = start + length + 2
        del received[:at]
        yield parts


def _packed(answer: Answer) -> bytes:
    match answer:
        case None:
            return b"$-1\r\n"
        case int():
            return b":%d\r\n" % answer
        case bytes():
            return b"$%d\r\n%s\r\n" % (len(answer), answer)
        case Line(text):
            return b"+%s\r\n" % text.encode()
        case Fault():
            return b"-%s\r\n" % str(answer).replace("\r\n", " ").encode()
        case list() | tuple():
            return b"*%d\r\n%s" % (len(answer), b"".join(map(_packed, answer)))
    raise AssertionError(f"no reply can carry {answer!r}")
