"""Clay's adapter understands Clay's voice: pages once only, runs that take a while."""

from urllib.parse import quote

import httpx
import pytest
from tests.sandbox.voices.rehearsal import NOW, send, speaking

from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderContractChanged, ProviderError, ProviderRefusedQuery
from roleferry_enrich.providers.clay import Clay
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings, ask
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.providers.routines import Routine
from roleferry_enrich.sandbox.voices import clay as voice

KEY = {"clay-api-key": "test-key-clay"}
CLAY = Clay(Routine("function:t_work_email"))


def understood(conversation: Conversation[Answer], provider: Clay = CLAY) -> Findings:
    answer = play(provider, conversation, speaking(voice, provider))
    assert isinstance(answer, Findings)
    return answer


def company(**keys: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(**keys))


def sent(method: str, path: str, body: object = None, headers: object = None) -> httpx.Response:
    url = f"https://sandbox.test{path}"
    return send(voice, httpx.Request(method, url, json=body, headers=headers or KEY))


def search(**filters: object) -> httpx.Response:
    body = {"source_type": "people", "filters": filters}
    return sent("POST", "/public/v0/search/filters-mode", body)


def test_executives_are_listed_without_addresses() -> None:
    answer = understood(CLAY.find_people(company(domain="quillmere.test")))

    assert [person.full_name for person in answer.people] == ["Orla Fenwick", "Idris Vantongeren"]
    assert answer.people[0].title == "Chief Executive Officer"
    assert all(person.emails == () for person in answer.people)
    assert answer.incomplete is None


def test_titles_narrow_the_list() -> None:
    query = CompanyQuery(keys=Keys(domain="quillmere.test"), titles=("executive officer",))

    answer = understood(CLAY.find_people(query))

    assert [person.full_name for person in answer.people] == ["Orla Fenwick"]


def test_company_is_found_by_its_domain() -> None:
    (found,) = understood(CLAY.find_company(company(domain="quillmere.test"))).companies
    (blank,) = understood(CLAY.find_company(company(domain="blank.test"))).companies

    assert (found.name, found.domain) == ("Quillmere Instruments", "quillmere.test")
    assert (found.employees_range, found.revenue_range) == ("201-500 employees", "25M-75M")
    assert found.linkedin_url == "https://www.linkedin.com/company/quillmere-instruments-test"
    assert (blank.employees_range, blank.revenue_range, blank.linkedin_url) == (None,) * 3


def test_unknown_company_is_not_found() -> None:
    assert not understood(CLAY.find_company(company(domain="nowhere.test")))
    assert not understood(CLAY.find_people(company(domain="nowhere.test")))


@pytest.mark.parametrize(
    "keys",
    [
        {"full_name": "Orla Fenwick", "domain": "quillmere.test"},
        {"full_name": "Orla Fenwick", "company_name": "Quillmere Instruments"},
        {"linkedin_url": "linkedin.com/in/orla-fenwick-test"},
    ],
)
def test_routine_finds_an_address_after_a_while(keys: dict[str, str]) -> None:
    (found,) = understood(CLAY.find_email(PersonQuery(keys=Keys(**keys)))).people

    assert [email.address for email in found.emails] == ["orla.fenwick@quillmere.test"]


def test_routine_that_finds_nobody_is_not_found() -> None:
    keys = Keys(full_name="Nobody Known", domain="quillmere.test")

    assert not understood(CLAY.find_email(PersonQuery(keys=keys)))


def test_unknown_routine_search_and_run_are_404() -> None:
    elsewhere = Clay(Routine("function:t_elsewhere"))
    keys = Keys(full_name="Orla Fenwick", domain="quillmere.test")

    with pytest.raises(ProviderRefusedQuery, match="no such routine"):
        understood(elsewhere.find_email(PersonQuery(keys=keys)), elsewhere)
    assert sent("POST", "/public/v0/search/filters-mode/search_x/run", {}).status_code == 404
    assert sent("GET", "/public/v0/routines/run/run_x/results").status_code == 404


def test_no_page_is_given_twice() -> None:
    name = search(company_identifier=["quillmere.test"]).json()["search_id"]
    path = f"/public/v0/search/filters-mode/{quote(name)}/run"

    pages = [sent("POST", path, {"limit": 1}).json() for _ in range(4)]

    found = [[row["name"] for row in page["data"]] for page in pages]
    assert found[:2] == [["Orla Fenwick"], ["Idris Vantongeren"]]
    assert len(found[2]) == 1
    assert found[3] == []
    assert [page["has_more"] for page in pages] == [True, True, False, False]
    assert pages[0]["period_quota"]["used"] == 1


@pytest.mark.parametrize(
    "filters",
    [
        {"company_identifier": ["quillmere.test"], "country": ["GB"]},
        {"company_identifier": ["quillmere.test"], "job_title_seniority_levels_v2": ["boss"]},
        {"company_identifier": []},
    ],
)
def test_filters_it_does_not_know_are_refused(filters: dict[str, object]) -> None:
    assert search(**filters).status_code == 400


@pytest.mark.parametrize("body", [b"x", b"[]", b'{"query": "select everybody"}'])
def test_bodies_it_cannot_read_are_refused(body: bytes) -> None:
    url = "https://sandbox.test/public/v0/search/query-mode"

    assert send(voice, httpx.Request("POST", url, content=body, headers=KEY)).status_code == 400


@pytest.mark.parametrize("limit", [-1, 501])
def test_pages_of_other_sizes_are_refused(limit: int) -> None:
    name = search(company_identifier=["quillmere.test"]).json()["search_id"]
    path = f"/public/v0/search/filters-mode/{name}/run"

    assert sent("POST", path, {"limit": limit}).status_code == 400


@pytest.mark.parametrize("items", [None, [], [{"inputs": {}}], [{"id": "1"}] * 101])
def test_runs_of_none_or_too_many_are_refused(items: object) -> None:
    path = "/public/v0/routines/function:t_work_email/run"

    assert sent("POST", path, {"items": items}).status_code == 400


@pytest.mark.parametrize(
    "headers", [{"x": "y"}, {"clay-api-key": "invalid"}, {"authorization": "Bearer k"}]
)
def test_only_a_key_in_its_header_is_taken(headers: dict[str, str]) -> None:
    answer = sent("GET", "/public/v0/me", headers=headers)

    assert (answer.status_code, answer.json()) == (401, {"message": "Authentication failed"})
    assert sent("GET", "/public/v0/me").json()["workspace"] == {"id": "5eed"}


def test_retired_api_says_so() -> None:
    def asking() -> Conversation[Reply]:
        return (yield from ask(Call.get("/v1/people")))

    with pytest.raises(ProviderContractChanged):
        play(CLAY, asking(), speaking(voice, CLAY))


def test_too_many_requests_are_told_how_long_to_wait() -> None:
    answer = voice.throttled(0, 600, 0)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    refusal = CLAY.refusal(
        Call.get("/public/v0/me"),
        Reply(status=429, body=answer.body, headers=dict(answer.headers), received_at=NOW),
    )
    assert isinstance(refusal, ProviderError)
    assert refusal.retry_after is not None
