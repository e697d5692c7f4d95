"""The suppression list in memory: asked before every provider call, cache read, write and answer.

Whole, because a list that must be asked for is a list that is skipped when it does not answer.
Until it has been read, nobody is known not to be on it, and everything is refused.
"""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import UUID

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.privacy.digests import Digester, DigestSet
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.storage.suppressions import EVERYWHERE, Changes, Loaded

_PATIENCE_S = 1.5


class SuppressionList:
    """One per process. Looks up; `Suppressions` writes and `KeepingUp` keeps it fresh."""

    def __init__(self, digester: Digester) -> None:
        self._digester = digester
        self._sets: dict[UUID, DigestSet] = {}
        self._version: int | None = None
        self._is_read = asyncio.Event()
        self.changes = 0
        """Counts up whenever anything changes: what was answered before must be looked at anew."""

    @property
    def version(self) -> int | None:
        """That of the list in the database; None until it has been read."""
        return self._version

    async def until_read(self) -> None:
        """Raises ServiceUnavailable where that takes longer than anybody should wait."""
        if self._version is None:
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._is_read.wait()
            except TimeoutError:
                raise _unread() from None

    def of(self, account_id: UUID, forms: Iterable[NormalForm]) -> frozenset[NormalForm]:
        """Those of the forms that are suppressed for this account. Raises ServiceUnavailable."""
        sets = self._for(account_id)
        if not sets:
            return frozenset()
        return frozenset(form for form in forms if self._holds(form, sets))

    def digests(self, forms: Iterable[NormalForm]) -> list[bytes]:
        """By what they are recognised, here and wherever it is noted whom something is about."""
        return [self._digester.of(form) for form in forms]

    def has_any(self, account_id: UUID, digests: Iterable[bytes]) -> bool:
        """Whether one of them is suppressed for this account. Raises ServiceUnavailable."""
        sets = self._for(account_id)
        return bool(sets) and any(digest in one for digest in digests for one in sets)

    def is_empty(self, account_id: UUID) -> bool:
        """Whether nobody at all is suppressed for this account. Raises ServiceUnavailable."""
        return not self._for(account_id)

    def replace(self, loaded: Loaded) -> None:
        self._sets = {scope: DigestSet(packed) for scope, packed in loaded.packed.items()}
        self._version = loaded.version
        self.changes += 1
        self._is_read.set()

    def take(self, changes: Changes) -> None:
        for scope, digest, holds in changes.holding:
            self._change(scope, digest, holds=holds)
        self._version = changes.version

    def hear(self, added: Sequence[tuple[UUID, bytes]]) -> None:
        """What another process says it added: held at once, before the database is asked."""
        for scope, digest in added:
            self._change(scope, digest, holds=True)

    def _holds(self, form: NormalForm, sets: Sequence[DigestSet]) -> bool:
        return any(digest in each for digest in self._digester.all_of(form) for each in sets)

    def _for(self, account_id: UUID) -> list[DigestSet]:
        if self._version is None:
            raise _unread()
        found = (self._sets.get(EVERYWHERE), self._sets.get(account_id))
        return [digests for digests in found if digests]

    def _change(self, scope: UUID, digest: bytes, *, holds: bool) -> None:
        digests = self._sets.setdefault(scope, DigestSet())
        if holds:
            digests.add(digest)
        else:
            digests.remove(digest)
        self.changes += 1


def _unread() -> ServiceUnavailable:
    return ServiceUnavailable("the suppression list has not been read yet")
