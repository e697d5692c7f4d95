"""No connection is made to an address of our own network, however its name answers.

A real server listens on loopback and counts connections; a real aiohttp session tries to reach it
through names whose answers the test decides.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from roleferry_enrich.errors import AddressRefused
from roleferry_enrich.gateway.open_web import (
    PublicOnlyResolver,
    open_web_connector,
    public_only_socket,
)


@dataclass
class Names(AbstractResolver):
    """A resolver that gives the next of its answers each time it is asked."""

    answers: Iterator[list[str]]
    asked: int = 0
    closed: bool = False

    async def resolve(self, host, port=0, family=socket.AF_INET) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in next(self.answers)
        ]

    async def close(self) -> None:
        self.closed = True


@dataclass
class Inside:
    port: int = 0
    connections: list[str] = field(default_factory=list)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append("connected")
        writer.close()


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    inside = Inside()
    server = await asyncio.start_server(inside.accept, "127.0.0.1", 0)
    inside.port = server.sockets[0].getsockname()[1]
    async with server:
        yield inside


async def fetch(url: str, *answers: list[str]) -> None:
    resolver = PublicOnlyResolver(Names(iter(answers)))
    connector = open_web_connector(resolver)
    async with aiohttp.ClientSession(connector=connector) as session:
        await session.get(url, allow_redirects=False)


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "127.0.0.1"],
        ["127.0.0.1", "1.1.1.1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["not-an-address"],
        ["127.1"],
        ["fe80::1%1"],
        [],
        ["1.1.1.1"] * 1000,
    ],
)
async def test_a_name_with_any_unfit_answer_is_refused_without_connecting(
    inside: Inside, answers: list[str]
) -> None:
    with pytest.raises(AddressRefused):
        await fetch(f"http://acme.test:{inside.port}/", answers)

    assert inside.connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
async def test_an_address_in_the_url_is_refused_though_no_resolver_is_asked(
    inside: Inside, host: str
) -> None:
    with pytest.raises(AddressRefused):
        await fetch(f"http://{host}:{inside.port}/", ["1.1.1.1"])

    assert inside.connections == []


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "2130706433", "0177.0.0.1", "0"])
async def test_an_address_in_another_spelling_is_refused(inside: Inside, host: str) -> None:
    with pytest.raises((AddressRefused, aiohttp.InvalidURL)):
        await fetch(f"http://{host}:{inside.port}/", ["1.1.1.1"])

    assert inside.connections == []


async def test_a_name_that_answers_inside_the_second_time_is_refused_then(inside: Inside) -> None:
    resolver = PublicOnlyResolver(Names(iter([["1.1.1.1"], ["127.0.0.1"]])))

    first = await resolver.resolve("acme.test", inside.port)
    with pytest.raises(AddressRefused):
        await resolver.resolve("acme.test", inside.port)

    assert [answer["host"] for answer in first] == ["1.1.1.1"]


async def test_what_was_checked_is_what_is_connected_to() -> None:
    targets: list[str] = []

    def note(target):
        targets.append(target[4][0])
        raise OSError("no connection in a test")

    names = Names(iter([["1.1.1.1", "8.8.8.8"], ["127.0.0.1"]]))
    connector = aiohttp.TCPConnector(resolver=PublicOnlyResolver(names), socket_factory=note)
    async with aiohttp.ClientSession(connector=connector) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("http://acme.test/")

    assert set(targets) == {"1.1.1.1", "8.8.8.8"}
    assert names.asked == 1


async def test_waiters_for_one_name_are_all_refused(inside: Inside) -> None:
    connector = open_web_connector(PublicOnlyResolver(Names(iter([["127.0.0.1"]] * 5))))
    async with aiohttp.ClientSession(connector=connector) as session:
        url = f"http://acme.test:{inside.port}/"
        outcomes = await asyncio.gather(
            *(session.get(url) for _ in range(5)), return_exceptions=True
        )

    assert all(isinstance(outcome, AddressRefused) for outcome in outcomes)
    assert inside.connections == []


async def test_closing_closes_the_inner_resolver() -> None:
    names = Names(iter([]))

    await PublicOnlyResolver(names).close()

    assert names.closed


def test_a_socket_for_a_public_address_is_made() -> None:
    target = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("1.1.1.1", 443))

    with public_only_socket(target) as made:
        assert made.family == socket.AF_INET
