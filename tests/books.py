"""Books that remember nothing, for tests of what is around them."""

from roleferry_enrich.domain.outcomes import CallRecord
from roleferry_enrich.gateway.books import Entry, Gone, Intent, Lost, Noted
from roleferry_enrich.providers.replies import Reply


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
