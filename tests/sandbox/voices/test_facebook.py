"""What the sandbox says as Facebook: pages, and errors that come as a status 400."""

import json
from dataclasses import replace

import httpx
import pytest
from tests.providers.conformance import NOW
from tests.sandbox.voices.rehearsal import QUILLMERE, SmallTown, send, speaking

from roleferry_enrich.domain.identifiers import ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import ProviderRateLimited, ProviderRefusedQuery
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.facebook import Facebook
from roleferry_enrich.providers.graph_api import pause_for_usage
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.documents import facebook as documents
from roleferry_enrich.sandbox.networks import at_page, facebook_page
from roleferry_enrich.sandbox.voices import facebook as voice

PAGE = ProfileUrl("facebook.com/quillmere")
HEADERS = {"Authorization": "Bearer test-token"}
PROOF = "ab" * 32


def company(**keys) -> Findings:
    conversation = Facebook().find_company(CompanyQuery(keys=Keys(**keys)))
    answer = play(Facebook(), conversation, speaking(voice, Facebook()))
    assert isinstance(answer, Findings)
    return answer


def said(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    url = f"https://sandbox.test{path}"
    return send(voice, httpx.Request("GET", url, headers=HEADERS if headers is None else headers))


@pytest.mark.parametrize(
    "keys",
    [
        {"company_facebook_url": PAGE},
        {"company_facebook_url": ProfileUrl(f"facebook.com/{100_200_000_000 + QUILLMERE.id}")},
        {"company_name": "Quillmere Instruments"},
        {"company_facebook_url": ProfileUrl("facebook.com/moved.away"),
         "company_name": "Quillmere Instruments"},
    ],
)  # fmt: skip
def test_the_adapter_finds_the_page_by_every_key(keys):
    (found,) = company(**keys).companies

    assert (found.name, found.domain) == ("Quillmere Instruments", "http://www.quillmere.test/")
    assert found.facebook_url == "https://www.facebook.com/quillmere"
    assert (found.city, found.founded_year) == ("Ely", 1998)


def test_no_page_of_a_name_is_nobody_and_a_page_that_is_gone_is_not():
    assert company(company_name="Nobody") == Findings()
    with pytest.raises(ProviderRefusedQuery):
        company(company_facebook_url=ProfileUrl("facebook.com/nobody"))


def test_page_and_company_tell_each_other():
    town = SmallTown()
    town.companies = (replace(QUILLMERE, domain="acme-labs.test"),)

    assert facebook_page(town.companies[0]) == "acme.labs"
    assert at_page("Acme.Labs", town) == town.companies[0]


def test_what_a_page_lacks_is_absent():
    bare = replace(QUILLMERE, id=4, phone="", description="", street="", city="", state="",
                   country="", postcode="")  # fmt: skip

    page = documents.page(bare)

    assert {"phone", "about", "location", "website"} & set(page) == set()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v26.0/pages/search", 100),
        ("/v26.0/pages/search?q=x&appsecret_proof=short", 100),
        ("/v26.0/?ids=", 100),
        ("/v26.0/?ids=quillmere,nobody", 100),
        ("/v26.0/nobody", 100),
    ],
)
def test_errors_are_numbers_in_a_400(path, code):
    refused = said(path)

    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("headers", "query", "code"),
    [
        ({}, "", 104),
        ({"Authorization": "Bearer invalid"}, "", 190),
        ({"Authorization": "Bearer unreviewed"}, "", "10"),
        ({}, "access_token=test-token", None),
        (HEADERS, f"appsecret_proof={PROOF}", None),
    ],
)
def test_the_token_is_judged_wherever_it_is(headers, query, code):
    answer = said(f"/v26.0/quillmere?{query}", headers)

    assert answer.json().get("error", {}).get("code") == code


def test_ordinary_clients_are_answered_with_or_without_a_version():
    number = str(100_200_000_000 + QUILLMERE.id)

    assert said(f"/{number}").json() == {"id": number, "name": "Quillmere Instruments"}
    assert set(said(f"/v20.0/?ids={number}&fields=link").json()) == {number}
    assert said("/pages/search?q=nobody").json() == {"data": []}
    assert said("/pages/search?q=quillmere+instruments&limit=all").json()["paging"]["cursors"]


def test_the_adapter_takes_the_voice_s_refusal_for_a_rate_limit():
    refused = voice.throttled(0, 200, 0)
    headers = {name.lower(): value for name, value in refused.headers.items()}
    reply = Reply(status=400, body=bytes(refused.body), headers=headers, received_at=NOW)

    assert isinstance(Facebook().refusal(Call.get("/x"), reply), ProviderRateLimited)
    assert pause_for_usage(reply)


def test_usage_is_told_in_percent():
    assert json.loads(voice.limit_headers(50, 200, 0)["X-App-Usage"])["call_count"] == 75
