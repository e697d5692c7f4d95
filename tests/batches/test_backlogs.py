"""What waits is told for as long as somebody can tell."""

from dataclasses import replace
from datetime import timedelta

from tests.observability.test_metrics import export, sample  # noqa: F401 - a fixture
from tests.polling import becomes

from roleferry_enrich.batches.backlogs import backlogs_watched
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.storage.backlogs import Backlog, Backlogs

NONE = Backlog(0, timedelta(0))
SOME = Backlogs(
    items=Backlog(12, timedelta(seconds=40)), running=3, messages=NONE, events=NONE, dead_events=1
)


class Database:
    is_away = False

    async def count(self) -> Backlogs:
        if self.is_away:
            raise ServiceUnavailable("the database is away")
        return replace(SOME)


async def test_levels_are_those_of_now_or_none(export) -> None:  # noqa: F811
    database = Database()

    async def shown(count: int | None) -> bool:
        return sample(export, "roleferry_waiting", what="items") == count

    async with backlogs_watched(database, export.metrics.work, timedelta(milliseconds=5)):
        await becomes(lambda: shown(12))
        assert sample(export, "roleferry_waiting_age_seconds", what="items") == 40
        assert sample(export, "roleferry_waiting", what="webhooks_in") == 0
        assert sample(export, "roleferry_webhooks_in_dead") == 1
        database.is_away = True
        await becomes(lambda: shown(None))
