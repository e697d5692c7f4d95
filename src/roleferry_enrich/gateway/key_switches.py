"""Which keys providers refuse, in Redis for all processes, and the lifting of a quarantine.

A key is known there by an id from which nobody can tell it.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import cast
from uuid import uuid4

from redis.commands.core import AsyncScript

from roleferry_enrich.gateway.buckets import MICRO, from_micros, micros, switch_key
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.redis_guard import RedisGuard

# Longer than any sentence: a process that was idle must still hear that one was lifted.
_LIFTING_KNOWN_S = 7200
_ID_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What all processes together know of a provider's keys."""

    lifted: str
    """Names the last time an operator lifted the quarantine."""
    position: int | None
    """Of the key to use, from 0; None where all are refused."""
    left: tuple[timedelta | None, ...]
    """For each key, how long it is refused: 0 is tried out by this call, None is not refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Who is put off in Redis just now, and for how long."""

    provider: timedelta
    reason: str | None
    keys: tuple[timedelta, ...]


class KeySwitches:
    """All methods raise RedisDown."""

    def __init__(self, shared: RedisGuard) -> None:
        self._shared = shared
        self._keys = self._script("keys")
        self._refuse = self._script("refuse")

    async def choose(
        self,
        provider: str,
        ids: Sequence[str],
        known: Sequence[timedelta],
        *,
        lifted: str,
        sentence: timedelta,
    ) -> Choice:
        """The first key that may be used. `known` is what this process knows to be refused."""
        each = [part for id_, left in zip(ids, known, strict=True) for part in (id_, micros(left))]
        args: list[str | int] = ["", lifted, micros(sentence), *each]
        chosen = self._keys(keys=[_lifted_key(provider), _keys_key(provider)], args=args)
        mark, position, *left = await self._shared.call(chosen)
        return Choice(
            lifted=mark.decode("ascii", "replace"),
            position=int(position) - 1 if position else None,
            left=tuple(None if one < 0 else from_micros(int(one)) for one in left),
        )

    async def put_off(self, provider: str, id_: str, duration: timedelta) -> bool:
        """True if no process had said so before."""
        refused = self._refuse(keys=[_keys_key(provider)], args=["", id_, micros(duration)])
        return bool(await self._shared.call(refused))

    async def put_on(self, provider: str, id_: str) -> bool:
        """True if this ended it, and no other process."""
        gone = self._shared.redis.hdel(_keys_key(provider), id_, f"{id_}:probe")
        return bool(await self._shared.call(cast("Awaitable[int]", gone)))

    async def last_lifting(self, provider: str) -> str:
        mark = await self._shared.call(self._shared.redis.get(_lifted_key(provider)))
        return mark.decode("ascii", "replace") if mark else ""

    async def lift(self, provider: str) -> bool:
        """End the quarantine of a provider and of its keys; True if there was one."""
        redis = self._shared.redis
        gone = await self._shared.call(redis.delete(switch_key(provider), _keys_key(provider)))
        # Afterwards: who hears of it must find nothing left that would put it off again.
        await self._shared.call(redis.set(_lifted_key(provider), uuid4().hex, ex=_LIFTING_KNOWN_S))
        return bool(gone)

    async def sentences(self, provider: str, ids: Sequence[str]) -> Sentences:
        """What is known just now; looking changes nothing."""
        redis, call = self._shared.redis, self._shared.call
        switch = cast(
            "Awaitable[list[bytes]]", redis.hmget(switch_key(provider), ["until", "reason"])
        )
        refused = cast("Awaitable[list[bytes]]", redis.hmget(_keys_key(provider), ["", *ids]))
        time, (until, reason), (_, *untils) = await asyncio.gather(
            call(redis.time()), call(switch), call(refused)
        )
        now = time[0] * MICRO + time[1]
        left = _left(until, now)
        why = reason.decode("ascii", "replace") if left and reason else None
        return Sentences(provider=left, reason=why, keys=tuple(_left(one, now) for one in untils))

    def _script(self, name: str) -> AsyncScript:
        text = (resources.files(__package__) / "lua" / f"{name}.lua").read_text()
        return self._shared.redis.register_script(text)


def key_ids(channel: Channel, secret: bytes) -> tuple[str, ...]:
    """By what each key is known in Redis: nobody without the installation's secret can tell it."""
    texts = (f"provider key\0{channel.name}\0{key.secret}".encode() for key in channel.keys)
    return tuple(hmac.digest(secret, text, hashlib.sha256)[:_ID_BYTES].hex() for text in texts)


def _left(until: bytes | None, now: int) -> timedelta:
    text = (until or b"").decode("ascii", "replace")
    return from_micros(max(0, int(text) - now)) if text.isdigit() else timedelta(0)


def _keys_key(provider: str) -> str:
    return f"rfe:{{{provider}}}:keys"


def _lifted_key(provider: str) -> str:
    return f"rfe:{{{provider}}}:lifted"
