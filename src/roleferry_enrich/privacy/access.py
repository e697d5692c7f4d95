"""Everything that is known of one person: each value, from whom, since when, told to whom.

Article 15 of the GDPR. What is shown is exactly what an erasure would take away, found in the same
way; of what is about others only the person's part is shown.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from roleferry_enrich.configuration.retention import RetentionSettings
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.privacy.finding import digests_of, find_subject
from roleferry_enrich.privacy.patterns import patterns_of
from roleferry_enrich.privacy.scrubbing import Scrubber
from roleferry_enrich.privacy.showing import SHOWN
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.privacy.ways import WAYS, Found, Searched
from roleferry_enrich.storage.at_rest import at_rest_of
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.outgoing_tables import webhook_endpoints
from roleferry_enrich.storage.searching import Fate, Wanted, read_rows
from roleferry_enrich.storage.tables import accounts
from roleferry_enrich.storage.transactions import in_transaction
from roleferry_enrich.webhooks.vault import Vault

# Any: JSON, as it is sent.
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    engine: AsyncEngine
    vault: Vault
    kept_for: RetentionSettings

    async def of(self, account_id: UUID | None, sought: Traces, now: datetime) -> Json:
        """Of one account, or of all; then what was received for no account in particular too.

        An account is shown what is its own, and cannot tell whether others know the person.
        Raises ServiceUnavailable.
        """
        subject = await find_subject(self.engine, account_id, sought)
        digests = digests_of(subject.traces, at_rest_of(self.engine))
        found = Found(Scrubber(subject.traces), self.vault.open, digests=digests)
        found.people.update(person_id for _, person_id in subject.people)
        patterns = patterns_of(subject.traces)
        sections: Json = {}
        for name, way in WAYS.items():
            if isinstance(way, Searched) and not (way.is_shared and account_id):
                wanted = Wanted(
                    account_id=account_id, patterns=patterns, ids=found.ids, digests=digests
                )
                judge = partial(way.edit, found)
                sections[name] = [
                    self._shown(found, name, row)
                    async for row in read_rows(self.engine, way.place, wanted)
                    if judge(row) is not Fate.KEPT
                ]
        return {
            "generated_at": now,
            "known_by": sorted((form.kind, form.value) for form in subject.traces.forms),
            "recipients": await self._recipients(sections),
            **sections,
        }

    def _shown(self, found: Found, name: str, row: AnyRow) -> Json:
        shown = SHOWN[name](found, row)
        since = getattr(row, _SINCE[name][0]) if name in _SINCE else None
        if since is not None:
            shown["expires_at"] = since + self._kept(name, row)
        if "account_id" in row._fields:
            shown["account_id"] = row.account_id
        return shown

    def _kept(self, name: str, row: AnyRow) -> timedelta:
        which = row.kind if name == "contact_points" else _SINCE[name][1]
        return self.kept_for.of(which)

    async def _recipients(self, sections: Json) -> Sequence[Json]:
        """The accounts that have the data, and the endpoints that were told of it."""
        rows = [row for section in sections.values() for row in section]
        ids = {row["account_id"] for row in rows if "account_id" in row}
        told = {row["endpoint_id"] for row in sections["webhook_deliveries"]}
        endpoint = webhook_endpoints.c

        async def work(connection: AsyncConnection) -> Sequence[Json]:
            named = await connection.execute(
                select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(ids))
            )
            urls = await connection.execute(
                select(endpoint.account_id, endpoint.url).where(endpoint.id.in_(told))
            )
            sent = urls.all()
            return [
                {
                    "account_id": row.id,
                    "account": row.name,
                    "webhook_endpoints": [it.url for it in sent if it.account_id == row.id],
                }
                for row in named
            ]

        return await in_transaction(self.engine, work)


_SINCE: Mapping[str, tuple[str, str]] = {
    "people": ("created_at", "people"),
    "contact_points": ("first_collected_at", ""),
    "enrichments": ("started_at", "enrichments"),
    "observations": ("observed_at", "enrichments"),
    "field_history": ("changed_at", "people"),
    "mailbox_reports": ("reported_at", "email"),
}
