"""Well-formed bodies with ill-meant values (H11 to H16)."""

import pytest
from pydantic import ValidationError

from roleferry_enrich.api.schemas.requests import EnrichBody


async def enrich(client, **body):
    return await client.post("/enrich", json=body)


@pytest.mark.parametrize("domain", ["203.0.113.7", "localhost", "a" * 300 + ".test", "@", "a..b"])
async def test_h11_what_is_no_domain_is_refused_and_named(client, services, domain):
    reply = await enrich(client, domain=domain)
    assert reply.status_code == 422
    assert [e["field"] for e in reply.json()["errors"]] == ["domain"]
    assert services.asked == []


async def test_h11_spellings_of_one_domain_are_one_key(client, services):
    for spelling in ("quillmere.test", "QUILLMERE.test", "quillmere.test.", " quillmere.test "):
        assert (await enrich(client, domain=spelling)).status_code == 200
    assert {request.keys.domain for request, _ in services.asked} == {"quillmere.test"}


@pytest.mark.parametrize("email", ["maren", "maren@", "@quillmere.test", "a b@quillmere.test"])
async def test_h11_what_is_no_address_is_refused_and_named(client, email):
    reply = await enrich(client, email=email)
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "email"


async def test_h11_all_invalid_keys_are_named_at_once(client):
    reply = await enrich(client, email="maren", domain="@", country="Atlantis?")
    assert {e["field"] for e in reply.json()["errors"]} == {"email", "domain", "country"}


async def test_h12_one_name_in_two_unicode_forms_is_one_key(client, services):
    for name in ("Zoe\u0308  Oakhurst", "Zo\u00eb Oakhurst"):
        await enrich(client, full_name=name, domain="quillmere.test")
    assert {request.keys.full_name for request, _ in services.asked} == {"Zoë Oakhurst"}


@pytest.mark.parametrize(
    "name",
    ["\u202eMaren\u202c", "Ma\u200dren", "İlker Oak", "\U0001f469\u200d\U0001f4bb Oak", "٣ صديق"],
)
async def test_h12_unusual_names_are_accepted(client, name):
    assert (await enrich(client, full_name=name, domain="quillmere.test")).status_code == 200


@pytest.mark.parametrize("name", ["Z" + "\u0335" * 1_000, "\U0001f469" * 60])
async def test_h12_names_are_limited_by_their_bytes(client, name):
    reply = await enrich(client, full_name=name)
    assert reply.status_code == 422
    assert reply.json()["errors"] == [
        {"field": "full_name", "code": "too_long", "message": "must be at most 200 bytes in UTF-8"}
    ]


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "'; DROP TABLE contacts; --",
        "redis.call('FLUSHALL')",
        "$.members[*]",
        "${jndi:ldap://x.test/a}",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "%s%n{0}",
    ],
)
async def test_h13_h14_formulas_and_injections_are_data(client, services, name):
    assert (await enrich(client, company_name=name)).status_code == 200
    assert services.asked[0][0].keys.company_name == name


@pytest.mark.parametrize("request_id", [b"a\r\nSet-Cookie: x=1", b"a\nb", b"\xff", b"x" * 129])
async def test_h14_a_request_id_that_is_no_id_is_replaced(app, request_id):
    started = []

    async def send(message):
        if message["type"] == "http.response.start":
            started.append(dict(message["headers"]))

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/health/live",
        "raw_path": b"/health/live",
        "query_string": b"",
        "headers": [(b"x-request-id", request_id)],
    }
    await app(scope, receive, send)
    assert started[0][b"x-request-id"].isalnum()
    assert started[0][b"x-request-id"] != request_id


@pytest.mark.parametrize("field", ["email", "linkedin_url", "company_number", "country", "domain"])
@pytest.mark.parametrize("part", ["a@", "a.", "(", " ", "+1-", "\u0335"])
async def test_h15_long_values_are_refused_at_once(client, field, part):
    text = part * (100_000 // len(part.encode()))
    assert (await enrich(client, **{field: text})).status_code == 422
    with pytest.raises(ValidationError):
        EnrichBody.model_validate({field: text})


@pytest.mark.parametrize("extra", ["account_id", "credits", "is_admin", "goal", "wanted"])
@pytest.mark.parametrize("path", ["/enrich", "/companies/executives", "/companies/enrich"])
async def test_h16_fields_that_are_not_ours_are_refused(client, services, path, extra):
    reply = await client.post(path, json={"domain": "quillmere.test", extra: 1})
    assert reply.status_code == 422
    assert [(e["field"], e["code"]) for e in reply.json()["errors"]] == [(extra, "unknown_field")]
    assert services.asked == []


async def test_h16_nested_fields_that_are_not_ours_are_refused(client):
    reply = await enrich(client, domain="quillmere.test", providers={"only": ["hunter"]})
    assert [e["field"] for e in reply.json()["errors"]] == ["providers.only"]
