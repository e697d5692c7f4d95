"""Whether a provider serves us, and with which of its keys: for this process and for the fleet.

The first key is used until the provider refuses it (401, 403). Then all processes use the next,
and the call that was refused is made again with it. Only when every key is refused, or the quota
is used up, the provider itself is off. A refused key is left alone for five minutes; then one
call of one process finds out, or an operator lifts the quarantine before.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from roleferry_enrich.errors import ProviderError, ProviderUnauthorised, Quarantined
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.key_switches import Choice, KeySwitches, Sentences, key_ids
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.quarantine import UNTIL_ASKED_AGAIN, Quarantine
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.watch import Watch

# Who is put off looks so often, at most, whether an operator has lifted it.
_LOOK_EVERY_S = 2.0


class Standing:
    """One per process. With a single key it asks Redis nothing that the limiter does not."""

    def __init__(
        self,
        shared: RedisGuard,
        *,
        limiter: Limiter,
        watch: Watch,
        secret: bytes,
        look_every_s: float = _LOOK_EVERY_S,
    ) -> None:
        clock = asyncio.get_running_loop().time
        self.quarantine = Quarantine(clock)
        self._clock = clock
        self._keys = Quarantine(clock)
        self._switches = KeySwitches(shared)
        self._limiter = limiter
        self._watch = watch
        self._secret = secret
        self._look_every_s = look_every_s
        self._looked: dict[str, float] = {}
        self._lifted: dict[str, str] = {}
        self._ids: dict[tuple[str, tuple[Credential, ...]], tuple[str, ...]] = {}

    async def check(self, channel: Channel, *, as_trial: bool = True) -> None:
        """Raises Quarantined while the provider is off; afterwards for all but one call.

        What can be no trial waits until another call was.
        """
        try:
            self.quarantine.check(channel.name, as_trial=as_trial)
        except Quarantined:
            await self._look_for_lifting(channel)
            self.quarantine.check(channel.name, as_trial=as_trial)

    def adopt(self, provider: str, off: Quarantined) -> None:
        """Another process learnt that the provider is off."""
        if off.left is not None:
            self.quarantine.adopt(provider, off.left, off.why)
            self._watch.quarantine_seen(provider, is_off=True)

    async def chosen(self, channel: Channel) -> Channel:
        """The channel with the key that is to be used now. Raises Quarantined if none is."""
        if not channel.spare_keys:
            return channel
        keys, ids = channel.keys, self._ids_of(channel)
        known = [self._keys.remaining(id_) for id_ in ids]
        try:
            choice = await self._switches.choose(
                channel.name,
                ids,
                known,
                lifted=self._lifted.get(channel.name, ""),
                sentence=UNTIL_ASKED_AGAIN,
            )
        except RedisDown:
            return channel.with_key(keys[self._own_choice(ids)])
        self._take_in(channel, ids, choice)
        if choice.position is None:
            off = Quarantined(
                ProviderUnauthorised.outcome, left=min(left for left in choice.left if left)
            )
            self.adopt(channel.name, off)
            raise off
        return channel.with_key(keys[choice.position])

    def has_another_key(self, channel: Channel, error: ProviderError) -> bool:
        """Whether a refused call is to be made again, because another key may do."""
        if not channel.spare_keys or not isinstance(error, ProviderUnauthorised):
            return False
        return not all(self._keys.remaining(id_) for id_ in self._ids_of(channel))

    async def learn(
        self, channel: Channel, key: Credential | None, error: ProviderError | None
    ) -> None:
        """Note what came of a call with that key, for every process."""
        if error is None:
            await self._served(channel, key)
            return
        left: timedelta | None
        if isinstance(error, ProviderUnauthorised) and key is not None and channel.spare_keys:
            await self._refuse(channel, key)
            if self.has_another_key(channel, error):
                await self._back(channel.name)
                return
            left = min(self._keys.remaining(id_) for id_ in self._ids_of(channel))
            is_known = self.quarantine.is_known(channel.name)
            self.quarantine.adopt(channel.name, left, error.outcome)
        else:
            is_known = self.quarantine.is_known(channel.name)
            left = self.quarantine.learn(channel.name, error)
        if left is None:
            return
        self._watch.quarantine_seen(channel.name, is_off=True)
        is_news = await self._limiter.switch_off(channel.name, left, error.outcome)
        if is_news and not is_known:
            self._watch.quarantined(channel.name, error.outcome)

    async def sentences(self, channel: Channel) -> Sentences:
        """Who is put off now, as all processes know it; as this one does while Redis is away."""
        ids = self._ids_of(channel) if channel.spare_keys else ()
        try:
            return await self._switches.sentences(channel.name, ids)
        except RedisDown:
            return Sentences(
                provider=self.quarantine.remaining(channel.name),
                reason=self.quarantine.reason(channel.name),
                keys=tuple(self._keys.remaining(id_) for id_ in ids),
            )

    async def _refuse(self, channel: Channel, key: Credential) -> None:
        id_ = self._id(channel, key)
        is_known = self._keys.is_known(id_)
        self._keys.adopt(id_, UNTIL_ASKED_AGAIN, ProviderUnauthorised.outcome)
        try:
            is_news = await self._switches.put_off(channel.name, id_, UNTIL_ASKED_AGAIN)
        except RedisDown:
            is_news = True  # told by `chosen` as soon as Redis is back
        if is_news and not is_known:
            position = channel.keys.index(key) + 1
            self._watch.key_refused(channel.name, position, len(channel.keys))

    async def _served(self, channel: Channel, key: Credential | None) -> None:
        if self.quarantine.is_known(channel.name):
            await self._back(channel.name)
        if key is None or not channel.spare_keys:
            return
        id_ = self._id(channel, key)
        if self._keys.is_known(id_) and self._keys.served(id_):
            try:
                is_news = await self._switches.put_on(channel.name, id_)
            except RedisDown:
                is_news = True
            if is_news:
                position = channel.keys.index(key) + 1
                self._watch.key_served(channel.name, position, len(channel.keys))

    async def _back(self, provider: str) -> None:
        if self.quarantine.served(provider):
            self._watch.quarantine_seen(provider, is_off=False)
            if await self._limiter.switch_on(provider):
                self._watch.quarantine_ended(provider)

    async def _look_for_lifting(self, channel: Channel) -> None:
        name, now = channel.name, self._clock()
        if now < self._looked.get(name, 0.0) + self._look_every_s:
            return
        self._looked[name] = now
        with suppress(RedisDown):
            self._hear(channel, await self._switches.last_lifting(name))

    def _hear(self, channel: Channel, lifted: str) -> None:
        """Forget what was lifted. In doubt it was: the limiter knows who is off all the same."""
        name = channel.name
        if not lifted or lifted == self._lifted.get(name):
            return
        self._lifted[name] = lifted
        for id_ in self._ids_of(channel):
            self._keys.forget(id_)
        if self.quarantine.forget(name):
            self._watch.quarantine_seen(name, is_off=False)

    def _take_in(self, channel: Channel, ids: Sequence[str], choice: Choice) -> None:
        """What the others know, kept for when Redis is away."""
        self._hear(channel, choice.lifted)
        for id_, left in zip(ids, choice.left, strict=True):
            if left is None:
                self._keys.forget(id_)
            else:
                self._keys.adopt(id_, left, ProviderUnauthorised.outcome)

    def _own_choice(self, ids: Sequence[str]) -> int:
        for position, id_ in enumerate(ids):
            try:
                self._keys.check(id_)
            except Quarantined:
                continue
            return position
        raise Quarantined(ProviderUnauthorised.outcome)

    def _id(self, channel: Channel, key: Credential) -> str:
        return self._ids_of(channel)[channel.keys.index(key)]

    def _ids_of(self, channel: Channel) -> tuple[str, ...]:
        of = (channel.name, channel.keys)
        known = self._ids.get(of)
        if known is None:
            known = self._ids[of] = key_ids(channel, self._secret)
        return known
