"""Finds, or claims, the stored subject of each golden record, safely against others doing so.

The unique index of `identities` is the lock. Everyone inserts keys in the same order, so that
whoever comes second waits and then sees the first one's; nobody can wait in a circle.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.storage import bulk
from roleferry_enrich.storage.at_rest import at_rest_of
from roleferry_enrich.storage.identities import Candidate, Identity, Subject, settle
from roleferry_enrich.storage.statements import statement
from roleferry_enrich.storage.tables import identities

_HELD_BY_OWNERS = statement("held_by_owners").bindparams(bindparam("given", type_=JSONB))
_REPOINT = (
    update(identities)
    .where(
        identities.c.account_id == bindparam("account"),
        identities.c.subject_id == bindparam("claimed"),
    )
    .values(subject_id=bindparam("settled"))
)


async def recognise(
    connection: AsyncConnection, account_id: UUID, candidates: Sequence[Candidate]
) -> Mapping[UUID, UUID]:
    """The subject's id for each candidate's id: the same one for somebody new."""
    if not candidates:
        return {}
    blind = at_rest_of(connection).blind
    candidates = [_blinded(each, blind) for each in candidates]
    claims = _claims(account_id, candidates)
    await bulk.write(connection, {identities: claims})
    # A statement of its own: only now does the snapshot hold what others committed while the
    # insert waited for them.
    found = await connection.execute(_HELD_BY_OWNERS, {"account_id": account_id, "given": claims})
    owners = {
        Identity(Subject(subject), kind, value): owner for subject, kind, value, owner in found
    }
    held = _by_owner(owners)
    settled = {each.id: settle(each, owners=owners, held=held) for each in candidates}
    await _give_up_claims(connection, account_id, settled)
    return settled


def _blinded(candidate: Candidate, blind: Callable[[str, str], str]) -> Candidate:
    """By keys as they are stored, which tell nobody the address or the name."""
    return replace(
        candidate,
        identities=tuple(
            replace(each, value=blind(each.kind, each.value)) for each in candidate.identities
        ),
    )


def _claims(account_id: UUID, candidates: Sequence[Candidate]) -> list[bulk.Row]:
    claimed = [(identity, each.id) for each in candidates for identity in each.identities]
    return [
        {
            "account_id": account_id,
            "subject": identity.subject,
            "kind": identity.kind,
            "value": identity.value,
            "subject_id": claimant,
        }
        for identity, claimant in sorted(claimed)
    ]


def _by_owner(owners: Mapping[Identity, UUID]) -> Mapping[UUID, frozenset[Identity]]:
    held: defaultdict[UUID, set[Identity]] = defaultdict(set)
    for identity, owner in owners.items():
        held[owner].add(identity)
    return {owner: frozenset(identities) for owner, identities in held.items()}


async def _give_up_claims(
    connection: AsyncConnection, account_id: UUID, settled: Mapping[UUID, UUID]
) -> None:
    """Keys claimed for a newcomer who turned out to be known belong to the one known."""
    moved = [
        {"account": account_id, "claimed": claimed, "settled": subject}
        for claimed, subject in settled.items()
        if claimed != subject
    ]
    if moved:
        await connection.execute(_REPOINT, moved)
