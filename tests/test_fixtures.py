import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def test_the_sessions_database_is_its_own_and_empty(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        name = await connection.scalar(text("select current_database()"))
        tables = await connection.scalar(
            text("select count(*) from pg_tables where schemaname = 'public'")
        )
    await engine.dispose()
    assert name.startswith("test_")
    assert tables == 0


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()
