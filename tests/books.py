"""Books that remember nothing, for tests of what is around them."""

from uuid import UUID

from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.gateway.books import Entry, Gone, Intent, Lost, Noted, Payer
from roleferry_enrich.providers.replies import Reply

PAYER = Payer(account_id=UUID(int=1), enrichment_id=UUID(int=2))


class NoBooks:
    async def note(self, intent: Intent) -> Noted:
        return Noted()

    async def follow(self, entry: Entry) -> Gone:
        return Gone()

    async def write_off(self, entry: Entry) -> Lost | None:
        return None

    def settle(self, intent: Intent, record: CallRecord, reply: Reply | None) -> None: ...

    def strike(self, entry: Entry) -> None: ...

    async def written(self) -> None: ...
