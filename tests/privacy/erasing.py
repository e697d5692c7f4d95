"""An invented person of whom nothing may be found again, and all that finds it."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence

from redis.asyncio import Redis
from sqlalchemy import MetaData, Table, select, text
from tests.at_rest import AT_REST

from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.columns import metadata
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.opened_rows import opened

CANARY = {
    "name": "Zzyxa Kanarienne",
    "email": "zzyxa.kanarienne@quillmere.test",
    "phone": "+442079461234",
    "profile": "linkedin.com/in/zzyxa-kanarienne",
}
_IDENTITIES = {
    "email": CANARY["email"],
    "phone": CANARY["phone"],
    "profile": CANARY["profile"],
    "linkedin": CANARY["profile"],
    "mailbox": CANARY["email"],
    "name_domain": "zzyxa kanarienne|quillmere.test",
    "name_company": "zzyxa kanarienne|quillmere instruments",
}
_DIGESTS = [AT_REST.blind(kind, value) for kind, value in _IDENTITIES.items()]
WORDS = ("zzyxa", "kanarienne", "2079461234", *_DIGESTS)
_BASE64 = re.compile(r"[A-Za-z0-9+/=_-]{16,}")


def names(text: str) -> bool:
    """Whether the person is named in it, also where it is written otherwise."""
    return any(word in form for form in forms(text) for word in WORDS)


def forms(text: str) -> Sequence[str]:
    forms = [text.casefold()]
    for piece in _BASE64.findall(text):
        try:
            decoded = base64.b64decode(piece + "=" * (-len(piece) % 4), altchars=b"-_")
        except (binascii.Error, ValueError):
            continue
        forms.append(decoded.decode("latin-1").casefold())
    return forms


async def tables_that_name(database_url: str) -> list[str]:
    """Of all tables there are, those with a row in which the person is found, opened too."""
    return await tables_with(database_url, AT_REST, names)


async def tables_with(database_url: str, at_rest: AtRest, told: Callable[[str], bool]) -> list[str]:
    """Those with a value, as it is or as the keys open it, of which that is so."""
    engine = create_engine(database_url, pool_size=1, at_rest=at_rest)
    found = []
    async with engine.connect() as connection:
        listed = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for name in (await connection.scalars(listed)).all():
            table = metadata.tables.get(name, Table(name, MetaData()))
            wanted = select(table) if table.columns else text(f'SELECT * FROM "{name}"')
            rows = await opened(connection, table, (await connection.execute(wanted)).all())
            values = (value for each in rows for value in (*each.row, *each.stored))
            if any(told(_text(value)) for value in values):
                found.append(name)
    await engine.dispose()
    return found


async def redis_names(redis: Redis) -> list[bytes]:
    """The keys in Redis that name the person, or whose value does."""
    found = []
    async for key in redis.scan_iter(count=1_000):
        value = await redis.dump(key)
        if names(key.decode("latin-1")) or names((value or b"").decode("latin-1")):
            found.append(key)
    return found


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
