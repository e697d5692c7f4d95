"""`POST /resolve`: what it accepts, how it refuses, and what it tells of each record."""

import asyncio

import pytest

from roleferry_enrich.api.schemas.records import MOST_RECORDS
from roleferry_enrich.errors import ServiceUnavailable

MAREN = {"full_name": "Maren Oakhurst", "email": "maren@quillmere.test"}


async def resolve(client, *records):
    return await client.post("/resolve", json={"records": list(records)})


async def test_records_of_one_person_get_one_cluster(client):
    reply = await resolve(client, {**MAREN, "reference": "a"}, {"full_name": "Bo Cole"}, MAREN)

    assert reply.status_code == 200
    first, other, last = reply.json()["results"]
    assert (first["reference"], last["reference"]) == ("a", None)
    assert first["cluster_id"] == last["cluster_id"] == 1 != other["cluster_id"]
    assert (first["decision"], other["decision"]) == ("joined", "alone")
    assert reply.json()["meta"] == {"records": 3, "clusters": 2, "abstained": 0}


async def test_who_may_be_of_a_cluster_is_told_of_it(client):
    reply = await resolve(client, MAREN, {"full_name": "Maren Oakhurst", "city": "York"})

    _, unsure = reply.json()["results"]
    assert unsure["decision"] == "abstained"
    assert [other["cluster_id"] for other in unsure["alternatives"]] == [1]
    assert "cluster 1" in unsure["why"]


async def test_a_stranger_is_refused_before_the_body_is_read(stranger, services):
    assert (await resolve(stranger, MAREN)).status_code == 401
    assert services.resolved == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "records", "required"),
        ({"records": []}, "records", "too_short"),
        ({"records": [{}] * (MOST_RECORDS + 1)}, "records", "too_long"),
        ({"records": [{}, {"surname": "x"}]}, "records[1].surname", "unknown_field"),
        ({"records": [{"email": 7}]}, "records[0].email", "wrong_type"),
        ({"records": [{"city": "x" * 400}]}, "records[0].city", "too_long"),
        ({"records": ["x"]}, "records[0]", "wrong_type"),
    ],
)
async def test_a_fault_is_named_with_its_field(client, services, body, field, code):
    reply = await client.post("/resolve", json=body)

    assert reply.status_code == 422
    assert (reply.json()["errors"][0]["field"], reply.json()["errors"][0]["code"]) == (field, code)
    assert services.resolved == []


async def test_too_many_waiting_is_a_503_that_says_when_to_come_back(client, services):
    services.failure = ServiceUnavailable("too many sets of records are waiting to be resolved")

    reply = await resolve(client, MAREN)

    assert reply.status_code == 503
    assert reply.headers["content-type"] == "application/problem+json"


async def test_the_largest_body_is_accepted_and_read_beside_other_requests(client, services):
    services.failure = ServiceUnavailable("not the matter here")
    record = {"full_name": "Maren Oakhurst", "address": "1 High Street " * 10}
    slow = asyncio.create_task(resolve(client, *[record] * MOST_RECORDS))
    quick = 0
    while not slow.done():
        assert (await client.get("/health/live")).status_code == 200
        quick += 1
        await asyncio.sleep(0)

    assert len(services.resolved[0]) == MOST_RECORDS
    assert quick > 2
