"""Deletes personal data that was kept long enough, counted from when it was first collected.

A record that is asked for every day does not become younger by it: when its time has come it goes
with all that was said of it since, so that our own database cannot bring it back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.configuration.retention import RetentionSettings
from roleferry_enrich.domain.records import ContactKind
from roleferry_enrich.privacy import normal_forms
from roleferry_enrich.privacy.finding import traces_of_stored
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.privacy.scrubbing import Scrubber
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.privacy.ways import WAYS, Found, Searched
from roleferry_enrich.storage.expiring import ExpiryRepository
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.searching import Wanted, edit_rows
from roleferry_enrich.storage.shredding import shred
from roleferry_enrich.storage.transactions import in_transaction
from roleferry_enrich.webhooks.vault import Vault

_MOST = 100
_OF_A_PERSON = (
    *("observations", "enrichments", "field_history", "contact_points", "identities"),
    *("subject_keys", "people"),
)
_READ: Mapping[ContactKind, str] = {
    ContactKind.EMAIL: "email",
    ContactKind.PHONE: "phone",
    ContactKind.PROFILE: "profile",
}


@dataclass(frozen=True, slots=True)
class Retention:
    """One per worker. A look does a bounded piece of each kind of data."""

    engine: AsyncEngine
    kept_for: RetentionSettings
    vault: Vault
    now: Callable[[], datetime]

    async def look(self) -> Mapping[str, int]:
        """How many of what went; nothing where nothing is old. Raises ServiceUnavailable."""
        old = ExpiryRepository(self.engine, _MOST)
        kept, now = self.kept_for.of, self.now()
        gone = {"people": await self._people(await old.people(now - kept("people")))}
        for kind, name in _READ.items():
            points = await old.points(kind, now - kept(name))
            gone[name] = await self._points(points)
        gone["enrichments"] = await old.enrichments(now - kept("enrichments"))
        gone["history"] = await old.history(now - kept("people"))
        gone["mailbox_reports"] = await old.reports(now - kept("email"))
        gone["jobs"] = await old.jobs(now - kept("jobs"))
        return {name: count for name, count in gone.items() if count}

    async def _people(self, rows: Sequence[AnyRow]) -> int:
        for row in rows:
            known = await traces_of_stored(self.engine, row.account_id, row.id)
            found = Found(Scrubber(known), self.vault.open, people={row.id})
            await self._out_of(found, row.account_id, row.id, row.company_id)
        return len(rows)

    async def _points(self, rows: Iterable[AnyRow]) -> int:
        count = 0
        for row in rows:
            traces = Traces(forms=frozenset(_forms(row)))
            found = Found(Scrubber(traces, values_alone=True), self.vault.open)
            await self._out_of(found, row.account_id, row.person_id, row.company_id)
            count += 1
        return count

    async def _out_of(
        self, found: Found, account_id: UUID, person_id: UUID, company_id: UUID | None
    ) -> None:
        """Of all that is kept of one person, and of where they work."""
        ids = tuple(filter(None, (person_id, company_id)))
        wanted = Wanted(account_id=account_id, patterns=(), ids=ids)
        for name in _OF_A_PERSON:
            way = WAYS[name]
            if isinstance(way, Searched):
                await edit_rows(self.engine, way.place, wanted, partial(way.edit, found))
            elif found.people:
                await in_transaction(self.engine, lambda it: shred(it, account_id, found.people))


def _forms(row: AnyRow) -> tuple[NormalForm, ...]:
    match row.kind:
        case _ if row.value is None:
            return ()  # nobody can read it any more
        case ContactKind.EMAIL:
            return normal_forms.of_email(row.value)
        case ContactKind.PHONE:
            return normal_forms.of_phone(row.value)
        case _:
            return normal_forms.of_profile(row.value)
