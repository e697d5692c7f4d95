"""Makes what is kept of a subject unreadable, for good, by deleting the key of it.

Whatever else is erased, and when: a row that was overlooked, a table that grows, a backup of the
values. Of a backup that holds the key too, only the age tells.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, delete, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.tables import people


async def shred(connection: AsyncConnection, account_id: UUID, subjects: Collection[UUID]) -> int:
    """Delete the keys of these subjects of an account; how many there were.

    In the transaction that erases the rest. Whoever is writing about one of them ends first, and
    whoever comes later begins with a new key and with nothing of what was known.
    """
    ids = any_(literal(list(subjects), ARRAY(Uuid)))
    held = select(people.c.id).where(people.c.account_id == account_id, people.c.id == ids)
    await connection.execute(held.order_by(people.c.id).with_for_update())
    key = subject_keys.c
    gone = delete(subject_keys).where(key.account_id == account_id, key.subject_id == ids)
    return (await connection.execute(gone)).rowcount
