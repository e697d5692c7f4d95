"""Erases one person, of one account or of all, and sees to it that nobody brings them back.

    suppress -> note in the journal -> find -> suppress what was found -> tables -> cache -> receipt

From the first step on nothing is read, written or told of the person any more; from the last on
nothing is left. What was under way meanwhile is caught by going through everything once more.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import msgspec
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import InvalidQuery, ServiceUnavailable
from roleferry_enrich.gateway.cache import Remembered
from roleferry_enrich.gateway.cache_search import CacheSearch
from roleferry_enrich.gateway.redis_guard import RedisDown
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.finding import StoredSubject, digests_of, find_subject
from roleferry_enrich.privacy.journal import Journal, Line
from roleferry_enrich.privacy.patterns import patterns_of
from roleferry_enrich.privacy.scrubbing import Scrubber
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.privacy.telling import tell_of_erased
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.privacy.ways import WAYS, Digested, Forget, Found, Searched, Shredded
from roleferry_enrich.storage.at_rest import Key, at_rest_of
from roleferry_enrich.storage.bound_names import erasure_name
from roleferry_enrich.storage.erasures import Due, ErasureRepository, Receipt
from roleferry_enrich.storage.searching import Wanted, edit_rows
from roleferry_enrich.storage.shredding import shred
from roleferry_enrich.storage.suppressions import EVERYWHERE, Addition
from roleferry_enrich.storage.transactions import Alongside, in_transaction
from roleferry_enrich.webhooks.vault import Vault

SOURCE = "erasure"
CACHE = "cached_answers"
_MOST_TRIES = 3
Digests = Sequence[tuple[str, bytes]]
"""Each with its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    engine: AsyncEngine
    suppressions: Suppressions
    cache: CacheSearch
    vault: Vault
    ring: Key
    journal: Journal
    mail_of: Mapping[str, UUID]
    """Senders of webhooks that report on the mail of one account."""
    now: Callable[[], datetime]

    @property
    def _receipts(self) -> ErasureRepository:
        return ErasureRepository(self.engine)

    async def erase(
        self,
        account_id: UUID | None,
        sought: Traces,
        alongside: Alongside[Receipt] | None = None,
    ) -> Receipt:
        """The person is gone when it returns, from all accounts where none is given.

        `alongside` is given the receipt of what was begun, from which on it will be done.

        Raises InvalidQuery where nobody can be recognised by what is given; ServiceUnavailable,
        after which a worker goes on with it, if it was begun.
        """
        if not sought.forms:
            raise InvalidQuery("nobody can be recognised by what was given")
        receipt = Receipt(
            id=uuid4(),
            scope=account_id or EVERYWHERE,
            requested_at=self.now(),
            done_at=None,
            counts={},
        )
        await self._begin(receipt, sought, alongside=alongside)
        return await self._go_through(receipt, sought, is_last=False)

    async def go_on(self, due: Due) -> None:
        """Once more, for what came in while it was under way. Raises ServiceUnavailable."""
        plain = self.ring.open(erasure_name(due.id), due.sought)
        receipt = Receipt(
            id=due.id, scope=due.scope, requested_at=self.now(), done_at=None, counts={}
        )
        if plain is not None:
            sought = msgspec.msgpack.decode(plain, type=Traces)
            await self._go_through(receipt, sought, is_last=due.is_last)

    async def replay(self, line: Line, sought: Traces) -> None:
        """Of a journal, in a database that does not know of it. Raises ServiceUnavailable.

        `sought`: who of those stored is recognised by the journal's digests; may be nobody.
        """
        receipt = Receipt(
            id=line.id,
            scope=line.scope,
            requested_at=line.requested_at,
            done_at=None,
            counts={},
        )
        digests = tuple((kind, bytes.fromhex(digest)) for kind, digest in line.digests)
        await self._begin(receipt, sought, digests)
        await self._go_through(receipt, sought, is_last=True)

    async def _begin(
        self,
        receipt: Receipt,
        sought: Traces,
        digests: Digests = (),
        *,
        alongside: Alongside[Receipt] | None = None,
    ) -> None:
        addition = self._addition(receipt, sought, digests)

        async def work(connection: AsyncConnection) -> None:
            await self.suppressions.add_within(connection, addition)
            sealed = self._sealed(receipt.id, sought)
            await self._receipts.begin(connection, receipt, sealed)
            if alongside is not None:
                await alongside(connection, receipt)

        await in_transaction(self.engine, work)
        await self.suppressions.announce(addition)
        await self.journal.write(receipt, addition.digests)

    async def _go_through(self, receipt: Receipt, sought: Traces, *, is_last: bool) -> Receipt:
        account_id = None if receipt.scope == EVERYWHERE else receipt.scope
        subject = await find_subject(self.engine, account_id, sought)
        if subject.traces != sought:
            addition = self._addition(receipt, subject.traces)
            await self.suppressions.add(addition)
            await self.journal.write(receipt, addition.digests)
            await self._receipts.widen(receipt.id, self._sealed(receipt.id, subject.traces))
        counts = await self._tables(account_id, subject)
        forgotten = await self._cached(subject.traces)
        if account_id is None:
            counts[CACHE] = forgotten
        return await self._receipts.end(replace(receipt, counts=counts), is_last=is_last)

    def _addition(self, receipt: Receipt, known: Traces, digests: Digests = ()) -> Addition:
        made = self.suppressions.digests(known.forms)
        return Addition(
            entry_id=receipt.id,
            scope=receipt.scope,
            digests=tuple(dict.fromkeys((*digests, *made))),
            reason="erased",
            source=SOURCE,
            reference=str(receipt.id),
        )

    def _sealed(self, erasure_id: UUID, sought: Traces) -> bytes:
        return self.ring.seal(erasure_name(erasure_id), msgspec.msgpack.encode(sought))

    async def _tables(self, account_id: UUID | None, subject: StoredSubject) -> dict[str, int]:
        """Again where somebody wrote what refers to the person meanwhile."""
        for attempt in range(1, _MOST_TRIES + 1):
            try:
                return await self._one_pass(account_id, subject)
            except IntegrityError as error:
                if attempt == _MOST_TRIES:
                    raise ServiceUnavailable("the person is being written of just now") from error
        raise AssertionError("the last attempt returns or raises")

    async def _one_pass(self, account_id: UUID | None, subject: StoredSubject) -> dict[str, int]:
        others = (
            sender for sender, owner in self.mail_of.items() if account_id not in (None, owner)
        )
        found = Found(
            Scrubber(subject.traces),
            self.vault.open,
            digests=digests_of(subject.traces, at_rest_of(self.engine)),
            others_senders=frozenset(others),
        )
        found.people.update(person_id for _, person_id in subject.people)
        await tell_of_erased(self.engine, subject.people, self.now())
        counts, patterns = {}, patterns_of(subject.traces)
        for name, way in WAYS.items():
            if isinstance(way, Searched):
                wanted = Wanted(
                    account_id=None if way.is_shared else account_id,
                    patterns=patterns,
                    ids=found.ids,
                    digests=found.digests,
                )
                count = await edit_rows(self.engine, way.place, wanted, partial(way.edit, found))
                # What is shared may be of others' asking, of which one account learns nothing.
                if count and not (account_id and way.is_shared):
                    counts[name] = count
            elif isinstance(way, Shredded):
                if count := await self._shred(subject):
                    counts[name] = count
            elif isinstance(way, Digested):
                about = list(found.enrichments), self._digests(subject.traces)
                forget = partial(_forget, way.forget, account_id, *about)
                if count := await in_transaction(self.engine, forget):
                    counts[name] = count
        return counts

    async def _shred(self, subject: StoredSubject) -> int:
        async def work(connection: AsyncConnection) -> int:
            return sum([await shred(connection, one, {who}) for one, who in sorted(subject.people)])

        return await in_transaction(self.engine, work)

    def _digests(self, known: Traces) -> Sequence[bytes]:
        return [digest for _, digest in self.suppressions.digests(known.forms)]

    async def _cached(self, known: Traces) -> int:
        scrubber = Scrubber(known)
        try:
            return await self.cache.forget(partial(_speaks_of, scrubber))
        except RedisDown as error:
            raise ServiceUnavailable("what is cached cannot be forgotten just now") from error


async def _forget(
    forget: Forget,
    account_id: UUID | None,
    enrichments: Sequence[UUID],
    digests: Sequence[bytes],
    connection: AsyncConnection,
) -> int:
    return await forget(connection, account_id, enrichments, digests)


def _speaks_of(scrubber: Scrubber, remembered: Remembered) -> bool:
    said = remembered.findings
    if any(scrubber.is_subject(traces.of_claim(claim)) for claim in said.people):
        return True
    return scrubber.mentions(msgspec.to_builtins((said.people, said.companies, said.verdicts)))
