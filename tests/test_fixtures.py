import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


async def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    engine = create_async_engine(empty_database_url)
    async with engine.connect() as connection:
        tables = await connection.scalar(
            text("select count(*) from pg_tables where schemaname = 'public'")
        )
    await engine.dispose()
    assert tables == 0


async def test_the_database_of_a_file_is_its_own_and_nobody_is_in_it(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        name = await connection.scalar(text("select current_database()"))
        accounts = await connection.scalar(text("select count(*) from accounts"))
    assert name.startswith("roleferry_test_")
    assert accounts == 0


def test_redis_answers(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()
