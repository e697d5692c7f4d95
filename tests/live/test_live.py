"""Whether the real providers still answer as their adapters expect: one cheap call of each.

Only by `make live`. A provider is asked if its key is in the environment or in `.env`. One that has
no time for us proves nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import aiohttp
import pytest
from redis.asyncio import Redis
from tests.gates import gates_of
from tests.live.questions import ASKED, cheapest
from tests.watcher import Watcher

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.quotas import Quota
from roleferry_enrich.errors import NoPermit, ProviderRateLimited
from roleferry_enrich.gateway.breaker import Breaker, BreakerPolicy
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.driving import drive
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.gates import Gates
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.provider_access import channels_of
from roleferry_enrich.providers.contract import ClaimedByPerson, Findings, Pending
from roleferry_enrich.providers.quota import USAGE, tells_usage

pytestmark = pytest.mark.live
WITHIN_S = 60.0


@pytest.fixture(params=ASKED)
def channel(request: pytest.FixtureRequest) -> Channel:
    channel = channels_of(read_settings())[request.param]
    if channel.key is None:
        pytest.skip(f"ROLEFERRY_PROVIDERS__{channel.name.upper()}__API_KEY is not set")
    return channel


@pytest.fixture
async def gates(channel: Channel, redis_url: str) -> AsyncIterator[Gates]:
    clock = asyncio.get_running_loop().time
    async with Redis.from_url(redis_url) as redis, aiohttp.ClientSession() as session:
        gates = gates_of(RedisGuard(redis, patience=1.0), session, Watcher())
        yield replace(
            gates,
            breakers={channel.name: Breaker(BreakerPolicy(), clock=clock, random=Random(1))},
            lines={channel.name: asyncio.Semaphore(1)},
        )


def errand_of(channel: Channel, capability: str) -> Errand:
    deadline = asyncio.get_running_loop().time() + WITHIN_S
    return Errand(
        channel=channel, capability=capability, terms=Terms(deadline=deadline, purse=Purse(None))
    )


async def test_the_provider_keeps_its_contract(channel: Channel, gates: Gates) -> None:
    """Raises what its adapter cannot read, and what its key may not do."""
    provider = channel.provider
    try:
        if tells_usage(provider):
            quota = await drive(provider.usage(), errand_of(channel, USAGE), gates)
            assert quota is None or isinstance(quota, Quota)
            return
        offer, query = cheapest(provider)
        conversation = getattr(provider, offer.capability)(query)
        answer = await drive(conversation, errand_of(channel, offer.capability), gates)
    except (ProviderRateLimited, NoPermit) as busy:
        pytest.skip(f"{channel.name} has no time for us: {busy}")
    assert isinstance(answer, Findings | Pending | ClaimedByPerson)
