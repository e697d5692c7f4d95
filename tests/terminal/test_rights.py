"""The `privacy` commands: what is known of a person is printed, erased, and not brought back."""

import asyncio
import json
from uuid import UUID

from sqlalchemy import text
from tests.databases import new_account
from tests.privacy import canaries

from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.storage.at_rest import open_at_rest
from roleferry_enrich.storage.engine import create_engine


async def known(url: str) -> UUID:
    """An account that has the invented person."""
    engine = create_engine(url, at_rest=open_at_rest(read_settings()))
    try:
        account_id = await new_account(engine)
        await canaries.enriched(engine, account_id)
        return account_id
    finally:
        await engine.dispose()


async def forgotten(url: str) -> None:
    """As a backup from before would have it."""
    engine = create_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("DELETE FROM erasures"))
    finally:
        await engine.dispose()


def test_a_person_is_exported_erased_and_erased_again_after_a_restore(privacy, database_url):
    account = str(asyncio.run(known(database_url)))
    listed = privacy("unnoticed", account, "--format", "csv").out
    assert canaries.EMAIL in listed

    copy = json.loads(privacy("export", "--email", canaries.EMAIL).out)
    assert copy["recipients"][0]["account_id"] == account
    receipt = json.loads(privacy("erase", "--linkedin-url", canaries.PROFILE).out)
    assert receipt["everywhere"]
    assert receipt["counts"]["people"] == 1
    assert canaries.EMAIL not in privacy("unnoticed", account, "--format", "csv").out

    asyncio.run(forgotten(database_url))
    asyncio.run(known(database_url))
    assert "Erased again: 1." in privacy("replay").out
    assert json.loads(privacy("export", "--email", canaries.EMAIL).out)["sections"] == {}


def test_what_cannot_be_read_is_refused_without_being_repeated(privacy):
    said = privacy("erase", "--email", "zzyxa at quillmere")
    assert said.code == 2
    assert "zzyxa" not in said.err
    assert privacy("erase", "--country", "GB").code == 2
    assert privacy("unnoticed", "no-id").code == 2
