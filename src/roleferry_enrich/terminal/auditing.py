"""What the `audit` command does, over the installation's own database."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.api.audit import COLUMNS, entry_data, entry_row
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.storage.audits import AuditRepository
from roleferry_enrich.terminal.databases import with_database
from roleferry_enrich.terminal.printing import Format, Sheet, show
from roleferry_enrich.terminal.tables import rows

_AT_ONCE = 100


def print_log(account: UUID, limit: int, output: Format) -> None:
    known = with_database(read_settings(), lambda engine: latest(engine, account, limit))
    lines = [entry_row(entry) for entry in known]
    show(
        {"items": [entry_data(entry) for entry in known]},
        output,
        table=lambda _: rows("Audit log", COLUMNS, lines),
        sheet=lambda _: Sheet(COLUMNS, lines),
    )


async def latest(engine: AsyncEngine, account: UUID, limit: int) -> Sequence[AuditEntry]:
    repository = AuditRepository(engine)
    found: list[AuditEntry] = []
    after: str | None = None
    while len(found) < limit:
        some = min(_AT_ONCE, limit - len(found))
        page = await repository.page(account, after=after, limit=some)
        found.extend(page.items)
        after = page.next
        if after is None:
            break
    return found
