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
from roleferry_enrich.storage.at_rest import at_rest_of
from roleferry_enrich.storage.bound_names import address_name
from roleferry_enrich.storage.contact_points import AnyRow, point_of
from roleferry_enrich.storage.sealed import keys_of, sealed_text
from roleferry_enrich.storage.tables import accounts, contact_points
from roleferry_enrich.storage.webhook_tables import mailbox_reports

MAILBOX = "mailbox"
"""The kind under which a mailbox is blinded: in the form that all its spellings share."""
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
    at_rest = at_rest_of(connection)
    mailbox = at_rest.blind(MAILBOX, identity_key(reported.address))
    row = insert(mailbox_reports).values(
        account_id=account_id,
        mailbox=mailbox,
        provider=reported.provider,
        id=uuid5(NAMESPACE_URL, f"webhook:{reported.provider}:{reported.event_id}"),
        address=sealed_text(at_rest, address_name(mailbox), reported.address),
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
    blind = at_rest_of(connection).blind
    spelt = {reported.address, identity_key(reported.address)}
    found = await connection.execute(
        select(contact_points)
        .where(
            point.account_id == account_id,
            point.kind == ContactKind.EMAIL,
            point.digest.in_({blind(ContactKind.EMAIL, address) for address in spelt}),
        )
        .order_by(point.person_id)
        .with_for_update()
    )
    rows = found.all()
    keys = await keys_of(connection, account_id, [row.person_id for row in rows])
    for row in rows:
        stored = point_of(row, keys.of.get(row.person_id))
        if stored is not None:
            await connection.execute(_update(row, _marked(stored, reported)))


def _marked(point: ContactPoint, reported: Reported) -> ContactPoint:
    others = tuple(it for it in point.sources if it.provider != reported.provider)
    return replace(
        point,
        deliverability=reported.deliverability,
        confidence=weighed_anew(point.confidence, point.deliverability, reported.deliverability),
        sources=(reported.source, *others),
    )


def _update(stored: AnyRow, point: ContactPoint) -> Update:
    row = contact_points.c
    return (
        update(contact_points)
        .where(
            row.account_id == stored.account_id,
            row.person_id == stored.person_id,
            row.kind == stored.kind,
            row.digest == stored.digest,
        )
        .values(
            deliverability=point.deliverability,
            confidence=point.confidence.value,
            sources=point.sources,
            updated_at=func.now(),
        )
    )
