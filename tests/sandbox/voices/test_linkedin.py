"""What the sandbox says as LinkedIn: organisations to be looked up, versions to be named."""

import httpx
import pytest
from tests.providers.conformance import NOW
from tests.sandbox.voices.rehearsal import BLANK, QUILLMERE, send, speaking

from roleferry_enrich.domain.identifiers import Domain, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import ProviderQuotaSpent
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.linkedin import LinkedIn
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import linkedin as voice

PAGE = ProfileUrl(f"linkedin.com/company/{QUILLMERE.linkedin_slug}")
HEADERS = {"Authorization": "Bearer test-token", "LinkedIn-Version": "202608"}


def asked(**keys) -> Findings:
    conversation = LinkedIn().find_company(CompanyQuery(keys=Keys(**keys)))
    answer = play(LinkedIn(), conversation, speaking(voice, LinkedIn()))
    assert isinstance(answer, Findings)
    return answer


def said(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    url = f"https://sandbox.test{path}"
    return send(voice, httpx.Request("GET", url, headers=HEADERS if headers is None else headers))


@pytest.mark.parametrize(
    "keys",
    [
        {"company_linkedin_url": PAGE},
        {"company_linkedin_url": ProfileUrl("linkedin.com/company/8100007")},
        {"domain": Domain("quillmere.test")},
        {"company_linkedin_url": ProfileUrl("linkedin.com/company/moved"),
         "domain": Domain("quillmere.test")},
    ],
)  # fmt: skip
def test_the_adapter_finds_a_company_by_every_key(keys):
    (company,) = asked(**keys).companies

    assert company.name == "Quillmere Instruments"
    assert company.linkedin_url == f"https://www.{PAGE}"
    assert (company.domain, company.city) == ("https://www.quillmere.test", "Ely")


@pytest.mark.parametrize(
    "keys",
    [
        {"company_linkedin_url": ProfileUrl("linkedin.com/company/nobody")},
        {"company_linkedin_url": ProfileUrl("linkedin.com/company/99")},
        {"domain": Domain("nobody.test")},
    ],
)
def test_the_unknown_are_not_found(keys):
    assert asked(**keys) == Findings()


def test_what_a_company_lacks_is_absent():
    number = 8_100_000 + BLANK.id
    body = said(f"/rest/organizationsLookup?ids=List({number},99)").json()

    assert body["results"][str(number)]["vanityName"] == ""
    assert body["statuses"] == {str(number): 200, "99": 404}
    assert body["errors"]["99"]["status"] == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/rest/organizations?q=nothing&nothing=x", 400),
        ("/rest/organizations?q=vanityName", 400),
        ("/rest/organizations?q=parentOrganization&parentOrganization=x", 403),
        ("/rest/organizations/8100007", 403),
        ("/rest/organizationsLookup?ids=1,2", 400),
        ("/rest/companies", 404),
        ("/v2/people", 404),
        ("/rest/networkSizes/urn%3Ali%3Aorganization%3A8100007?edgeType=x", 200),
    ],
)
def test_what_an_app_may_do(path, status):
    assert said(path).status_code == status


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 401, None),
        ({**HEADERS, "Authorization": "Bearer invalid"}, 401, "INVALID_ACCESS_TOKEN"),
        ({"Authorization": "Bearer x"}, 400, "VERSION_MISSING"),
        ({**HEADERS, "LinkedIn-Version": "202404"}, 426, "NONEXISTENT_VERSION"),
    ],
)
def test_token_and_version_are_judged(headers, status, code):
    refused = said("/rest/organizations?q=vanityName&vanityName=x", headers)

    assert refused.status_code == status
    assert refused.json().get("code") == code


def test_the_adapter_takes_the_voice_s_429_for_the_day_s_quota():
    refused = voice.throttled(0, 1, 0)
    reply = Reply(status=429, body=bytes(refused.body), received_at=NOW)

    assert isinstance(LinkedIn().refusal(Call.get("/x"), reply), ProviderQuotaSpent)
    assert voice.limit_headers(1, 1, 1) == {}
