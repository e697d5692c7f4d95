"""Makes what serves people's rights of the settings and of what a process has open."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.cache_search import CacheSearch
from roleferry_enrich.privacy.access import Access
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.journal import Journal
from roleferry_enrich.privacy.replaying import replay_missing
from roleferry_enrich.privacy.retention import Retention
from roleferry_enrich.privacy.rights import RightsDesk
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.notices import NoticeRepository
from roleferry_enrich.webhooks.endpoints import accounts_of
from roleferry_enrich.webhooks.vault import open_vault


def open_erasure(
    settings: Settings,
    engine: AsyncEngine,
    suppressions: Suppressions,
    cache: Cache,
    now: Callable[[], datetime],
) -> Erasure:
    return Erasure(
        engine=engine,
        suppressions=suppressions,
        cache=CacheSearch(cache),
        vault=open_vault(settings),
        ring=open_at_rest(settings),
        journal=Journal(settings.data_dir),
        mail_of=accounts_of(settings),
        now=now,
    )


def open_retention(erasure: Erasure, settings: Settings) -> Retention:
    return Retention(erasure.engine, settings.keep, erasure.vault, erasure.now)


def open_rights(erasure: Erasure, settings: Settings) -> RightsDesk:
    access = Access(engine=erasure.engine, vault=erasure.vault, kept_for=settings.keep)
    return RightsDesk(erasure, access, NoticeRepository(erasure.engine))


async def replay_journal(erasure: Erasure) -> int:
    """Erase again whom a backup brought back; to be done before anybody is served.

    How many erasures the database had forgotten. Raises ServiceUnavailable, ConfigurationError.
    """
    lines = await asyncio.to_thread(erasure.journal.lines)
    return await replay_missing(erasure, lines) if lines else 0
