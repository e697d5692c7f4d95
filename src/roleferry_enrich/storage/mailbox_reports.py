"""What became of the mails that were sent: kept for later answers, told of stored addresses.

One row for each mailbox and reporter, the latest word. An answer gets it from
`providers/internal.py`; an address that is stored already is marked at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Update, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import ContactKind, ContactPoint, Source
from roleferry_enrich.normalise.emails import identity_key
from roleferry_enrich.resolve.deliverability import weighed_anew
from roleferry_enrich.storage.golden import point_of
from roleferry_enrich.storage.tables import accounts, contact_points
from roleferry_enrich.storage.webhook_tables import mailbox_reports

_CHANGING = ("id", "address", "deliverability", "reason", "reported_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    provider: str
    event_id: str
    address: Email
    deliverability: Deliverability
    reason: str
    at: datetime

    @property
    def source(self) -> Source:
        return Source(
            provider=self.provider,
            origin=self.provider,
            observed_at=self.at,
            as_of=self.at.date(),
        )


async def note(connection: AsyncConnection, account_id: UUID, reported: Reported) -> str:
    """Keep a report, unless a later one is kept; what came of it, in one word."""
    # Held until the commit, so that the account is not deleted meanwhile.
    owner = select(accounts.c.id).where(accounts.c.id == account_id)
    if await connection.scalar(owner.with_for_update(key_share=True)) is None:
        return "no_account"
    row = insert(mailbox_reports).values(
        account_id=account_id,
        mailbox=identity_key(reported.address),
        provider=reported.provider,
        id=uuid5(NAMESPACE_URL, f"webhook:{reported.provider}:{reported.event_id}"),
        address=reported.address,
        deliverability=reported.deliverability,
        reason=reported.reason,
        reported_at=reported.at,
    )
    changed = {name: row.excluded[name] for name in _CHANGING}
    kept = row.on_conflict_do_update(
        index_elements=list(mailbox_reports.primary_key),
        set_=changed,
        where=mailbox_reports.c.reported_at < row.excluded.reported_at,
    ).returning(mailbox_reports.c.id)
    if await connection.scalar(kept) is None:
        return "known_better"
    await _mark_stored(connection, account_id, reported)
    return "mailbox_noted"


async def _mark_stored(connection: AsyncConnection, account_id: UUID, reported: Reported) -> None:
    """Every stored person with this address has it so from now on."""
    point = contact_points.c
    found = await connection.execute(
        select(contact_points)
        .where(
            point.account_id == account_id,
            point.kind == ContactKind.EMAIL,
            point.value.in_({reported.address, identity_key(reported.address)}),
        )
        .order_by(point.person_id)
        .with_for_update()
    )
    for row in found.all():
        marked = _marked(point_of(row), reported)
        await connection.execute(_update(account_id, row.person_id, marked))


def _marked(point: ContactPoint, reported: Reported) -> ContactPoint:
    others = tuple(it for it in point.sources if it.provider != reported.provider)
    return replace(
        point,
        deliverability=reported.deliverability,
        confidence=weighed_anew(point.confidence, point.deliverability, reported.deliverability),
        sources=(reported.source, *others),
    )


def _update(account_id: UUID, person_id: UUID, point: ContactPoint) -> Update:
    row = contact_points.c
    return (
        update(contact_points)
        .where(
            row.account_id == account_id,
            row.person_id == person_id,
            row.kind == point.kind,
            row.value == point.value,
        )
        .values(
            deliverability=point.deliverability,
            confidence=point.confidence.value,
            sources=point.sources,
            updated_at=func.now(),
        )
    )
