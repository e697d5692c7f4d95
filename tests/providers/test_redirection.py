"""`ROLEFERRY_PROVIDERS__<NAME>__BASE_URL` takes every call of an adapter elsewhere, key and all."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import orjson
import pytest
from aiohttp import web
from tests.far_end import served
from tests.providers.conformance import Player, exchanges_of, outcome_of
from tests.providers.samples import documented

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery, Query
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.transport import Transport
from roleferry_enrich.provider_access import channels_of
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings, Pause

ALL = (
    *("apollo", "clearbit", "companies_house", "explorium", "facebook"),
    *("hunter", "linkedin", "website", "x"),
)
PATIENCE = timedelta(seconds=5)


@dataclass
class Recorder:
    """A server that is asked instead of the provider; bodies by the end of the path."""

    bodies: Mapping[str, bytes] = field(default_factory=dict)
    seen: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.path, request.headers))
        for end, body in self.bodies.items():
            if request.path.endswith(end):
                kind = "text/html" if body.lstrip()[:1] == b"<" else "application/json"
                return web.Response(body=body, content_type=kind)
        return web.Response(status=404, text="no such page")


def redirected(name: str, url: str, tmp_path: Path) -> Channel:
    prefix = f"ROLEFERRY_PROVIDERS__{name.upper()}__"
    environ = {f"{prefix}BASE_URL": f"{url}/mirror"}
    if catalogue()[name].spec.authenticate is not None:
        environ[f"{prefix}API_KEY"] = f"test-key-{name}"
    return channels_of(read_settings(environ, env_file=tmp_path / "no.env"))[name]


@asynccontextmanager
async def transport() -> AsyncIterator[Transport]:
    """With no way to the open web: a call that is not redirected fails."""
    async with aiohttp.ClientSession() as trusted, aiohttp.ClientSession() as closed:
        await closed.close()
        yield Transport(trusted=trusted, open_web=closed, now=lambda: datetime.now(UTC))


def every_call(name: str) -> list[Call]:
    """All that the adapter sends in its recorded exchanges."""
    provider, calls = catalogue()[name], []
    for exchange in exchanges_of(name):
        player = Player(exchange)
        outcome_of(provider, exchange, player)
        calls += [call for call, _ in player.sent]
    return calls


@pytest.mark.parametrize("name", ALL)
async def test_every_call_goes_where_the_setting_says(name: str, tmp_path: Path) -> None:
    recorder, calls = Recorder(), every_call(name)
    async with served(recorder.answer) as url, transport() as wire:
        channel = redirected(name, url, tmp_path)
        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(wire.send(channel, call, within=PATIENCE))

    def path(call: Call) -> str:
        host = f"/{urlsplit(call.origin).netloc}" if name == "website" and call.origin else ""
        return f"/mirror{host}{call.path}"

    assert len(calls) > 3
    assert sorted((m, p) for m, p, _ in recorder.seen) == sorted((c.method, path(c)) for c in calls)


@pytest.mark.parametrize("name", [name for name in ALL if name != "website"])
async def test_every_call_carries_the_key_as_the_provider_wants_it(
    name: str, tmp_path: Path
) -> None:
    recorder = Recorder()
    async with served(recorder.answer) as url, transport() as wire:
        channel = redirected(name, url, tmp_path)
        for call in every_call(name):
            await wire.send(channel, call, within=PATIENCE)

    authenticate = catalogue()[name].spec.authenticate
    assert authenticate is not None
    expected = authenticate(f"test-key-{name}")
    assert recorder.seen
    for _, _, headers in recorder.seen:
        assert expected.items() <= {key: headers.get(key) for key in expected}.items()


def test_clearbits_calls_are_for_several_hosts() -> None:
    """Else the test above would show nothing about them."""
    assert len({call.origin for call in every_call("clearbit")}) == 3


async def over_the_wire(
    channel: Channel, conversation: Conversation[Answer], wire: Transport
) -> Answer:
    try:
        step = next(conversation)
        while True:
            assert not isinstance(step, Pause)
            replies = [await wire.send(channel, call, within=PATIENCE) for call in step]
            step = conversation.send(tuple(replies))
    except StopIteration as finished:
        answer: Answer = finished.value
        return answer


def _first(bulk: bytes) -> bytes:
    """A documented bulk enrichment as the single one that holds its first record."""
    document = orjson.loads(bulk)
    return orjson.dumps({**document, "data": document["data"][0]["data"]})


PERSON = PersonQuery(keys=Keys(email=Email("asked@asked.test")))
DOCUMENTED: Mapping[str, tuple[str, Query, Mapping[str, str]]] = {
    "apollo": ("find_person", PERSON, {"/people/match": "people_match__openapi.json"}),
    "clearbit": ("find_person", PERSON, {"/combined/find": "combined_find__hull.json"}),
    "companies_house": (
        "find_company",
        CompanyQuery(keys=Keys(company_number=CompanyNumber("00445790"))),
        {"/company/00445790": "company_profile__kevbite_tesco.json"},
    ),
    "explorium": (
        "find_person",
        PERSON,
        {
            "/prospects/match": "prospects_match__docs.json",
            "/profiles/enrich": "prospects_profiles_bulk_enrich__docs.json",
            "/contacts_information/enrich": "prospects_contacts_bulk_enrich__docs.json",
        },
    ),
    "facebook": (
        "find_company",
        CompanyQuery(keys=Keys(company_facebook_url=ProfileUrl("facebook.com/facebookapp"))),
        {"/facebookapp": "page_few_fields__pyfacebook.json"},
    ),
    "hunter": (
        "find_company",
        CompanyQuery(keys=Keys(domain=Domain("hunter.io"))),
        {"/companies/find": "companies_find__docs.json"},
    ),
    "linkedin": (
        "find_company",
        CompanyQuery(keys=Keys(company_linkedin_url=ProfileUrl("linkedin.com/company/3803"))),
        {"/organizationsLookup": "organizationsLookup_non_admin_recorded__openapi.json"},
    ),
    "website": (
        "find_company",
        CompanyQuery(keys=Keys(domain=Domain("dishdash.com"))),
        {"dishdash.com/": "microdata_localbusiness__extruct.html"},
    ),
    "x": (
        "find_company",
        CompanyQuery(keys=Keys(company_twitter_url=ProfileUrl("x.com/el_theophilus"))),
        {"/users/by": "users_followers__tweepy.json"},
    ),
}


_FOLDERS = {"x": "x_twitter"}


@pytest.mark.parametrize("name", ALL)
async def test_a_documented_payload_played_there_is_found(name: str, tmp_path: Path) -> None:
    capability, query, files = DOCUMENTED[name]
    bodies = {end: documented(_FOLDERS.get(name, name), file) for end, file in files.items()}
    bodies = {end: _first(b) if "bulk" in files[end] else b for end, b in bodies.items()}
    async with served(Recorder(bodies).answer) as url, transport() as wire:
        channel = redirected(name, url, tmp_path)
        conversation = getattr(channel.provider, capability)(query)
        answer = await over_the_wire(channel, conversation, wire)

    assert isinstance(answer, Findings)
    assert answer
