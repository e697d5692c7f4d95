"""The buckets in Redis: what the Lua scripts are sent, and what their numbers mean."""

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import cast

from redis.commands.core import AsyncScript

from roleferry_enrich.gateway.buckets import (
    Bucket,
    Priority,
    from_micros,
    micros,
    places_key,
    switch_key,
)
from roleferry_enrich.gateway.redis_guard import RedisGuard

_FULL_RATE = 1000


@dataclass(frozen=True, slots=True)
class Reserved:
    """A permit, to be used after `wait`."""

    wait: timedelta
    epoch: int = 0
    seq: int = 0
    """With the epoch, by what it can be given back; 0 where it cannot."""
    shift: int = 0
    """How far pauses had moved the bucket's waiting reservations when this one was made."""
    start: float = 0.0
    """Of a process's own share: when, by which it can be given back there."""


@dataclass(frozen=True, slots=True)
class Refused:
    """No permit: it would have taken so long."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """No permit, because some process learnt that the provider does not serve us."""

    left: timedelta
    reason: str


Decision = Reserved | Refused | SwitchedOff


@dataclass(frozen=True, slots=True)
class Reservation:
    decisions: tuple[Decision, ...]
    """One for each caller, in order."""
    rebuilt: bool
    """The bucket held what no bucket holds and was begun anew."""
    rate: float
    """Of the full rate; below 1 after refusals."""
    epoch: int
    """When the bucket was begun: another one than before, and it has forgotten what was before."""


class SharedBuckets:
    """All methods raise RedisDown."""

    def __init__(self, shared: RedisGuard) -> None:
        self._shared = shared
        self._permit = self._script("permit")
        self._release = self._script("release")
        self._pause = self._script("pause")
        self._lower = self._script("lower")
        self._switch = self._script("switch")
        self._place = self._script("place")
        self._known: dict[Bucket, tuple[tuple[str, ...], tuple[int, ...]]] = {}

    async def reserve(
        self,
        bucket: Bucket,
        priority: Priority,
        waits: Sequence[timedelta],
        *,
        owed: int = 0,
        silence: timedelta = timedelta(0),
    ) -> Reservation:
        """Permits for callers who can wait so long. `owed` were used while Redis was away."""
        keys, windows = self._of(bucket)
        longest = map(micros, waits)
        args: list[str | int] = [priority.value, "", owed, micros(silence), *windows, *longest]
        return _reservation(await self._shared.call(self._permit(keys=keys, args=args)))

    async def release(self, bucket: Bucket, unused: Iterable[Reserved]) -> None:
        keys, windows = self._of(bucket)
        epochs: dict[int, list[int]] = {}
        for permit in unused:
            epochs.setdefault(permit.epoch, []).append(permit.seq)
        for epoch, seqs in epochs.items():
            args: list[str | int] = [epoch, *windows, *seqs]
            await self._shared.call(self._release(keys=keys, args=args))

    async def shift(self, bucket: Bucket) -> int:
        """How far pauses have moved the bucket's waiting reservations, in microseconds."""
        asked = cast("Awaitable[bytes | None]", self._shared.redis.hget(bucket.key, "shift"))
        return int(await self._shared.call(asked) or 0)

    async def pause(self, bucket: Bucket, duration: timedelta) -> None:
        keys, _ = self._of(bucket)
        args: list[str | int] = [micros(duration), "", "1" if bucket.keeps_every_start else "0"]
        await self._shared.call(self._pause(keys=keys, args=args))

    async def lower(self, bucket: Bucket) -> float:
        keys, _ = self._of(bucket)
        return int(await self._shared.call(self._lower(keys=keys, args=[""]))) / _FULL_RATE

    async def switch_off(self, provider: str, duration: timedelta, reason: str) -> bool:
        """True if it was on before."""
        args: list[str | int] = [micros(duration), reason, ""]
        switched = self._switch(keys=[switch_key(provider)], args=args)
        return bool(await self._shared.call(switched))

    async def switch_on(self, provider: str) -> bool:
        """True if it was off before."""
        switched = self._switch(keys=[switch_key(provider)], args=[0, "", ""])
        return bool(await self._shared.call(switched))

    async def enter(self, provider: str, who: str, *, places: int, lease: timedelta) -> bool:
        """Take one of so many places; True if there was one."""
        args: list[str | int] = [places, micros(lease), who, ""]
        entered = self._place(keys=[places_key(provider)], args=args)
        return bool(await self._shared.call(entered))

    async def leave(self, provider: str, who: str) -> None:
        await self._shared.call(self._shared.redis.zrem(places_key(provider), who))

    def _of(self, bucket: Bucket) -> tuple[tuple[str, ...], tuple[int, ...]]:
        known = self._known.get(bucket)
        if known is None:
            known = self._known[bucket] = (bucket.keys(), bucket.arguments())
        return known

    def _script(self, name: str) -> AsyncScript:
        text = (resources.files(__package__) / "lua" / f"{name}.lua").read_text()
        return self._shared.redis.register_script(text)


def _reservation(answer: Sequence[int | bytes]) -> Reservation:
    off, reason, rebuilt, rate, epoch, shift, *callers = answer
    decisions = tuple(
        _decision(int(seq), int(wait), int(epoch), int(shift))
        if seq or not off
        else SwitchedOff(from_micros(int(off)), _text(reason))
        for seq, wait in zip(callers[::2], callers[1::2], strict=True)
    )
    return Reservation(decisions, bool(rebuilt), int(rate) / _FULL_RATE, int(epoch))


def _decision(seq: int, wait: int, epoch: int, shift: int) -> Decision:
    if not seq:
        return Refused(from_micros(wait))
    return Reserved(from_micros(wait), epoch, seq, shift)


def _text(value: int | bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
