"""Apollo's adapter understands Apollo's voice, and the voice refuses what Apollo refuses."""

from datetime import UTC, datetime

import httpx
import pytest
from tests.sandbox.voices.rehearsal import send, speaking

from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.apollo import Apollo
from roleferry_enrich.providers.contract import Answer, Conversation, Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import apollo as voice

MATCH = "https://sandbox.test/api/v1/people/match"
BULK = "https://sandbox.test/api/v1/people/bulk_match"
KEY = {"X-Api-Key": "test-key-apollo"}


def understood(conversation: Conversation[Answer]) -> Findings:
    answer = play(Apollo(), conversation, speaking(voice, Apollo()))
    assert isinstance(answer, Findings)
    return answer


def person(**keys: str) -> Findings:
    return understood(Apollo().find_person(PersonQuery(keys=Keys(**keys))))


def company(**keys: str) -> Findings:
    return understood(Apollo().find_company(CompanyQuery(keys=Keys(**keys))))


@pytest.mark.parametrize(
    "keys",
    [
        {"email": "orla.fenwick@quillmere.test"},
        {"linkedin_url": "linkedin.com/in/orla-fenwick-test"},
        {"full_name": "Orla Fenwick", "domain": "quillmere.test"},
        {"first_name": "Orla", "last_name": "Fenwick", "company_name": "quillmere instruments"},
    ],
)
def test_person_is_found_by_any_identity(keys: dict[str, str]) -> None:
    answer = person(**keys)

    assert answer.people[0].full_name == "Orla Fenwick"
    assert answer.people[0].emails[0].deliverability == "valid"
    assert answer.people[0].linkedin_url == "http://www.linkedin.com/in/orla-fenwick-test"
    assert answer.companies[0].domain == "quillmere.test"
    assert answer.companies[0].revenue_range == "42M"


def test_personal_addresses_are_not_given_unasked() -> None:
    assert [e.kind for e in person(email="orla.fenwick@quillmere.test").people[0].emails] == [
        "business"
    ]


def test_wrong_address_is_given_as_extrapolated() -> None:
    (email,) = person(full_name="Idris Vantongeren", domain="quillmere.test").people[0].emails

    assert email.deliverability == "guessed"


def test_unknown_person_is_a_null() -> None:
    assert not person(email="nobody@quillmere.test")
    assert not person(full_name="Orla Fenwick", domain="nowhere.test")


def test_executives_are_searched_and_matched() -> None:
    answer = understood(Apollo().find_people(CompanyQuery(keys=Keys(domain="quillmere.test"))))

    assert [p.full_name for p in answer.people] == ["Idris Vantongeren", "Orla Fenwick"]
    assert all(p.as_of for p in answer.people)


def test_search_of_an_unknown_domain_is_empty() -> None:
    query = CompanyQuery(keys=Keys(domain="nowhere.test"))

    assert not understood(Apollo().find_people(query))


def test_search_takes_titles_and_a_limit() -> None:
    query = CompanyQuery(keys=Keys(domain="quillmere.test"), titles=("sales",), limit=1)

    answer = understood(Apollo().find_people(query))

    assert [p.full_name for p in answer.people] == ["Jonty Ashdown"]
    assert answer.people[0].emails == ()


@pytest.mark.parametrize(
    "keys",
    [
        {"domain": "quillmere.test"},
        {"company_name": "Quillmere Instruments"},
        {"company_linkedin_url": "linkedin.com/company/quillmere-instruments-test"},
    ],
)
def test_company_is_found_by_any_identity(keys: dict[str, str]) -> None:
    (found,) = company(**keys).companies

    assert found.employees == 240
    assert found.technologies == ("Grafana", "Nginx")


def test_what_is_not_known_of_a_company_is_null() -> None:
    (found,) = company(domain="blank.test").companies

    assert found.employees is None
    assert found.revenue is None
    assert found.phone is None
    assert found.linkedin_url is None
    assert not company(domain="nowhere.test")


def test_surnames_in_the_search_are_masked() -> None:
    body = {"q_organization_domains_list": ["quillmere.test"]}
    url = "https://sandbox.test/api/v1/mixed_people/api_search"

    reply = send(voice, httpx.Request("POST", url, json=body, headers=KEY))

    assert reply.json()["total_entries"] == 3
    assert "Fenwick" not in reply.text
    assert "Fe***k" in reply.text


def test_lists_are_taken_from_the_query_too() -> None:
    url = "https://sandbox.test/v1/mixed_people/api_search"
    params = [("q_organization_domains_list[]", "quillmere.test"), ("page", "2"), ("per_page", "2")]

    reply = send(voice, httpx.Request("POST", url, params=params, headers=KEY))

    assert len(reply.json()["people"]) == 1


def test_bulk_match_counts_its_credits_and_nulls() -> None:
    details = [{"email": "orla.fenwick@quillmere.test"}, {"id": "none-of-ours"}]

    reply = send(voice, httpx.Request("POST", BULK, json={"details": details}, headers=KEY)).json()

    assert [bool(match) for match in reply["matches"]] == [False, True]
    assert (reply["missing_records"], reply["credits_consumed"]) == (1, 1.0)
    assert abs(reply["request_id"]) > 2**53


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        (httpx.Request("POST", MATCH, json={}), 401, "Invalid API key"),
        (httpx.Request("POST", MATCH, headers={"X-Api-Key": "invalid"}), 401, "Invalid API key"),
        (httpx.Request("POST", MATCH, json={"api_key": "test-key"}), 422, "INVALID_API_KEY_LOC"),
        (httpx.Request("POST", f"{MATCH}?api_key=test-key"), 422, "INVALID_API_KEY_LOCATION"),
        (httpx.Request("POST", MATCH, content=b"{", headers=KEY), 400, "parsed"),
        (httpx.Request("POST", BULK, json={"details": 3}, headers=KEY), 422, "UNKNOWN_ERROR"),
        (
            httpx.Request("POST", BULK, json={"details": [{}] * 11}, headers=KEY),
            400,
            "RECORD_LIMIT_EXCEEDED",
        ),
        (
            httpx.Request("GET", "https://sandbox.test/api/v1/organizations/enrich", headers=KEY),
            422,
            "'domain' missing",
        ),
        (
            httpx.Request("GET", "https://sandbox.test/api/v1/organizations/enrich?domain=a.test"),
            401,
            "Invalid API key",
        ),
        (
            httpx.Request(
                "POST", "https://sandbox.test/api/v1/mixed_people/search", json={}, headers=KEY
            ),
            422,
            "deprecated",
        ),
        (
            httpx.Request(
                "POST",
                "https://sandbox.test/api/v1/mixed_people/api_search?page=501",
                headers=KEY,
            ),
            422,
            "Page",
        ),
    ],
)
def test_refusals_are_apollos_own(request_: httpx.Request, status: int, says: str) -> None:
    reply = send(voice, request_)

    assert reply.status_code == status
    assert says in reply.text


def test_unknown_key_is_answered_in_plain_text() -> None:
    reply = send(voice, httpx.Request("POST", MATCH, json={}))

    assert reply.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(("reset", "wait"), [(0, 1), (2**40, 60)])
def test_throttling_is_understood_by_the_adapter(reset: int, wait: int) -> None:
    response = voice.throttled(0, 1000, reset)
    reply = Reply(
        status=response.status_code,
        body=bytes(response.body),
        headers=dict(response.headers),
        received_at=datetime(2026, 11, 1, tzinfo=UTC),
    )

    with pytest.raises(ProviderError) as refusal:
        play(
            Apollo(),
            Apollo().find_person(PersonQuery(keys=Keys(email="a@b.test"))),
            lambda _: reply,
        )

    assert refusal.value.outcome == "rate_limited"
    assert refusal.value.retry_after.total_seconds() == wait


def test_headers_say_what_is_left_where_the_adapter_reads_it() -> None:
    headers = voice.limit_headers(left=3, limit=1000, reset_unix=1_793_534_460)

    assert headers[Apollo.spec.rate_headers[0].remaining] == "3"
    assert headers["x-minute-usage"] == "997"


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (10, 200), (11, 400)])
def test_companies_are_given_by_at_most_ten_domains(count: int, status: int) -> None:
    url = "https://sandbox.test/api/v1/organizations/bulk_enrich"
    domains = ["quillmere.test", *(f"nobody{n}.test" for n in range(10))][:count]

    reply = send(voice, httpx.Request("POST", url, json={"domains": domains}, headers=KEY))

    assert reply.status_code == status
    if status == 200:
        found = [row["primary_domain"] for row in reply.json()["organizations"]]
        assert found == ["quillmere.test"]
        assert reply.json()["missing_records"] == count - 1
