"""Sends HTTP requests at planned times and measures from them, so that no stall is hidden.

A generator that waits for an answer before it asks again slows down together with what it measures
and misses the very moments that hurt. Here the plan is made beforehand: request n is due at its
time whatever became of the others, and its latency counts from there. Bounded in number and in
time, and for loopback only: this is no tool to aim at others.
"""

import asyncio
import ipaddress
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from benchmarks.histogram import Histogram

MOST_REQUESTS = 100_000
LONGEST_S = 300.0

Request = Callable[[int], bytes]
"""The bytes of the request with that number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """So many requests, evenly at a rate, or all at once where there is none."""

    count: int
    rate: float | None = None
    patience: float = 15.0
    """Seconds after which a request counts as lost."""

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_REQUESTS:
            raise ValueError(f"a plan has 1 to {MOST_REQUESTS} requests")
        if self.due(self.count) + self.patience > LONGEST_S:
            raise ValueError(f"a plan takes at most {LONGEST_S:.0f} s")

    def due(self, number: int) -> float:
        """Seconds from the start."""
        return number / self.rate if self.rate else 0.0


@dataclass(slots=True)
class Outcome:
    """What came of a plan."""

    latency: Histogram = field(default_factory=Histogram)
    """From when each was due to the last byte of its answer."""
    lateness: Histogram = field(default_factory=Histogram)
    """Of the generator itself: from when each was due to when it was sent."""
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    took: float = 0.0
    bodies: list[bytes] = field(default_factory=list)

    @property
    def failed(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


async def fire(port: int, request: Request, plan: Plan, *, host: str = "127.0.0.1") -> Outcome:
    """Open loop: every request at its time."""
    pool, outcome = _Pool(host, port), Outcome()
    begun = time.monotonic()

    async def shoot(number: int) -> None:
        due = begun + plan.due(number)
        await asyncio.sleep(due - time.monotonic())
        try:
            async with asyncio.timeout(plan.patience):
                connection = await pool.take()
                outcome.lateness.add(time.monotonic() - due)
                status, body = await connection.exchange(request(number))
        except (TimeoutError, OSError):
            outcome.lost += 1
            return
        outcome.latency.add(time.monotonic() - due)
        outcome.statuses[status] += 1
        outcome.bodies.append(body)
        pool.give_back(connection)

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(plan.count):
                group.create_task(shoot(number))
    finally:
        pool.close()
    outcome.took = time.monotonic() - begun
    return outcome


async def saturate(
    port: int, request: Request, *, connections: int, seconds: float, host: str = "127.0.0.1"
) -> Outcome:
    """Closed loop: as much as can be had through so many connections. Not for latencies."""
    if seconds > LONGEST_S:
        raise ValueError(f"at most {LONGEST_S:.0f} s")
    pool, outcome = _Pool(host, port), Outcome()
    begun = time.monotonic()

    async def ask_on(first: int) -> None:
        connection, number = await pool.take(), first
        while (sent := time.monotonic()) < begun + seconds and number < MOST_REQUESTS:
            status, _ = await connection.exchange(request(number))
            outcome.latency.add(time.monotonic() - sent)
            outcome.statuses[status] += 1
            number += connections
        pool.give_back(connection)

    try:
        async with asyncio.TaskGroup() as group:
            for first in range(connections):
                group.create_task(ask_on(first))
    finally:
        pool.close()
    outcome.took = time.monotonic() - begun
    return outcome


def post(path: str, body: bytes, *, key: str) -> bytes:
    """A request's bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Pool:
    """Connections to one port of this machine, opened as they are needed."""

    def __init__(self, host: str, port: int) -> None:
        if not ipaddress.ip_address(host).is_loopback:
            raise ValueError("load is for loopback only")
        self._place = (host, port)
        self._idle: deque[_Connection] = deque()
        self._all: list[_Connection] = []

    async def take(self) -> "_Connection":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(_Connection, *self._place)
        self._all.append(connection)
        return connection

    def give_back(self, connection: "_Connection") -> None:
        self._idle.append(connection)

    def close(self) -> None:
        for connection in self._all:
            connection.close()


class _Connection(asyncio.Protocol):
    """One exchange after another over one connection; reads answers by their Content-Length."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises ConnectionError where the connection ends before."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are no subclass of asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(rest) < (length := _content_length(head)):
            return
        self._buffer = rest[length:]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((int(head.split(b" ", 2)[1]), rest[:length]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the connection was closed"))


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
    return 0
