"""Adds to the suppression list, takes from it, and answers who is on it."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import ConfigurationError, ServiceUnavailable
from roleferry_enrich.gateway.invalidation import Invalidation, Listener
from roleferry_enrich.privacy.digests import SIZE, Digester
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.storage.suppressions import (
    EVERYWHERE,
    Addition,
    Entry,
    SuppressionRepository,
)
from roleferry_enrich.storage.transactions import Alongside

CHANNEL = "rfe:suppressed"
_LOOK_EVERY_S = 1.0
"""With the reading itself, below the two seconds after which nobody suppressed is served."""
_MOST_TOLD = 200
_SCOPE = 16
_log = structlog.get_logger("roleferry_enrich")


class Suppressions:
    """The list of one installation, as this process has it."""

    def __init__(self, engine: AsyncEngine, redis: Redis | None, secret: bytes) -> None:
        """Without `redis` others learn of a change when they next look."""
        self._digester = Digester(secret)
        self._repository = SuppressionRepository(engine, self._digester.key_id)
        self._redis = redis
        self._channel = Invalidation(redis, Random(), CHANNEL) if redis else None  # noqa: S311
        self._look = asyncio.Event()
        self._ending = asyncio.Event()
        self.held = SuppressionList(self._digester)

    def of(self, account_id: UUID, forms: Iterable[NormalForm]) -> frozenset[NormalForm]:
        """Those of the forms that are suppressed. Raises ServiceUnavailable until it was read."""
        return self.held.of(account_id, forms)

    def digests(self, forms: Iterable[NormalForm]) -> tuple[tuple[str, bytes], ...]:
        """Each with its kind."""
        return tuple(sorted({(form.kind, self._digester.of(form)) for form in forms}))

    def addition(
        self,
        forms: Iterable[NormalForm],
        *,
        account_id: UUID | None,
        reason: str,
        source: str,
        reference: str | None = None,
    ) -> Addition:
        """To be added. The same forms for the same reason are the same entry, however often.

        `account_id`: for whom it holds; None for everybody.
        """
        digests = self.digests(forms)
        if not digests:
            raise ValueError("nobody could be recognised by nothing")
        scope = account_id or EVERYWHERE
        named = [str(scope), reason, source, reference or "", *(d.hex() for _, d in digests)]
        entry_id = UUID(bytes=self._digester.digest("entry", "\n".join(named)))
        return Addition(
            entry_id=entry_id,
            scope=scope,
            digests=digests,
            reason=reason,
            source=source,
            reference=reference,
        )

    def listed(
        self, kind: str, hashed: str, *, reason: str, source: str, reference: str
    ) -> Addition:
        """Of a hash that somebody else made; for everybody."""
        digest = self._digester.digest(kind, hashed)
        named = f"{source} {reference} {digest.hex()}"
        return Addition(
            entry_id=UUID(bytes=self._digester.digest("entry", named)),
            scope=EVERYWHERE,
            digests=((kind, digest),),
            reason=reason,
            source=source,
            reference=reference,
        )

    async def add(self, *additions: Addition, alongside: Alongside[None] | None = None) -> None:
        """In force here when it returns, elsewhere within two seconds. Raises ServiceUnavailable.

        Also ConfigurationError, where the list was made with another secret.
        """
        await self._repository.add(additions, alongside)
        await self.announce(*additions)

    async def add_within(self, connection: AsyncConnection, *additions: Addition) -> None:
        """As part of a larger change; to be followed by `announce` once that is committed."""
        await self._repository.add_within(connection, additions)

    async def announce(self, *additions: Addition) -> None:
        """Hold what was added, and tell the other processes."""
        added = [(each.scope, digest) for each in additions for _, digest in each.digests]
        self.held.hear(added)
        await self._tell(added)

    async def release(
        self, account_id: UUID | None, entry_id: UUID, alongside: Alongside[None] | None = None
    ) -> bool:
        """Whether there was such an entry that held. Raises ServiceUnavailable."""
        return await self._released(
            await self._repository.release(account_id or EVERYWHERE, entry_id, alongside)
        )

    async def release_forms(self, account_id: UUID | None, forms: Iterable[NormalForm]) -> bool:
        """Whoever added them. Raises ServiceUnavailable."""
        digests = [self._digester.of(form) for form in forms]
        found = await self._repository.release_digests(account_id or EVERYWHERE, digests)
        return await self._released(found > 0)

    async def release_references(self, source: str, references: Iterable[str]) -> bool:
        """What the source has added under these references. Raises ServiceUnavailable."""
        return await self._released(
            await self._repository.release_references(source, references) > 0
        )

    async def attribute(self, entry_id: UUID, source: str, reference: str) -> None:
        """Let an entry be released with what a source calls so. Raises ServiceUnavailable."""
        await self._repository.attribute(entry_id, source, reference)

    async def page(
        self, account_id: UUID | None, *, after: str | None, limit: int
    ) -> tuple[tuple[Entry, ...], str | None]:
        """Entries that hold, newest first, and where the next page begins."""
        return await self._repository.page(account_id or EVERYWHERE, after=after, limit=limit)

    async def refresh(self) -> None:
        """Read what is new. Raises ServiceUnavailable, ConfigurationError."""
        version = self.held.version
        changes = None if version is None else await self._repository.changes(version)
        if changes is None:
            # The first time, or a database that was set back.
            self.held.replace(await self._repository.load())
        elif changes.version != version:
            self.held.take(changes)

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """Read, and kept fresh for as long as the block lasts.

        The block begins before it is read, and whoever asks waits for that, or is refused.
        """
        self._look.set()
        listener = Listener(forgotten=self._heard, dropped=lambda: None, joined=self._joined)
        looking = asyncio.create_task(self._keep_looking(), name="suppressions")
        try:
            if self._channel is None:
                yield
            else:
                async with self._channel.heard_by(listener):
                    yield
        finally:
            await self._end(looking)

    async def _end(self, looking: "asyncio.Task[None]") -> None:
        """Not in the middle of a reading, if that ends soon: it would leave its connection open."""
        self._ending.set()
        self._look.set()
        await asyncio.wait({looking}, timeout=_LOOK_EVERY_S)
        looking.cancel()

    async def _keep_looking(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY_S):
                    await self._look.wait()
            self._look.clear()
            if self._ending.is_set():
                return
            try:
                await self.refresh()
            except (ServiceUnavailable, ConfigurationError, SQLAlchemyError) as error:
                # Such as a database that is not migrated yet: nobody is answered before it is read.
                _log.error("suppressions.unread", error=type(error).__name__)

    async def _released(self, was_held: bool) -> bool:  # noqa: FBT001 - the answer itself
        if was_held:
            await self.refresh()
            await self._tell(())
        return was_held

    async def _joined(self) -> None:
        self._look.set()

    def _heard(self, message: str) -> None:
        added = _read(message)
        if self.held.version is not None:
            self.held.hear(added)
        self._look.set()

    async def _tell(self, added: Sequence[tuple[UUID, bytes]]) -> None:
        if self._redis is None or self._channel is None:
            return
        told = added if len(added) <= _MOST_TOLD else ()
        text = "".join((scope.bytes + digest).hex() for scope, digest in told)
        # Where Redis is away the others learn of it when they next look.
        with suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY_S):
                await self._redis.publish(CHANNEL, self._channel.message(text or "look"))


def _read(message: str) -> list[tuple[UUID, bytes]]:
    """What a message says was added; nothing where it only says that something changed."""
    try:
        told = bytes.fromhex(message)
    except ValueError:
        return []
    step = _SCOPE + SIZE
    pieces = (told[at : at + step] for at in range(0, len(told) - step + 1, step))
    return [(UUID(bytes=piece[:_SCOPE]), piece[_SCOPE:]) for piece in pieces]
