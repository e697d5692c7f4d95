"""Explorium's adapter understands Explorium's voice, and the voice refuses unknown fields."""

from datetime import UTC, datetime

import httpx
import pytest
from tests.sandbox.voices.rehearsal import send, speaking

from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings
from roleferry_enrich.providers.explorium import Explorium
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import explorium as voice

KEY = {"api_key": "test-key-explorium"}


def understood(conversation: Conversation[Answer]) -> Findings:
    answer = play(Explorium(), conversation, speaking(voice, Explorium()))
    assert isinstance(answer, Findings)
    return answer


def company(capability: str, **keys: str) -> Findings:
    query = CompanyQuery(keys=Keys(**keys))
    return understood(getattr(Explorium(), capability)(query))


def post(path: str, body: object, headers: dict[str, str] | None = None) -> httpx.Response:
    url = f"https://sandbox.test/v1/{path}"
    return send(voice, httpx.Request("POST", url, json=body, headers=headers or KEY))


@pytest.mark.parametrize(
    "keys",
    [
        {"domain": "quillmere.test"},
        {"company_name": "Quillmere Instruments"},
        {"company_linkedin_url": "linkedin.com/company/quillmere-instruments-test"},
    ],
)
def test_company_is_found_by_any_identity(keys: dict[str, str]) -> None:
    (found,) = company("find_company", **keys).companies

    assert found.name == "quillmere instruments"
    assert found.domain == "https://quillmere.test"
    assert found.employees_range == "201-500"
    assert found.revenue_range == "25M-75M"


def test_what_is_not_known_of_a_company_is_null() -> None:
    (found,) = company("find_company", domain="blank.test").companies

    assert found.employees_range is None
    assert found.revenue_range is None
    assert not company("find_technologies", domain="blank.test")
    assert not company("find_workforce", domain="blank.test")


def test_technologies_and_staff_are_found() -> None:
    (technologies,) = company("find_technologies", domain="quillmere.test").companies
    (workforce,) = company("find_workforce", domain="quillmere.test").companies

    assert technologies.technologies == ("Grafana", "Nginx")
    assert workforce.workforce == {"engineering": 0.4, "sales": 0.2}
    assert workforce.workforce_change == {"engineering": 0.03, "sales": -0.1}
    assert workforce.as_of is not None


@pytest.mark.parametrize(
    "keys",
    [
        {"email": "orla.fenwick@quillmere.test"},
        {"linkedin_url": "linkedin.com/in/orla-fenwick-test"},
        {"full_name": "Orla Fenwick", "domain": "quillmere.test"},
        {"full_name": "Orla Fenwick", "company_name": "Quillmere Instruments"},
    ],
)
def test_person_is_found_by_any_identity(keys: dict[str, str]) -> None:
    answer = understood(Explorium().find_person(PersonQuery(keys=Keys(**keys))))

    (found,) = answer.people
    assert found.full_name == "orla fenwick"
    assert found.linkedin_url == "https://linkedin.com/in/orla-fenwick-test"
    assert [(e.address, e.deliverability) for e in found.emails] == [
        ("orla.fenwick@quillmere.test", "valid"),
        ("orla@home-mail.test", "unknown"),
    ]
    assert found.phones == ()


def test_unknown_person_and_company_are_not_found() -> None:
    query = PersonQuery(keys=Keys(email="nobody@quillmere.test"))

    assert not understood(Explorium().find_person(query))
    assert not company("find_people", domain="nowhere.test")


def test_executives_are_listed_without_contact_points() -> None:
    answer = company("find_people", domain="quillmere.test")

    assert [p.full_name for p in answer.people] == ["orla fenwick", "idris vantongeren"]
    assert [p.seniority for p in answer.people] == ["c-suite", "vice president"]
    assert all(p.emails == () for p in answer.people)


def test_titles_are_matched_by_all_their_words() -> None:
    keys = Keys(domain="quillmere.test")

    answer = understood(
        Explorium().find_people(CompanyQuery(keys=keys, titles=("Assistant sales",)))
    )

    assert [p.full_name for p in answer.people] == ["jonty ashdown"]


def test_prices_are_told_to_those_who_ask() -> None:
    carry = speaking(voice, Explorium())
    spent = 0

    def reply_to(call: Call) -> Reply:
        nonlocal spent
        reply = carry(call)
        spent += call.charge(reply)
        return reply

    keys = Keys(email="orla.fenwick@quillmere.test")
    play(Explorium(), Explorium().find_person(PersonQuery(keys=keys)), reply_to)

    assert spent == 3


def test_prices_are_not_told_unasked() -> None:
    matched = post("businesses/match", {"businesses_to_match": [{"domain": "quillmere.test"}]})
    business = matched.json()["matched_businesses"][0]["business_id"]

    reply = post("businesses/firmographics/enrich", {"business_id": business}).json()

    assert len(business) == 32
    assert "credit_usage" not in reply
    assert reply["response_context"]["request_status"] == "success"


def test_phones_are_given_unless_left_out() -> None:
    body = {"prospects_to_match": [{"email": "orla.fenwick@quillmere.test"}]}
    prospect = post("prospects/match", body).json()["matched_prospects"][0]["prospect_id"]
    asked = {"prospect_id": prospect}
    headers = {**KEY, "credit-usage": "true"}

    reply = post("prospects/contacts_information/enrich", asked, headers).json()

    assert len(prospect) == 40
    assert reply["data"]["mobile_phone"] == "+447700900101"
    assert reply["credit_usage"]["total_credits"] == 5


def test_unmatched_row_keeps_its_place_with_a_null() -> None:
    rows = [{"domain": "nowhere.test"}, {"domain": "quillmere.test"}]

    reply = post("businesses/match", {"businesses_to_match": rows}).json()

    assert [bool(row["business_id"]) for row in reply["matched_businesses"]] == [False, True]
    assert reply["matched_businesses"][0]["input"]["name"] is None
    assert reply["total_matches"] == 1


def test_id_never_given_out_is_a_miss() -> None:
    reply = post("businesses/firmographics/enrich", {"business_id": "a" * 32}).json()

    assert reply["data"] is None
    assert reply["response_context"]["request_status"] == "miss"


def test_pages_end_at_the_size_asked_for() -> None:
    matched = post("businesses/match", {"businesses_to_match": [{"domain": "quillmere.test"}]})
    ids = [matched.json()["matched_businesses"][0]["business_id"]]
    asked = {"mode": "full", "size": 2, "page_size": 1, "filters": {"business_id": {"values": ids}}}

    pages = [post("prospects", {**asked, "page": page}).json() for page in (1, 2, 3)]

    assert [len(page["data"]) for page in pages] == [1, 1, 0]
    assert (pages[0]["total_results"], pages[0]["total_pages"]) == (3, 2)


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        (
            "businesses/match",
            {"businesses_to_match": [{"name": "A", "contact_id": 1}]},
            "contact_id",
        ),
        ("businesses/match", {"businesses_to_match": [{}], "tool_reasoning": ""}, "tool_reasoning"),
        ("businesses/match", {"businesses_to_match": []}, "businesses_to_match"),
        ("businesses/match", {}, "businesses_to_match"),
        ("prospects/match", {"prospects_to_match": [{"domain": "a.test"}]}, "domain"),
        ("businesses/firmographics/enrich", {"business_id": "nonsense"}, "business_id"),
        ("prospects/profiles/enrich", {"prospect_id": "a" * 32}, "prospect_id"),
        ("prospects", {"page": -1}, "page"),
        ("prospects", {"page_size": 101}, "page_size"),
        ("prospects", {"filters": {"job_level": {"values": ["chief"]}}}, "job_level"),
        ("prospects", [], "body"),
    ],
)
def test_unexpected_bodies_are_refused_with_the_place(path: str, body: object, where: str) -> None:
    reply = post(path, body)

    assert reply.status_code == 422
    assert where in reply.json()["detail"][0]["loc"]


def test_body_that_is_no_json_is_refused() -> None:
    url = "https://sandbox.test/v1/prospects"

    reply = send(voice, httpx.Request("POST", url, content=b"{", headers=KEY))

    assert reply.status_code == 422


@pytest.mark.parametrize("headers", [{"x": "y"}, {"api_key": "an-invalid-key"}])
def test_wrong_key_is_refused(headers: dict[str, str]) -> None:
    assert post("businesses/match", {}, headers).status_code == 401


@pytest.mark.parametrize(("reset", "wait"), [(0, 1), (2**40, 60)])
def test_throttling_is_understood_by_the_adapter(reset: int, wait: int) -> None:
    response = voice.throttled(0, 200, reset)
    reply = Reply(
        status=response.status_code,
        body=bytes(response.body),
        headers=dict(response.headers),
        received_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    query = CompanyQuery(keys=Keys(domain="quillmere.test"))

    with pytest.raises(ProviderError) as refusal:
        play(Explorium(), Explorium().find_company(query), lambda _: reply)

    assert refusal.value.outcome == "rate_limited"
    assert refusal.value.retry_after.total_seconds() == wait


def test_headers_say_what_is_left_where_the_adapter_reads_it() -> None:
    headers = voice.limit_headers(left=3, limit=200, reset_unix=1_793_534_460)
    by_lower_name = {name.lower(): value for name, value in headers.items()}

    (told,) = Explorium.spec.rate_headers
    assert by_lower_name[told.remaining] == "3"
    assert by_lower_name[told.reset or ""] == "1793534460"


@pytest.mark.parametrize(("count", "status"), [(0, 422), (1, 200), (50, 200), (51, 422)])
def test_at_most_fifty_are_enriched_at_once(count: int, status: int) -> None:
    matched = post("businesses/match", {"businesses_to_match": [{"domain": "quillmere.test"}]})
    known = matched.json()["matched_businesses"][0]["business_id"]
    ids = [known, *(f"{n:032x}" for n in range(50))][:count]

    reply = post(
        "businesses/firmographics/bulk_enrich",
        {"business_ids": ids},
        {**KEY, "credit-usage": "true"},
    )

    assert reply.status_code == status
    if status == 200:
        first, *others = reply.json()["data"]
        assert (first["business_id"], first["data"]["name"]) == (known, "quillmere instruments")
        assert all(row["data"] is None for row in others)
        assert reply.json()["credit_usage"]["total_credits"] == 1
