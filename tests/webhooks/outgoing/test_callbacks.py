"""URLs that are given with jobs: as safe as endpoints, one secret an account, no endpoint more."""

import asyncio

import pytest
from tests.storage.outgoing_examples import endpoint_of
from tests.webhooks.outgoing.receiver import Names, destinations
from tests.webhooks.outgoing.test_destinations import URLS

from roleferry_enrich.domain.outgoing_webhooks import EndpointChange
from roleferry_enrich.errors import InvalidQuery
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage.callbacks import CallbackRepository
from roleferry_enrich.storage.endpoints import EndpointRepository
from roleferry_enrich.webhooks.outgoing.callbacks import Callbacks
from roleferry_enrich.webhooks.outgoing.signing import Vault, read_secret


def callbacks(engine, *, key: bytes = b"k" * 32, resolved: str = "1.1.1.1") -> Callbacks:
    places = destinations(Names([resolved]), allow_http=False)
    return Callbacks(CallbackRepository(engine), places, Vault(KeyRing([key])))


async def test_h65_h66_no_job_can_make_us_call_inside(engine):
    for url in URLS:
        with pytest.raises(InvalidQuery) as refused:
            await callbacks(engine).require(url)
        assert [fault.field for fault in refused.value.faults] == ["callback_url"]
    with pytest.raises(InvalidQuery):
        await callbacks(engine, resolved="10.0.0.1").require("https://crm.test/hook")
    await callbacks(engine).require("https://crm.test/hook?job=1")


async def test_an_account_has_one_secret_for_all(engine, account_id, other_account_id):
    first = await asyncio.gather(*(callbacks(engine).of(account_id) for _ in range(5)))
    assert len({(it.endpoint_id, it.secret) for it in first}) == 1
    assert len(read_secret(first[0].secret)) == 32
    assert (await callbacks(engine).of(other_account_id)).secret != first[0].secret


async def test_what_another_key_sealed_is_made_anew(engine, account_id):
    before = await callbacks(engine).of(account_id)
    after = await callbacks(engine, key=b"n" * 32).of(account_id)
    assert after.endpoint_id == before.endpoint_id
    assert after.secret != before.secret
    assert await callbacks(engine, key=b"n" * 32).of(account_id) == after


async def test_it_is_no_endpoint_that_somebody_made(engine, account_id):
    made = await endpoint_of(engine, account_id)
    known = await callbacks(engine).of(account_id)
    endpoints = EndpointRepository(engine)
    assert [it.id for it in await endpoints.all(account_id)] == [made.id]
    change = EndpointChange(enabled=False)
    assert (await endpoints.change(account_id, known.endpoint_id, change)).disabled_at is None
    assert not await endpoints.remove(account_id, known.endpoint_id)
