"""What running processes know of the providers, as a command learns it, and how it changes it."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from redis.asyncio import Redis

from roleferry_enrich.configuration.secret_key import pepper
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.embedded import running_redis, servers_of
from roleferry_enrich.errors import CallSkipped, ConfigurationError, ProviderError
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.key_switches import KeySwitches, Sentences, key_ids
from roleferry_enrich.gateway.quotas import shared_quotas
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.usage import Usage
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.resources import open_resources

_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """By provider; a provider of which nothing is known is in none."""

    sentences: Mapping[str, Sentences] = field(default_factory=dict)
    quotas: Mapping[str, QuotaTold] = field(default_factory=dict)
    troubles: Mapping[str, str] = field(default_factory=dict)
    """Why a provider did not tell its quota when it was asked just now."""


async def known_states(settings: Settings, channels: Mapping[str, Channel]) -> States:
    """What is in Redis, if one answers; none is started for it."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else running_redis(settings)
    if url is None:
        return States()
    async with _redis(url) as shared:
        return await _states(shared, settings, channels)


async def asked_states(
    settings: Settings, channels: Mapping[str, Channel], progress: Callable[[str], None]
) -> States:
    """As `known_states`, after every provider that tells it for nothing was asked."""
    troubles: dict[str, str] = {}
    with servers_of(settings) as servers:
        async with open_resources(settings, servers) as resources:
            for name in resources.usage.askable():
                progress(name)
                trouble = await _trouble(resources.usage, name)
                if trouble is not None:
                    troubles[name] = trouble
            found = await _states(resources.shared, settings, channels)
    return States(sentences=found.sentences, quotas=found.quotas, troubles=troubles)


async def lift_quarantine(settings: Settings, name: str) -> bool:
    """End a provider's quarantine and that of its keys; True if there was one."""
    if name not in catalogue():
        raise ConfigurationError(f"there is no provider of that name: {', '.join(catalogue())}")
    with servers_of(settings) as servers:
        async with _redis(servers.redis_url) as shared:
            try:
                return await KeySwitches(shared).lift(name)
            except RedisDown as down:
                raise ConfigurationError("Redis does not answer: see ROLEFERRY_REDIS_URL") from down


async def _states(
    shared: RedisGuard, settings: Settings, channels: Mapping[str, Channel]
) -> States:
    secret = pepper(settings)
    switches = KeySwitches(shared)
    try:
        sentences = {
            name: await switches.sentences(name, key_ids(channel, secret))
            for name, channel in channels.items()
        }
    except RedisDown:
        return States()
    return States(sentences=sentences, quotas=await shared_quotas(shared, channels))


async def _trouble(usage: Usage, name: str) -> str | None:
    try:
        told = await usage.ask(name)
    except ProviderError as error:
        return error.outcome
    except CallSkipped as skipped:
        return skipped.reason
    except TimeoutError:
        return "timed_out"
    return None if told is not None else "not told to this key"


@asynccontextmanager
async def _redis(url: str) -> AsyncIterator[RedisGuard]:
    redis = Redis.from_url(url, socket_connect_timeout=_PATIENCE_S)
    try:
        yield RedisGuard(redis, patience=_PATIENCE_S)
    finally:
        await redis.aclose()
