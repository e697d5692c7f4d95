"""What the sandbox says as X: accounts by handle, and what companies post of their people."""

from dataclasses import replace

import httpx
import pytest
from tests.providers.conformance import NOW
from tests.sandbox.voices.rehearsal import QUILLMERE, SmallTown, send, speaking

from roleferry_enrich.domain.identifiers import Domain, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import ProviderRateLimited
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.providers.x import X
from roleferry_enrich.sandbox.documents import x as documents
from roleferry_enrich.sandbox.networks import at_handle, x_handle
from roleferry_enrich.sandbox.voices import x as voice

ACCOUNT = ProfileUrl("x.com/quillmere")
HEADERS = {"Authorization": "Bearer test-token"}


def answer_of(conversation) -> Findings:
    answer = play(X(), conversation, speaking(voice, X()))
    assert isinstance(answer, Findings)
    return answer


def company(**keys) -> Findings:
    return answer_of(X().find_company(CompanyQuery(keys=Keys(**keys))))


def people(*names: str, account: ProfileUrl = ACCOUNT) -> Findings:
    keys = Keys(company_twitter_url=account, company_name="Quillmere Instruments")
    return answer_of(X().find_people(CompanyQuery(keys=keys, known_executives=names)))


def said(path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    url = f"https://sandbox.test{path}"
    return send(voice, httpx.Request("GET", url, headers=HEADERS if headers is None else headers))


@pytest.mark.parametrize(
    "keys", [{"company_twitter_url": ACCOUNT}, {"domain": Domain("quillmere.test")}]
)
def test_the_adapter_finds_the_account_by_handle_and_by_domain(keys):
    (found,) = company(**keys).companies

    assert (found.name, found.twitter_url) == ("Quillmere Instruments", "https://x.com/quillmere")
    assert found.domain == "https://www.quillmere.test"


def test_the_adapter_finds_who_was_named_and_their_account():
    (orla,) = people("Orla Fenwick", "Nobody Known").people

    assert orla.full_name == "Orla Fenwick"
    assert orla.twitter_url == "https://x.com/orlafenwick"
    assert orla.as_of


def test_the_unknown_are_not_found():
    assert company(company_twitter_url=ProfileUrl("x.com/nobody")) == Findings()
    assert company(domain=Domain("nobody.test")) == Findings()
    assert people("Nobody Known") == Findings()
    assert people("Orla Fenwick", account=ProfileUrl("x.com/nobody")) == Findings()


@pytest.mark.parametrize(
    ("number", "domain", "handle"),
    [
        (0, "quillmere.test", "quillmere"),
        (3, "acme-labs.test", "acme_labs"),
        (5, "quillmere.test", "quillmere_5"),
        (9, "averylongnameindeed.test", "averylong_9"),
    ],
)
def test_handle_and_company_tell_each_other(number, domain, handle):
    firm = replace(QUILLMERE, id=number, domain=domain)
    town = SmallTown()
    town.companies = (firm,)

    assert x_handle(firm) == handle
    assert at_handle(handle.upper(), town) == (firm, True)


def test_a_handle_that_was_taken_is_a_namesake_s():
    town = SmallTown()
    town.companies = (replace(QUILLMERE, id=5),)

    assert at_handle("quillmere", town) == (town.companies[0], False)
    assert documents.namesake(town.companies[0], "quillmere")["entities"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/2/users/by?usernames=", 400),
        ("/2/users/by?usernames=a%20b", 400),
        ("/2/users/search?query=quillmere", 403),
        ("/2/tweets/search/recent", 400),
        ("/2/tweets/search/recent?query=x&max_results=5", 400),
        ("/2/tweets/search/recent?query=x&max_results=ten", 400),
        ("/2/usage/tweets", 200),
    ],
)
def test_what_a_bearer_token_may_ask(path, status):
    assert said(path).status_code == status


def test_ordinary_look_ups_are_answered():
    number = str(1_500_000_000_000_000_000 + QUILLMERE.id)
    named = said("/2/users/by/username/quillmere").json()
    numbered = said(f"/2/users/{number}?user.fields=verified").json()
    several = said(f"/2/users?ids={number},99").json()
    posts = said(f"/2/users/{number}/tweets").json()

    assert named["data"] == {"id": number, "name": "Quillmere Instruments", "username": "quillmere"}
    assert numbered["data"]["verified"] is True
    assert several["data"][0]["id"] == number
    assert several["errors"][0]["type"].endswith("resource-not-found")
    assert posts["meta"]["result_count"] == len(posts["data"]) > 0
    assert "errors" in said("/2/users/by/username/nobody").json()
    assert said("/2/users/99/tweets").json() == {"meta": {"result_count": 0}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer invalid-token"}, 401),
        ({"Authorization": "Bearer penniless-token"}, 402),
        (HEADERS, 200),
    ],
)
def test_the_token_is_judged(headers, status):
    assert said("/2/users/by?usernames=quillmere", headers).status_code == status


def test_the_adapter_takes_the_voice_s_429_for_a_rate_limit():
    refused = voice.throttled(0, 300, int(NOW.timestamp()) + 90)
    headers = {name.lower(): value for name, value in refused.headers.items()}
    reply = Reply(status=429, body=bytes(refused.body), headers=headers, received_at=NOW)

    error = X().refusal(Call.get("/2/users/by"), reply)

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after
    assert error.retry_after.total_seconds() == 90
