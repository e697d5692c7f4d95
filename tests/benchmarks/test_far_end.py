"""The far end speaks for the benchmark's providers, so that their adapter understands it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from benchmarks.far_end import FarEnd, Manners
from benchmarks.providers import NAMES, channels

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import Keys, PersonQuery
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

ORLA = "orla.fenwick@quillmere7.test"


@asynccontextmanager
async def far_end(manners: Manners) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: FarEnd(manners), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def get(session: aiohttp.ClientSession, url: str, **params: str) -> bytes:
    async with session.get(url, params=params) as response:
        assert response.status == 200
        return await response.read()


async def test_every_provider_knows_whoever_is_asked_for() -> None:
    manners = Manners()
    async with far_end(manners) as url, aiohttp.ClientSession() as session:
        for name, channel in channels(url).items():
            body = await get(session, f"{url}/{name}/person", email=ORLA)
            reply = Reply(status=200, body=body, received_at=datetime.now(UTC))
            query = PersonQuery(keys=Keys(email=Email(ORLA)))
            found = play(
                channel.provider, channel.provider.find_person(query), lambda _, r=reply: r
            )
            assert isinstance(found, Findings)
            (person,), (company,) = found.people, found.companies
            assert person.emails[0].address == ORLA
            assert (person.full_name, company.domain) == ("Orla Fenwick", "quillmere7.test")
    assert manners.calls == len(NAMES) == 12


async def test_it_says_what_it_did() -> None:
    async with far_end(Manners()) as url, aiohttp.ClientSession() as session:
        await get(session, f"{url}/bench01/person", email=ORLA)
        status = json.loads(await get(session, f"{url}/_count"))
    assert status["calls"] == 1
    assert status["cpu_s"] > 0


async def test_a_hung_provider_takes_the_call_and_never_answers() -> None:
    manners = Manners(hung=frozenset({b"bench01"}))
    async with far_end(manners) as url, aiohttp.ClientSession() as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await get(session, f"{url}/bench01/person", email=ORLA)
        await get(session, f"{url}/bench02/person", email=ORLA)
    assert manners.calls == 2


async def test_answers_come_in_the_order_of_their_delays() -> None:
    manners = Manners(delays={b"bench01": 0.05})
    came: list[str] = []
    async with far_end(manners) as url, aiohttp.ClientSession() as session:

        async def ask(name: str) -> None:
            await get(session, f"{url}/{name}/person", email=ORLA)
            came.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(ask("bench01"))
            group.create_task(ask("bench02"))
    assert came == ["bench02", "bench01"]
