"""What is known to be left of each provider's quota: in this process, and in Redis for all.

Reply headers cost nothing to keep and are read only when somebody asks. What one process was told
is put into Redis from time to time, so that another, or an operator's command, can tell it too.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.watch import Watch
from roleferry_enrich.providers.quota import quota_in, tells_usage
from roleferry_enrich.providers.replies import Reply

# Older than this it says nothing of today.
_KEPT = timedelta(days=1)


class Quotas:
    """One per process."""

    def __init__(self, shared: RedisGuard, *, watch: Watch) -> None:
        self._shared = shared
        self._watch = watch
        self._replies: dict[str, tuple[Channel, Reply]] = {}
        self._told: dict[str, QuotaTold] = {}
        self._shown: dict[str, QuotaTold] = {}

    def heard(self, channel: Channel, reply: Reply | None) -> None:
        """A reply whose headers may tell what is left; who has `usage` is asked instead."""
        provider = channel.provider
        if reply is not None and provider.spec.rate_headers and not tells_usage(provider):
            self._replies[channel.name] = (channel, reply)

    async def tell(self, provider: str, told: QuotaTold) -> None:
        """What the provider said when it was asked."""
        self._told[provider] = told
        await self.share((provider,))

    async def share(self, providers: Iterable[str]) -> None:
        """Put what is news into Redis, for every process."""
        for provider in providers:
            told = self._own(provider)
            if told is None or told == self._shown.get(provider):
                continue
            self._shown[provider] = told
            self._watch.quota_told(provider, told.quota.remaining)
            try:
                text = msgspec.json.encode(told)
                await self._shared.call(self._shared.redis.set(_key(provider), text, ex=_KEPT))
            except RedisDown:
                del self._shown[provider]

    async def known(self, providers: Iterable[str]) -> Mapping[str, QuotaTold]:
        """The newest that any process was told, of those of whom anything is known."""
        names = list(providers)
        found = {name: told for name in names if (told := self._own(name)) is not None}
        for name, other in (await shared_quotas(self._shared, names)).items():
            if name not in found or found[name].at < other.at:
                found[name] = other
        return found

    def _own(self, provider: str) -> QuotaTold | None:
        channel, reply = self._replies.pop(provider, (None, None))
        if channel is not None and reply is not None:
            quota = quota_in(reply, channel.provider.spec.rate_headers)
            if quota is not None:
                self._told[provider] = QuotaTold(quota=quota, at=reply.received_at)
        return self._told.get(provider)


async def shared_quotas(shared: RedisGuard, providers: Iterable[str]) -> Mapping[str, QuotaTold]:
    """What any process has put into Redis; nothing while Redis is away."""
    names = list(providers)
    if not names:
        return {}
    try:
        texts = await shared.call(shared.redis.mget(map(_key, names)))
    except RedisDown:
        return {}
    read = zip(names, map(_read, texts), strict=True)
    return {name: told for name, told in read if told is not None}


def _read(text: bytes | None) -> QuotaTold | None:
    try:
        return msgspec.json.decode(text, type=QuotaTold) if text else None
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None  # of another version of ours, or somebody else's


def _key(provider: str) -> str:
    return f"rfe:{{{provider}}}:quota"
