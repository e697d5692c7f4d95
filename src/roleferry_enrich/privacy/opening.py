"""Makes what serves people's rights of the settings and of what a process has open."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from roleferry_enrich.gateway.cache import Cache
from roleferry_enrich.gateway.cache_search import CacheSearch
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.journal import Journal
from roleferry_enrich.privacy.suppressions import Suppressions
from roleferry_enrich.secret_key import secret_key
from roleferry_enrich.settings import Settings
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
        ring=KeyRing([secret_key(settings).get_secret_value().encode()]),
        journal=Journal(settings.data_dir),
        mail_of=accounts_of(settings),
        now=now,
    )
