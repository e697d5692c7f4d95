"""The `sealing` commands over a database of their own."""

import asyncio
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from tests.databases import fresh_database, new_account
from tests.storage.examples import enrichment, person

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.embedded import Servers
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.migrate import migrate

SECRET = "test-pepper-0123456789-0123456789-abc"
OLD, NEW = "an-old-key-of-thirty-two-characters", "a-new-key-of-thirty-two-characters-"


@pytest.fixture(scope="module")
def stored_url(servers: Servers) -> Iterator[str]:
    with fresh_database(servers.database_url) as url:
        asyncio.run(_store(url))
        yield url


async def _store(url: str) -> None:
    await migrate(url)
    settings = Settings(secret_key=SecretStr(SECRET), sealing_keys=SecretStr(OLD))
    engine = create_engine(url, at_rest=open_at_rest(settings))
    given = enrichment(await new_account(engine), person=person("Ada Lovelace", "ada@engines.test"))
    await EnrichmentRepository(engine).record(given, [], observations=Observations())
    await engine.dispose()


@pytest.fixture
def sealing(command, monkeypatch, stored_url, redis_url):
    monkeypatch.setenv("ROLEFERRY_DATABASE_URL", stored_url)
    monkeypatch.setenv("ROLEFERRY_REDIS_URL", redis_url)
    monkeypatch.setenv("ROLEFERRY_SECRET_KEY", SECRET)

    def sealing(keys: str, *arguments: str):
        monkeypatch.setenv("ROLEFERRY_SEALING_KEYS", keys)
        return command("sealing", *arguments)

    return sealing


def test_a_key_is_replaced_and_the_old_one_may_go(sealing):
    assert "the others of ROLEFERRY_SEALING_KEYS may go" in sealing(OLD, "status").out
    assert "sealing rotate" in sealing(f"{NEW},{OLD}", "status").out

    refused = sealing(NEW, "rotate")
    assert refused.code == 2
    assert "ROLEFERRY_SEALING_KEYS" in refused.err
    said = sealing(f"{NEW},{OLD}", "rotate")
    assert "1 rows were sealed anew" in said.out
    assert "subject_keys: 1" in said.err

    assert "the others of ROLEFERRY_SEALING_KEYS may go" in sealing(NEW, "status").out
    assert "0 rows were sealed anew" in sealing(NEW, "rotate").out
