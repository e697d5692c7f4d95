"""An invented person of whom nothing may be found again, and all that finds it."""

import base64
import binascii
import re
from collections.abc import Sequence

import asyncpg
from redis.asyncio import Redis
from sqlalchemy import make_url

CANARY = {
    "name": "Zzyxa Kanarienne",
    "email": "zzyxa.kanarienne@quillmere.test",
    "phone": "+442079461234",
    "profile": "linkedin.com/in/zzyxa-kanarienne",
}
WORDS = ("zzyxa", "kanarienne", "2079461234")
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
    """Of all tables there are, those with a row in which the person is found."""
    plain = make_url(database_url).set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        found = []
        listed = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        for (table,) in await connection.fetch(listed):
            rows = await connection.fetch(f'SELECT * FROM "{table}"')
            if any(names(_text(value)) for row in rows for value in row.values()):
                found.append(table)
        return found
    finally:
        await connection.close()


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
