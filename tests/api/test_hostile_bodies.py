"""Bodies made to be read two ways, or to be read for ever (H01 to H10)."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from roleferry_enrich.api.strict_json import read_object
from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.errors import MalformedBody

JSON = {"Content-Type": "application/json"}


async def post(client: httpx.AsyncClient, body: bytes | str, **headers: str) -> httpx.Response:
    reply = await client.post("/enrich", content=body, headers=JSON | headers)
    if reply.status_code != 200:
        assert reply.headers["content-type"] == "application/problem+json"
    return reply


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
async def test_h01_numbers_that_are_not_finite_are_refused(client, services, number):
    reply = await post(client, f'{{"domain":"a.test","min_confidence":{number}}}')
    assert reply.status_code == 400
    assert services.asked == []


@pytest.mark.parametrize(
    "body",
    [
        r'{"full_name":"\ud800"}',
        r'{"\udfff":1,"domain":"a.test"}',
        r'{"enrich":["\ud83d"]}',
    ],
)
async def test_h02_half_a_surrogate_pair_is_refused(client, body):
    assert (await post(client, body)).status_code == 400


async def test_h02_a_whole_surrogate_pair_is_read(client, services):
    reply = await post(client, r'{"company_name":"Quillmere \ud83d\ude80"}')
    assert reply.status_code == 200
    assert services.asked[0][0].keys.company_name == "Quillmere \U0001f680"


@pytest.mark.parametrize("escape", [r"\u0000", r"\u001b[31m", r"\n", r"\r\n", r"\t", r"\u0085"])
async def test_h03_control_characters_are_refused_and_the_field_named(client, escape):
    reply = await post(client, f'{{"full_name":"Maren{escape}"}}')
    assert reply.status_code == 422
    assert reply.json()["errors"] == [
        {
            "field": "full_name",
            "code": "control_character",
            "message": "must not hold control characters",
        }
    ]


async def test_h03_a_control_character_in_a_list_is_named_by_its_place(client):
    reply = await client.post(
        "/companies/executives",
        content=rb'{"domain":"a.test","titles":["CEO","C\u0000O"]}',
        headers=JSON,
    )
    assert [e["field"] for e in reply.json()["errors"]] == ["titles[1]"]


async def test_h03_many_bad_fields_give_a_short_answer(client):
    body = b'{"a":[' + b",".join([rb'"\u0000"'] * 20_000) + b"]}"
    assert len((await post(client, body)).content) < 4_000


@pytest.mark.parametrize("field", ["full_name", "ignored"])
@pytest.mark.parametrize("bracket", ['{"a":', "["])
async def test_h04_deep_nesting_is_refused_before_parsing(client, field, bracket):
    deep = bracket * 40_000
    assert (await post(client, f'{{"{field}":{deep}')).status_code == 400


def test_h04_deep_nesting_is_found_without_parsing():
    body = b'{"a":' * 100_000
    with pytest.raises(MalformedBody):
        read_object(body)


def test_h04_brackets_inside_strings_are_no_nesting():
    text = "[{" * 100 + '\\"'
    assert read_object(orjson.dumps({"a": text})) == {"a": text}


@pytest.mark.parametrize("digits", [20, 5_000])
async def test_h05_long_integers_are_refused(client, digits):
    reply = await post(client, f'{{"domain":"a.test","deadline_ms":{"9" * digits}}}')
    assert reply.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        '{"email":"a@b.test","email":"c@d.test"}',
        r'{"email":"a@b.test","\u0065mail":"c@d.test"}',
        '{"domain":"a.test","providers":{"include":[],"include":["hunter"]}}',
    ],
)
async def test_h06_a_member_given_twice_is_refused(client, services, body):
    assert (await post(client, body)).status_code == 400
    assert services.asked == []


@pytest.mark.parametrize(
    "body",
    [
        '{"domain":"a.test"}'.encode("utf-16"),
        '{"domain":"a.test"}'.encode("utf-16-le"),
        '{"domain":"a.test"}'.encode("utf-32"),
        b'\xef\xbb\xbf{"domain":"a.test"}',
        b'{"domain":"\xff.test"}',
        b'{"domain":"\xed\xa0\x80"}',
        b"",
        b"  ",
        b"null",
        b"[]",
        b'[{"domain":"a.test"}]',
        b'"domain"',
        b"1",
        b"{'domain':'a.test'}",
        b'{"domain":"a.test"} {}',
        b'{"domain":"a.test",}',
    ],
)
async def test_h07_anything_but_one_utf8_object_is_refused(client, services, body):
    assert (await post(client, body)).status_code == 400
    assert services.asked == []


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "",
    ],
)
async def test_h07_another_media_type_is_refused(client, media_type):
    reply = await post(client, b'{"domain":"a.test"}', **{"Content-Type": media_type})
    assert reply.status_code == 415


async def test_h07_a_compressed_body_is_refused(client):
    reply = await post(client, b'{"domain":"a.test"}', **{"Content-Encoding": "gzip"})
    assert reply.status_code == 415


@pytest.mark.parametrize("media_type", ["application/json", 'Application/JSON; charset="UTF-8"'])
async def test_h07_json_in_utf8_is_read(client, media_type):
    reply = await post(client, b'{"domain":"a.test"}', **{"Content-Type": media_type})
    assert reply.status_code == 200


@pytest.mark.parametrize(
    "body",
    [b'{"full_name":"' + b"a" * 10_000_000 + b'"}', b'{"enrich":[' + b"1," * 1_000_000 + b"1]}"],
)
async def test_h08_a_huge_body_is_refused_unread(client, body):
    reply = await post(client, body)
    assert reply.status_code == 413
    assert len(reply.content) < 1_000
    assert reply.headers["connection"] == "close"


async def test_h09_an_endless_body_is_cut_at_the_limit(client):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000
            yield b"[" * 1_000

    assert (await client.post("/enrich", content=endless(), headers=JSON)).status_code == 413
    assert sent <= 256 * 1024 + 2_000


async def test_h09_a_body_that_does_not_arrive_is_cut_in_time(client):
    async def stuck() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    reply = await client.post("/enrich", content=stuck(), headers=JSON)
    assert reply.status_code == 408
    assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("length", ["3", "200", "-1", "1e3", "9" * 30, "٣"])
async def test_h09_a_wrong_content_length_is_refused(client, length):
    body = b'{"domain":"a.test"}'
    headers = {**JSON, "Content-Length": length.encode()}
    reply = await client.post("/enrich", content=body, headers=headers)
    assert reply.status_code == 400


async def test_h09_two_ways_to_end_a_body_are_refused(client):
    headers = {**JSON, "Content-Length": "19", "Transfer-Encoding": "chunked"}
    reply = await client.post("/enrich", content=b'{"domain":"a.test"}', headers=headers)
    assert reply.status_code == 400


@pytest.mark.parametrize(("length", "status"), [("", 400), ("-1", 400), ("9" * 9, 413)])
async def test_h09_a_body_is_bounded_also_where_none_is_expected(client, length, status):
    reply = await client.get("/keys", headers={"Content-Length": length})
    assert reply.status_code == status
    document = (await client.get("/openapi.json")).json()
    assert str(status) in document["paths"]["/keys"]["get"]["responses"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"country": "GB"},
        {"first_name": "Maren"},
        {"email": "  ", "domain": "", "full_name": "\u200b\u200e \u2003"},
    ],
)
async def test_h10_without_an_identifier_the_identifiers_are_listed(client, body):
    reply = await client.post("/enrich", json=body)
    assert reply.status_code == 422
    (fault,) = reply.json()["errors"]
    assert fault["code"] == "identifier_required"
    assert all(name in fault["message"] for name in ("email", "domain", "linkedin_url"))


@pytest.mark.parametrize("field", ["max_cost", "deadline_ms", "strategy", "enrich", "providers"])
async def test_h10_a_blank_is_absent_only_where_a_text_may_be(client, field):
    reply = await client.post("/enrich", json={"domain": "a.test", field: ""})
    assert reply.status_code == 422
    assert [fault["field"] for fault in reply.json()["errors"]] == [field]


@pytest.mark.parametrize("blank", ["", " ", "\u200b\u2060", "\u3000\ufeff", "\u202e \u00ad"])
async def test_h10_a_required_text_is_not_blank_as_the_document_says(client, blank):
    reply = await client.post("/keys", json={"name": blank, "scopes": ["read"]})
    assert [fault["code"] for fault in reply.json()["errors"]] == ["required"]
    document = (await client.get("/openapi.json")).json()
    form = document["components"]["schemas"]["KeyBody"]["properties"]["name"]["pattern"]
    assert not re.search(form, blank)
    assert re.search(form, f"{blank}CRM{blank}")


@pytest.mark.parametrize("path", ["/companies/executives", "/companies/enrich"])
async def test_h10_a_company_needs_an_identifier_too(client, path):
    reply = await client.post(path, json={"country": "GB"})
    assert reply.status_code == 422
    assert "company_number" in reply.json()["errors"][0]["message"]


async def test_h10_an_unknown_wanted_field_is_answered_with_all_known_ones(client):
    reply = await client.post("/enrich", json={"domain": "a.test", "enrich": ["title", "salary"]})
    assert reply.status_code == 422
    (fault,) = reply.json()["errors"]
    assert fault["field"] == "enrich[1]"
    assert all(name in fault["message"] for name in PERSON_FIELDS)


async def test_h10_three_hundred_wanted_fields_are_refused(client):
    reply = await client.post("/enrich", json={"domain": "a.test", "enrich": ["title"] * 300})
    assert reply.status_code == 422


async def test_h10_three_hundred_unknown_fields_give_a_short_answer(client):
    reply = await client.post("/enrich", json={f"field_{n}": n for n in range(300)})
    assert reply.status_code == 422
    assert len(reply.json()["errors"]) == 20
