"""No spelling of an address of our own network is called: not registered, and not connected to."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from tests.gateway.test_addresses import PRIVATE
from tests.webhooks.outgoing.receiver import Hanging, Names, destinations, sender

from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.gateway.open_web import PublicOnlyResolver, open_web_connector
from roleferry_enrich.webhooks.outgoing import destinations as module
from roleferry_enrich.webhooks.outgoing.sending import Sender

ADDRESSES = [
    "127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "017700000001",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "0", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[::127.0.0.1]", "100.64.0.1", "169.254.169.254", "[fd00:ec2::254]",
    "100.100.100.200", "[::1]", "[::]", "[fe80::1]", "[fe80::1%25lo]", "[ff02::1]", "224.0.0.1",
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "255.255.255.255", "0.0.0.0", "[fec0::1]",
    "[2001:0:7f00:1::1]", "[64:ff9b:1::1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]",
    "0x7f.0.0.1", "0x7f.1", "127.0.1", "127.0.0.1.", "1.1.1.1", "8.8.8.8", "0X7F.0.0.1",
    "00000177.0.0.1", "127.0.0.0x1", "localhost", "LOCALHOST", "localhost.", "a.localhost",
    "metadata.google.internal", "printer.local", "intranet", "db.corp", "router.lan",
    "1.0.0.127.in-addr.arpa", "xn--a.test", "m\u00fcnchen.test", "ex\u0430mple.test",
]  # fmt: skip
SPELLINGS = [
    "http://receiver.test/", "gopher://receiver.test/", "file:///etc/passwd", "ftp://receiver.test",
    "ws://receiver.test/", "//receiver.test/", "https:receiver.test", "https:///receiver.test",
    "https://user:pass@receiver.test/", "https://user@receiver.test/", "https://:@receiver.test/",
    "https://receiver.test@127.0.0.1/", "https://receiver.test\\@127.0.0.1/",
    "https://127.0.0.1#@receiver.test/", "https://127.0.0.1\\@receiver.test/",
    "https://receiver.test:99999/", "https://receiver.test:22/", "https://receiver.test:0/",
    "https://receiver.test:80/", "https://receiver.test:\uff14\uff14\uff13/",
    "https://receiver.test:/", "https://%31%32%37.0.0.1/", "https://receiver%2etest/",
    "https://receiver.test/a\r\nX: y", "https://receiver.test/a\nb", "https://receiver.test/a b",
    "https://receiver.test/\t", " https://receiver.test/", "https://receiver.test/\\..\\x",
    "https://receiver.test/\u00e9", "https://receiver.test/" + "a" * 10_000, "https://", "",
    "javascript:alert(1)", "data:text/plain,x", "https://[receiver.test]/", "https://a..test/",
    "https://.test/", "https://" + "a" * 64 + ".test/", "https://" + "a." * 127 + "test/",
]  # fmt: skip
ANSWERS = [
    *([address] for address in PRIVATE),
    ["1.1.1.1", "127.0.0.1"],
    ["127.0.0.1", "1.1.1.1"],
    ["not-an-address"],
    [],
    ["1.1.1.1"] * 1_000,
]
URLS = [f"https://{address}/hook" for address in ADDRESSES] + SPELLINGS
HOOK = "https://receiver.test/hook"


class Socketless:
    """A connector whose sockets are counted and never made."""

    def __init__(self, *answers: list[str]) -> None:
        self.names = Names(*answers)
        self.connected: list[str] = []

    def connector(self) -> aiohttp.TCPConnector:
        connector = open_web_connector(PublicOnlyResolver(self.names), per_host=0)
        checking = connector._socket_factory

        def note(target):
            checking(target).close()  # raises where the address is not public
            self.connected.append(str(target[4][0]))
            raise OSError("no connection in a test")

        connector._socket_factory = note
        return connector


async def send(url: str, far: Socketless, *, checked: bool = True) -> str | None:
    """`checked=False`: as if the check of the URL itself had let it pass."""
    places = destinations(far.names)
    if not checked:
        places.refuse = lambda _: None
    async with aiohttp.ClientSession(connector=far.connector()) as session:
        sending = Sender(places, open_web=session, inside=session)
        return (await sending.send(url, {}, b"{}")).failure


@pytest.mark.parametrize("url", URLS)
async def test_h65_h66_a_url_is_refused_when_it_is_registered(url):
    names = Names(["1.1.1.1"])

    with pytest.raises(InvalidQuery) as refused:
        await destinations(names).require(url)

    (fault,) = refused.value.faults
    assert fault.field == "url"
    assert names.asked == []


@pytest.mark.parametrize("url", URLS)
async def test_h65_h66_a_url_is_refused_when_it_is_sent_to(url):
    far = Socketless(["1.1.1.1"])

    assert await send(url, far) == "address_refused"

    assert (far.connected, far.names.asked) == ([], [])


@pytest.mark.parametrize("address", [it for it in ADDRESSES if it not in {"1.1.1.1", "8.8.8.8"}])
async def test_h65_where_the_url_had_passed_the_connection_is_refused(address):
    """The last door alone: nothing but the resolver and the socket looks at the address."""
    far = Socketless(["127.0.0.1"])

    failure = await send(f"https://{address}/hook", far, checked=False)

    assert failure in {"address_refused", "connection_lost"}
    assert far.connected == []


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda answers: f"{answers[:2]}-{len(answers)}")
async def test_h67_a_name_with_an_unfit_answer_is_refused_at_both_places(answers):
    far = Socketless(answers)

    with pytest.raises(InvalidQuery):
        await destinations(Names(answers)).require(HOOK)
    assert await send(HOOK, far) == "address_refused"

    assert far.connected == []


async def test_h67_a_name_that_points_inside_after_it_was_registered_is_not_called():
    far = Socketless(["1.1.1.1"], ["127.0.0.1"])
    await destinations(far.names).require(HOOK)

    assert await send(HOOK, far) == "address_refused"

    assert far.connected == []


async def test_h67_what_was_checked_is_what_is_connected_to():
    far = Socketless(["1.1.1.1", "8.8.8.8"], ["127.0.0.1"])

    assert await send(HOOK, far) == "no_connection"

    assert set(far.connected) == {"1.1.1.1", "8.8.8.8"}
    assert far.names.asked == ["receiver.test"]


async def test_h67_a_resolver_that_hangs_is_waited_for_so_long(monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.01)

    with pytest.raises(InvalidQuery):
        await destinations(Hanging([])).require(HOOK)
    async with sender(names=Hanging([]), deadline_s=0.01) as sending:
        assert (await sending.send(HOOK, {}, b"{}")).failure == "timed_out"


@pytest.mark.parametrize(
    "url", [HOOK, "https://receiver.test:443/a?b=c%20d", "https://xn--mnchen-3ya.test/"]
)
async def test_ordinary_urls_are_registered(url):
    await destinations(Names(["1.1.1.1"])).require(url)


INSIDE = ("n8n.lan:5678", "10.0.0.8:443", "127.0.0.1:9000", "[::1]:9000")


@pytest.mark.parametrize(
    "url",
    ["https://n8n.lan:5678/x", "https://N8N.lan:5678/x", "https://10.0.0.8/x",
     "https://10.0.0.8:443/x", "http://127.0.0.1:9000/x"],
)  # fmt: skip
async def test_hosts_that_the_operator_names_may_be_called(url):
    await destinations(Names(["127.0.0.1"]), *INSIDE).require(url)


@pytest.mark.parametrize(
    "url",
    ["https://n8n.lan/x", "https://n8n.lan:5679/x", "https://10.0.0.9/x", "http://10.0.0.8/x",
     "https://user@n8n.lan:5678/x", "https://n8n.lan:5678@10.0.0.9/x", "ftp://n8n.lan:5678/",
     "https://n8n.lan:5678\\@x.test/", "https://127.1:9000/", "https://n8n.lan.:5678/"],
)  # fmt: skip
async def test_what_only_looks_like_a_named_host_may_not(url):
    with pytest.raises(InvalidQuery):
        await destinations(Names(["127.0.0.1"]), *INSIDE).require(url)


async def test_outside_development_nothing_goes_over_http():
    places = destinations(Names(["1.1.1.1"]), *INSIDE, allow_http=False)

    await places.require("https://n8n.lan:5678/x")
    for url in ("http://n8n.lan:5678/x", "http://127.0.0.1:9000/x", "http://receiver.test/"):
        with pytest.raises(InvalidQuery):
            await places.require(url)


async def test_a_refusal_tells_nothing_of_how_a_name_was_resolved():
    told = set()
    for answers in (["127.0.0.1"], [], ["not-an-address"]):
        with pytest.raises(InvalidQuery) as refused:
            await destinations(Names(answers)).require(HOOK)
        told.add((refused.value.detail, refused.value.faults))

    assert len(told) == 1


@pytest.fixture(autouse=True)
async def no_task_is_left() -> AsyncIterator[None]:
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}
