"""Answers already paid for: memory first, then Redis.

Entries are bytes (MessagePack) at both levels, so that nobody can change a cached answer and the
memory bound is exact; outside the process they are sealed. A key is a keyed hash: it tells nothing
of whom it is about. What cannot be opened and read is a miss. How old an answer may be served is
judged in freshness.py, not here.
"""

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from random import Random
from uuid import UUID

import msgspec

from roleferry_enrich.domain.outcomes import CacheLevel
from roleferry_enrich.gateway.invalidation import (
    CHANNEL,
    REMEMBERED_S,
    Fence,
    Invalidation,
    Listener,
)
from roleferry_enrich.gateway.memory import Memory
from roleferry_enrich.gateway.redis_guard import RedisDown, RedisGuard
from roleferry_enrich.gateway.sealing import HEAD, VERSION, KeyRing, derived
from roleferry_enrich.gateway.turns import LASTS, Turn, Turns
from roleferry_enrich.providers.contract import Findings

_MILLISECOND = timedelta(milliseconds=1)
_MEMORY_LIFE = timedelta(seconds=60)
_ENTRY_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One cached answer and the conversation it came from."""

    findings: Findings
    conversation: UUID
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer as it was found."""

    remembered: Remembered
    level: CacheLevel
    head: bytes
    """Tells it from a newer answer to the same question."""
    stamp: int
    """Of the fence, when it was read."""


@dataclass(frozen=True, slots=True)
class Begun:
    """When getting an answer began, for those who must know whether it was forgotten since."""

    stamp: int
    at: int
    """In microseconds of Redis' clock; 0, before everything, where Redis was away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look into Redis showed: an answer, or whose turn it is to get one."""

    entry: Entry | None = None
    turn: Turn
    begun: Begun
    head: bytes = b""
    """Of what was found, readable or not."""
    is_spoilt: bool = False
    """Something was there that is no answer; it is deleted."""


class Cache:
    """Two levels; what memory holds never outlives what Redis holds.

    Outside of `listening` a process counts as the only one: nobody else can tell it to forget.
    """

    def __init__(
        self,
        shared: RedisGuard,
        *,
        secret: bytes,
        memory_bytes: int,
        ring: KeyRing | None = None,
        random: Random | None = None,
    ) -> None:
        self._shared = shared
        self._secret = derived(secret, "cache names")
        self._ring = ring or KeyRing([secret])
        self._memory = Memory(memory_bytes, asyncio.get_running_loop().time)
        self._fence = Fence(asyncio.get_running_loop().time)
        self._turns = Turns(shared)
        self._invalidation = Invalidation(shared.redis, random or Random())  # noqa: S311
        self._is_told = True
        self.changes = 0
        """How often memory was given something or made to forget."""
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Remembered).decode
        self._look, self._land, self._forget, self._discard = (
            shared.redis.register_script(_lua(name))
            for name in ("look", "land", "forget", "discard")
        )

    def key(self, *parts: bytes) -> str:
        """A name for a question: equal for equal parts, meaningless without the secret."""
        framed = b"".join([len(part).to_bytes(4, "big") + part for part in (VERSION, *parts)])
        # The braces put all that belongs to one question on one node of a Redis cluster.
        return f"rfe:{{{hmac.digest(self._secret, framed, 'sha256').hex()}}}"

    def in_memory(self, key: str) -> Entry | None:
        frame = self._memory.get(key) if self._is_told else None
        if frame is None:
            return None
        remembered = self._decode(frame[HEAD:])
        return Entry(remembered, CacheLevel.MEMORY, frame[:HEAD], self._fence.stamp())

    def held(self, key: str) -> object | None:
        """What memory has for the key: the same object until it is replaced, forgotten or gone."""
        return self._memory.get(key) if self._is_told else None

    async def look(self, key: str, token: str, known: bytes = b"") -> Looked:
        """The answer in Redis, unless its head is `known`; else the turn, where it is free.

        An empty token takes no turn. Without Redis there is no answer and the turn is nobody's.
        """
        stamp, asked_at = self._fence.stamp(), _now()
        arguments: list[bytes | str | int] = [token, LASTS // _MILLISECOND, _ENTRY_LIMIT, known]
        try:
            frame, left, at, turn, foreign = await self._shared.call(
                self._look(keys=[_answer(key), _turn(key)], args=arguments)
            )
        except RedisDown:
            return Looked(turn=Turn.NOBODYS, begun=Begun(stamp, 0))
        begun = Begun(stamp, int(at))
        if frame:
            return await self._opened(key, frame, asked_at + left / 1_000, begun)
        if Turn(turn) is Turn.OURS:
            self._turns.hold(_turn(key))
        return Looked(turn=Turn(turn), begun=begun, is_spoilt=bool(foreign))

    async def land(
        self, key: str, token: str, begun: Begun, remembered: Remembered | None, keep: timedelta
    ) -> None:
        """Keep what came of the turn, if anything that may be kept, and give the turn back."""
        self._turns.drop(_turn(key))
        plain = b"" if remembered is None else self._encode(remembered)
        may_be_kept = 0 < len(plain) < _ENTRY_LIMIT - 2 * HEAD
        frame = b""
        if may_be_kept and self._fence.holds(key, begun.stamp):
            frame = self._ring.seal(key, plain)
        names, until = [_answer(key), _turn(key), _forgotten(key)], _now() + keep.total_seconds()
        arguments: list[bytes | str | int] = [token, begun.at, frame, keep // _MILLISECOND]
        try:
            stored = await self._shared.call(self._land(keys=names, args=arguments))
        except RedisDown:
            return
        if stored:
            self._keep(key, frame[:HEAD] + plain, until, begun)

    async def forget(self, key: str) -> None:
        """Nobody is served this answer any more, also not where it is just being got.

        Raises RedisDown where only this process could be made to forget: try again.
        """
        self._told(key)
        message = self._invalidation.message(key)
        arguments: list[str | int] = [int(REMEMBERED_S * 1000), CHANNEL, message]
        names = [_answer(key), _forgotten(key)]
        await self._shared.call(self._forget(keys=names, args=arguments))
        # Again: what was read before it was gone from Redis must not be kept after.
        self._told(key)

    async def pages(self, size: int) -> AsyncIterator[Sequence[str]]:
        """The names of all answers in Redis, some at a time. Raises RedisDown."""
        cursor, pattern = 0, f"rfe:{{*}}{_ANSWER}"
        while True:
            scan = self._shared.redis.scan(cursor, match=pattern, count=size)
            cursor, names = await self._shared.call(scan)
            yield [name.decode().removesuffix(_ANSWER) for name in names]
            if not cursor:
                return

    async def kept(self, keys: Sequence[str]) -> Sequence[tuple[str, Remembered | None]]:
        """What Redis has for each that is there still; None for what cannot be opened."""
        if not keys:
            return ()
        frames = await self._shared.call(self._shared.redis.mget([_answer(key) for key in keys]))
        found = zip(keys, frames, strict=True)
        return [(key, self._opened_here(key, frame)) for key, frame in found if frame]

    def _opened_here(self, key: str, frame: bytes) -> Remembered | None:
        plain = self._ring.open(key, frame)
        return None if plain is None else self._read(plain)

    def is_current(self, key: str, entry: Entry) -> bool:
        """Whether an answer read a while ago may still be served."""
        return self._fence.holds(key, entry.stamp)

    def stamp(self) -> int:
        return self._fence.stamp()

    def is_forgotten(self, key: str, stamp: int) -> bool:
        """Whether the answer was forgotten since the stamp was taken."""
        return self._fence.is_forgotten(key, stamp)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Use memory, from now on, only while we hear what others forget."""
        self._dropped()
        listener = Listener(forgotten=self._told, dropped=self._dropped, joined=self._joined)
        async with self._invalidation.heard_by(listener):
            yield

    @property
    def is_told(self) -> bool:
        """Whether memory is in use."""
        return self._is_told

    async def _opened(self, key: str, frame: bytes, until: float, begun: Begun) -> Looked:
        head = frame[:HEAD]
        plain = self._ring.open(key, frame) if len(frame) <= _ENTRY_LIMIT else None
        remembered = None if plain is None else self._read(plain)
        if plain is None or remembered is None:
            with suppress(RedisDown):
                await self._shared.call(self._discard(keys=[_answer(key)], args=[head]))
            return Looked(turn=Turn.ANOTHERS, begun=begun, head=head, is_spoilt=True)
        # Until we listen again, a Redis that restarted may show an old copy of what was forgotten.
        is_doubtful = not self._is_told and self._fence.is_forgotten(key, 0)
        if is_doubtful or not self._fence.holds(key, begun.stamp):
            return Looked(turn=Turn.ANOTHERS, begun=begun, head=head)
        self._keep(key, head + plain, until, begun)
        entry = Entry(remembered, CacheLevel.REDIS, head, begun.stamp)
        return Looked(entry=entry, turn=Turn.ANOTHERS, begun=begun, head=head)

    def _read(self, plain: bytes) -> Remembered | None:
        try:
            return self._decode(plain)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return None

    def _keep(self, key: str, frame: bytes, until: float, begun: Begun) -> None:
        """In memory no longer than Redis has it, which counted from before it was asked."""
        if self._is_told and self._fence.holds(key, begun.stamp):
            self.changes += 1
            left = timedelta(seconds=max(0.0, until - _now()))
            self._memory.put(key, frame, min(left, _MEMORY_LIFE))

    def _told(self, key: str) -> None:
        self._fence.forget(key)
        self.changes += 1
        self._memory.drop(key)

    def _dropped(self) -> None:
        self._is_told = False
        self._fence.forget_all()
        self.changes += 1
        self._memory.clear()

    async def _joined(self) -> None:
        """Delete once more what was forgotten of late, then trust memory again."""
        async with self._shared.redis.pipeline(transaction=False) as pipeline:
            for key in self._fence.recent():
                pipeline.unlink(_answer(key))
            await pipeline.execute()
        self._is_told = True


_ANSWER = ":answer"


def _answer(key: str) -> str:
    return key + _ANSWER


def _turn(key: str) -> str:
    return f"{key}:turn"


def _forgotten(key: str) -> str:
    return f"{key}:forgotten"


def _lua(name: str) -> str:
    return (resources.files(__package__) / "lua" / f"{name}.lua").read_text()


def _now() -> float:
    return asyncio.get_running_loop().time()
