"""A person's copy has all of theirs with where it came from, and nothing of anybody else's."""

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.databases import new_account
from tests.privacy import canaries
from tests.privacy.erasing import names
from tests.storage.examples import NOW

from roleferry_enrich.api.answers.rights import access_data
from roleferry_enrich.api.responses import rendered
from roleferry_enrich.configuration.retention import RetentionSettings
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.privacy import traces
from roleferry_enrich.privacy.access import Access
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.storage.notices import NoticeRepository

BY_PROFILE = traces.of_keys(Keys(linkedin_url=canaries.PROFILE))


@pytest.fixture
def access(engine: AsyncEngine, erasure: Erasure) -> Access:
    return Access(engine=engine, vault=erasure.vault, kept_for=RetentionSettings())


@pytest.fixture(autouse=True)
async def _nobody_else(engine: AsyncEngine):
    yield
    async with engine.begin() as connection:
        await connection.execute(text("TRUNCATE accounts, webhook_events CASCADE"))


async def copied(access: Access, account_id) -> dict:
    return orjson.loads(rendered(access_data(await access.of(account_id, BY_PROFILE, NOW))))


async def test_a_copy_has_every_value_with_source_recipient_and_expiry(
    engine: AsyncEngine, account_id, access: Access
) -> None:
    endpoint_id = await canaries.subscribed(engine, account_id, "enrichment.answered")
    found = await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)
    await canaries.batched(engine, account_id)
    await canaries.sent(engine, account_id, access.vault)
    await canaries.delivered(engine, found, endpoint_id)

    known = await copied(access, account_id)

    sections = known["sections"]
    points = {point["kind"]: point for point in sections["contact_points"]}
    assert points["email"]["value"] == canaries.EMAIL
    assert points["phone"]["sources"][0]["provider"] == "acme"
    assert points["email"]["expires_at"] == "2026-08-28T12:00:00Z"
    assert {row["provider"] for row in sections["observations"]} == {"acme"}
    assert [row["state"] for row in sections["job_items"]] == ["queued"]
    assert len(sections["enrichments"]) == 3
    (recipient,) = known["recipients"]
    assert recipient["account"] == "Test account"
    assert recipient["webhook_endpoints"] == ["https://crm.test/hook"]
    assert canaries.OTHERS_EMAIL not in rendered(known).decode()
    assert canaries.OTHER not in rendered(known).decode()


async def test_h75_a_copy_tells_an_account_nothing_of_others(
    engine: AsyncEngine, account_id, access: Access
) -> None:
    await canaries.enriched(engine, account_id)
    await canaries.sent(engine, account_id, access.vault)
    stranger = await new_account(engine)

    known = await copied(access, stranger)

    assert known["sections"] == {}
    assert known["recipients"] == []
    everything = await copied(access, None)
    assert {"people", "webhook_events"} <= everything["sections"].keys()
    assert names(rendered(everything).decode())


async def test_who_was_told_is_not_listed_any_more(engine: AsyncEngine, account_id) -> None:
    found = await canaries.enriched(engine, account_id)
    await canaries.led(engine, account_id)
    notices = NoticeRepository(engine)
    page = await notices.unnoticed(account_id, after=None, limit=1)
    rest = await notices.unnoticed(account_id, after=page.next, limit=1)
    assert [page.items[0].email, rest.items[0].full_name] == [canaries.EMAIL, canaries.OTHER]
    assert rest.next is None

    told = [found.person_id, account_id]
    assert await notices.mark_told(account_id, told, "mail", NOW) == 1
    assert await notices.mark_told(account_id, told, "letter", NOW) == 0

    left = await notices.unnoticed(account_id, after=None, limit=10)
    assert [person.full_name for person in left.items] == [canaries.OTHER]
