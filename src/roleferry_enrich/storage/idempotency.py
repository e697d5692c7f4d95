"""Keeps what was answered to a request that its sender gave a key, to answer the same again.

A key is claimed before anything is done, and the answer is written in the transaction of what was
done: there is no moment at which it is done and would be done again. Keys are kept as digests, and
answers sealed, because either may name people.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Interval,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.errors import Conflict, Fault, InvalidQuery
from roleferry_enrich.gateway.sealing import derived
from roleferry_enrich.storage.account_tables import idempotent_requests
from roleferry_enrich.storage.at_rest import Key
from roleferry_enrich.storage.bound_names import answer_name
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.transactions import in_transaction

LEASE = timedelta(seconds=20)
"""Longer than any request takes. Who was slower finds its key taken and undoes what it did."""
KEPT_FOR = timedelta(hours=72)
_COME_BACK = timedelta(seconds=1)
_TABLE = idempotent_requests.c
_CLAIM = statement("claim_request").bindparams(
    bindparam("lease", type_=Interval), bindparam("kept_for", type_=Interval)
)
_SWEEP = text("""
    DELETE FROM idempotent_requests AS known
    USING (
        SELECT account_id, operation, key FROM idempotent_requests
        WHERE created_at <= clock_timestamp() - CAST(:kept_for AS interval)
        LIMIT :most FOR UPDATE SKIP LOCKED
    ) AS old
    WHERE (known.account_id, known.operation, known.key) = (old.account_id, old.operation, old.key)
""").bindparams(bindparam("kept_for", type_=Interval))


class KeyInUse(Conflict):
    """A request with this key is being done just now."""

    slug, title = "idempotency-key-in-use", "A request with this Idempotency-Key is under way"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where a key means the same request."""

    account_id: UUID
    operation: str
    """Method and route."""
    key: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do what is asked under a key, until its lease ends."""

    place: KeyPlace
    id: UUID


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    subjects: Sequence[bytes] = ()
    """Digests of whom it is about."""


@dataclass(frozen=True, slots=True)
class About:
    """Whose data an answer holds, by which it is found when that is erased."""

    enrichment_id: UUID | None = None
    subjects: Sequence[bytes] = ()
    """Digests of whom the answer is about."""


class IdempotencyRepository:
    def __init__(self, engine: AsyncEngine, ring: Key, secret: bytes) -> None:
        self._engine = engine
        self._ring = ring
        self._secret = derived(secret, "idempotency keys")

    async def claim(self, place: KeyPlace, fingerprint: bytes) -> Claim | KeptAnswer:
        """The right to do it, or what was answered when it was done.

        Raises InvalidQuery where the key was used for something else, and KeyInUse.
        """
        claim = Claim(place, uuid4())
        given = {
            **self._columns(place),
            "fingerprint": fingerprint,
            "claim": claim.id,
            "lease": LEASE,
            "kept_for": KEPT_FOR,
        }

        async def work(connection: AsyncConnection) -> AnyRow | None:
            if await connection.scalar(_CLAIM, given):
                return None
            return await self._known(connection, place)

        known = await in_transaction(self._engine, work)
        return claim if known is None else self._answer_of(known, place, fingerprint)

    async def keep(
        self, connection: AsyncConnection, claim: Claim, answer: KeptAnswer, about: About
    ) -> None:
        """Write the answer in the transaction of what was done.

        Raises Conflict, which must undo it, where the lease ended and another has claimed the key.
        """
        # What is recorded late may find its answer settled: that is what was given.
        unanswered = _TABLE.answered_at.is_(None)
        if not await self._write(connection, claim, answer, about, unanswered):
            known = await self._known(connection, claim.place)
            if known is None or known.claim != claim.id:
                raise _taken()

    async def settle(self, claim: Claim, answer: KeptAnswer, about: About) -> None:
        """Write the answer as it is given. Raises Conflict likewise."""

        async def work(connection: AsyncConnection) -> bool:
            return await self._write(connection, claim, answer, about)

        if not await in_transaction(self._engine, work):
            raise _taken()

    async def release(self, claim: Claim) -> None:
        """Nothing was done: the key is free."""
        await self._forget(claim.place, _TABLE.claim == claim.id, _TABLE.answered_at.is_(None))

    async def drop(self, place: KeyPlace) -> None:
        """Forget an answer that must not be given again: the key is free."""
        await self._forget(place, _TABLE.answered_at.is_not(None))

    async def _forget(self, place: KeyPlace, *which: ColumnElement[bool]) -> None:
        forgotten = delete(idempotent_requests).where(*self._where(place), *which)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(forgotten)

        await in_transaction(self._engine, work)

    async def sweep(self, most: int) -> int:
        """Forget what was kept long enough."""

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(_SWEEP, {"kept_for": KEPT_FOR, "most": most})).rowcount

        return await in_transaction(self._engine, work)

    async def _write(
        self,
        connection: AsyncConnection,
        claim: Claim,
        answer: KeptAnswer,
        about: About,
        *which: ColumnElement[bool],
    ) -> bool:
        values = {
            "answered_at": func.clock_timestamp(),
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": self._ring.seal(self._name(claim.place), answer.body),
            "enrichment_id": about.enrichment_id,
            "subjects": list(about.subjects),
        }
        mine = (*self._where(claim.place), _TABLE.claim == claim.id, *which)
        written = update(idempotent_requests).where(*mine)
        return bool((await connection.execute(written.values(values))).rowcount)

    async def _known(self, connection: AsyncConnection, place: KeyPlace) -> AnyRow | None:
        left = (_TABLE.claimed_until - func.clock_timestamp()).label("left")
        wanted = select(idempotent_requests, left).where(*self._where(place))
        return (await connection.execute(wanted)).one_or_none()

    def _answer_of(self, known: AnyRow, place: KeyPlace, fingerprint: bytes) -> KeptAnswer:
        if known.fingerprint != fingerprint:
            fault = Fault("Idempotency-Key", "key_reused", "was used for another request before")
            raise InvalidQuery("the Idempotency-Key belongs to another request", faults=(fault,))
        if known.answered_at is None:
            raise KeyInUse("a request with this key is under way", retry_after=_COME_BACK)
        return self._opened(known, place)

    def _opened(self, known: AnyRow, place: KeyPlace) -> KeptAnswer:
        body = self._ring.open(self._name(place), known.body)
        if body is None:
            # Sealed by a key that is no more: done it was, and must not be done again.
            raise Conflict("the request was answered, and the answer cannot be read any more")
        return KeptAnswer(known.status, known.headers, body, known.subjects)

    def _columns(self, place: KeyPlace) -> dict[str, object]:
        return {
            "account_id": place.account_id,
            "operation": place.operation,
            "key": self._digest(place),
        }

    def _digest(self, place: KeyPlace) -> bytes:
        return hmac.digest(self._secret, place.key.encode(), "sha256")

    def _where(self, place: KeyPlace) -> list[ColumnElement[bool]]:
        return [_TABLE[name] == value for name, value in self._columns(place).items()]

    def _name(self, place: KeyPlace) -> str:
        return answer_name(place.account_id, place.operation, self._digest(place))


def _taken() -> Conflict:
    return Conflict("another request with the same Idempotency-Key took its place")


async def forget_answers(
    connection: AsyncConnection,
    account_id: UUID | None,
    enrichment_ids: Sequence[UUID],
    subjects: Sequence[bytes] = (),
) -> int:
    """Erase every answer of the account, or of all, that was kept about them; how many.

    A request that is repeated under such a key afterwards is done like a new one.
    """
    about = or_(
        _TABLE.enrichment_id.in_(enrichment_ids),
        _TABLE.subjects.overlap(bindparam("subjects", list(subjects), type_=ARRAY(BYTEA))),
    )
    whose = true() if account_id is None else _TABLE.account_id == account_id
    erased = delete(idempotent_requests).where(whose, about)
    return (await connection.execute(erased)).rowcount
