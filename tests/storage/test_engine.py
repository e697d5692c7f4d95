"""Which database URLs are taken, and what a connection is set to."""

import pytest
from sqlalchemy import text

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.engine import asyncpg_url, create_engine, create_unpooled_engine
from roleferry_enrich.storage.wire import Wire


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://u:p@db.test:5433/enrich",
        "postgres://u:p@db.test:5433/enrich",
        "postgresql+asyncpg://u:p@db.test:5433/enrich",
    ],
)
def test_usual_spellings_are_one(given) -> None:
    url = asyncpg_url(given).render_as_string(hide_password=False)
    assert url == "postgresql+asyncpg://u:p@db.test:5433/enrich"


def test_socket_folder_may_be_given_as_the_host() -> None:
    url = asyncpg_url("postgresql://postgres@/enrich?host=/run/db")
    assert (url.username, url.database, url.query["host"]) == ("postgres", "enrich", "/run/db")


def test_libpq_word_for_tls_is_understood() -> None:
    assert dict(asyncpg_url("postgresql://h/d?sslmode=require").query) == {"ssl": "require"}


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://root:hunter2@h/d", "://hunter2@h:x/d"])
def test_other_urls_are_refused_without_repeating_them(url) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        asyncpg_url(url)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("application_name", "roleferry-enrich"),
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "3s"),
    ],
)
async def test_connection_is_bounded_and_named(engine, setting, value) -> None:
    async with engine.connect() as connection:
        assert await connection.scalar(text(f"SHOW {setting}")) == value


@pytest.fixture
async def url_of_auckland(empty_database_url) -> str:
    """Of a server that has its clocks where most of its day is tomorrow."""
    engine = create_unpooled_engine(empty_database_url)
    async with engine.begin() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
        await connection.execute(text(f"ALTER DATABASE {name} SET timezone TO 'Pacific/Auckland'"))
    await engine.dispose()
    return empty_database_url


AN_HOUR = "SELECT to_json(timestamptz '2026-02-28 12:00Z') #>> '{}' AS told"


async def test_days_are_those_of_utc_wherever_the_server_is(url_of_auckland) -> None:
    engine = create_engine(url_of_auckland)
    async with engine.connect() as connection:
        assert await connection.scalar(text(AN_HOUR)) == "2026-02-28T12:00:00+00:00"
    await engine.dispose()


async def test_so_they_are_for_the_statements_in_great_number(url_of_auckland) -> None:
    wire = Wire(url_of_auckland)
    (row,) = await wire.rows(AN_HOUR, ())
    await wire.close()
    assert row["told"] == "2026-02-28T12:00:00+00:00"
