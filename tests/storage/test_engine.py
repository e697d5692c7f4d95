"""Which database URLs are taken, and what a connection is set to."""

import pytest
from sqlalchemy import text

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.storage.engine import asyncpg_url


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
