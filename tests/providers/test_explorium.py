"""Explorium's quirks: ids before facts, failures within a 200, and what each answer costs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import orjson
import pytest
from tests.providers.conformance import Player, ProviderConformance, exchanges_of
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import (
    BudgetSpent,
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
)
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings
from roleferry_enrich.providers.explorium import Explorium
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PERSON = PersonQuery(keys=Keys(email=Email("orla.fenwick@quillmere.test")))
COMPANY = CompanyQuery(keys=Keys(domain=Domain("quillmere.test")))
MATCHED = {
    "response_context": {"request_status": "success"},
    "matched_businesses": [{"business_id": "a" * 32}],
    "matched_prospects": [{"prospect_id": "b" * 40}],
}
NOTHING: Mapping[str, str] = MappingProxyType({})


class TestExplorium(ProviderConformance):
    provider_name = "explorium"


def reply(body: object, status: int = 200, headers: Mapping[str, str] = NOTHING) -> Reply:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Reply(status=status, body=raw, received_at=NOW, headers=headers)


def by_path(**bodies: object) -> Callable[[Call], Reply]:
    """Answers each call by the part of its path before the last."""
    return lambda call: reply(bodies.get(call.path.split("/")[-2], MATCHED))


def single(bulk: bytes) -> object:
    """A documented bulk enrichment as the single one that holds its first record."""
    document = orjson.loads(bulk)
    return {**document, "data": document["data"][0]["data"]}


def findings(conversation: Conversation[Answer], reply_to: Callable[[Call], Reply]) -> Findings:
    answer = play(Explorium(), conversation, reply_to)
    assert isinstance(answer, Findings)
    return answer


def test_profile_and_addresses_are_asked_for_at_once() -> None:
    conversation = Explorium().find_person(PERSON)
    next(conversation)

    step = conversation.send((reply(MATCHED),))

    assert [(call.path, call.credits) for call in step] == [
        ("/v1/prospects/profiles/enrich", 1),
        ("/v1/prospects/contacts_information/enrich", 2),
    ]


def test_price_is_asked_for_with_every_billed_call_and_matching_is_free() -> None:
    for recorded in exchanges_of("explorium"):
        player = Player(recorded)
        try:
            play(Explorium(), recorded.start(Explorium()), player)
        except ProviderError:
            continue
        for call, _ in player.sent:
            is_match = call.path.endswith("/match")
            assert is_match == (call.credits == 0)
            assert is_match != (("credit-usage", "true") in call.headers)


def test_later_page_refused_leaves_what_came_marked_incomplete() -> None:
    rows = [{"prospect_id": f"{i:040x}", "full_name": f"person {i}"} for i in range(100)]
    page = {"response_context": {}, "data": rows}
    query = CompanyQuery(keys=COMPANY.keys, limit=150)
    conversation = Explorium().find_people(query)
    next(conversation)
    conversation.send((reply(MATCHED),))
    (second,) = conversation.send((reply(page),))

    with pytest.raises(StopIteration) as finished:
        conversation.throw(BudgetSpent("the account's cap is reached"))

    assert second.json["page"] == 2
    assert len(finished.value.value.people) == 100
    assert finished.value.value.incomplete == "the account's cap is reached"


def test_list_is_never_longer_than_asked_for() -> None:
    rows = [{"prospect_id": f"{i:040x}", "full_name": f"person {i}"} for i in range(100)]
    page = {"response_context": {}, "data": rows}
    query = CompanyQuery(keys=COMPANY.keys, limit=150)

    answer = findings(Explorium().find_people(query), by_path(v1=page))

    assert len(answer.people) == 150
    assert answer.incomplete is None


def test_first_page_skipped_is_no_answer() -> None:
    conversation = Explorium().find_people(COMPANY)
    next(conversation)
    conversation.send((reply(MATCHED),))

    with pytest.raises(BudgetSpent):
        conversation.throw(BudgetSpent("the account's cap is reached"))


@pytest.mark.parametrize(
    ("body", "headers", "wait"),
    [
        ({"retry_after": 60}, {}, timedelta(seconds=60)),
        ({"retry_after": 60}, {"retry-after": "5"}, timedelta(seconds=5)),
        ({"retry_after": 10**9}, {}, timedelta(hours=1)),
        ({"retry_after": -4}, {}, timedelta(0)),
        ({}, {}, None),
        (b"slow down", {}, None),
    ],
)
def test_wait_is_read_from_the_header_or_else_the_body(
    body: object, headers: dict[str, str], wait: timedelta | None
) -> None:
    call = Call.post("/v1/businesses/match", {})

    refusal = Explorium().refusal(call, reply(body, 429, headers))

    assert isinstance(refusal, ProviderRateLimited)
    assert refusal.retry_after == wait


def test_error_page_in_json_is_not_an_empty_answer() -> None:
    with pytest.raises(ProviderContractChanged):
        play(Explorium(), Explorium().find_company(COMPANY), lambda _: reply({"details": "x"}))


def test_documented_match_profile_and_addresses_are_understood() -> None:
    match = documented("explorium", "prospects_match__docs.json")
    profile = single(documented("explorium", "prospects_profiles_bulk_enrich__docs.json"))
    contacts = single(documented("explorium", "prospects_contacts_bulk_enrich__docs.json"))
    bodies = {"prospects": match, "profiles": profile, "contacts_information": contacts}

    (person,) = findings(Explorium().find_person(PERSON), by_path(**bodies)).people

    assert person.reference == "6ffd52c681452e2da8aac7ec3efb174f4604734c"
    assert person.full_name is not None
    assert person.seniority == "c-suite"
    assert "acoaa" not in (person.linkedin_url or "").lower()
    assert [email.kind for email in person.emails] == ["personal", "business"]


def test_documented_unmatched_company_is_not_found() -> None:
    body = documented("explorium", "v2_businesses_match_unmatched__client_test.json")

    answer = findings(Explorium().find_company(COMPANY), lambda _: reply(body))

    assert not answer


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error_422__docs.json", 422, ProviderRefusedQuery),
        ("error_429__docs_error_page.json", 429, ProviderRateLimited),
        ("error_429__docs_rate_limit_page.json", 429, ProviderRateLimited),
    ],
)
def test_documented_refusals_are_told_apart(
    name: str, status: int, error: type[ProviderError]
) -> None:
    body = documented("explorium", name)

    with pytest.raises(error) as refusal:
        play(Explorium(), Explorium().find_company(COMPANY), lambda _: reply(body, status))

    assert (refusal.value.retry_after is not None) == (status == 429)


def test_requests_hold_only_documented_fields() -> None:
    schemas = orjson.loads(documented("explorium", "v1_schemas__openapi.json"))["schemas"]
    allowed = {
        "businesses_to_match": set(schemas["BusinessMatchInput"]["properties"]),
        "prospects_to_match": set(schemas["ProspectMatchInput"]["properties"]),
    }
    for recorded in exchanges_of("explorium"):
        for row in recorded.calls:
            for member, asked in row["request"]["json"].items():
                if member in allowed:
                    assert set(asked[0]) <= allowed[member]
