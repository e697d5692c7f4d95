"""Explorium asked for many: to each what it would have been told alone."""

import json
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.chorus import Chorus
from tests.providers.samples import documented
from tests.sandbox.voices.rehearsal import speaking

from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.providers.contract import Answer, Call, Conversation
from roleferry_enrich.providers.explorium import Explorium
from roleferry_enrich.providers.gathering import SharedCall
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import explorium as voice

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
COMPANIES = [
    Keys(domain="quillmere.test"),
    Keys(domain="blank.test"),
    Keys(company_name="Quillmere Instruments"),
    Keys(domain="nobody.test"),
    Keys(company_linkedin_url="linkedin.com/company/quillmere-instruments-test"),
]
PEOPLE = [
    Keys(email="orla.fenwick@quillmere.test"),
    Keys(email="i.vantongeren@quillmere.test"),
    Keys(email="nobody@quillmere.test"),
    Keys(linkedin_url="linkedin.com/in/orla-fenwick-test"),
    Keys(full_name="Orla Fenwick", domain="quillmere.test"),
    Keys(full_name="Idris Vantongeren", company_name="Quillmere Instruments"),
    Keys(full_name="Nora Nobody", domain="quillmere.test"),
]
ASKS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["find_company", "find_technologies", "find_workforce", "find_people"]),
            st.sampled_from([CompanyQuery(keys=keys) for keys in COMPANIES]),
        ),
        st.tuples(
            st.just("find_person"), st.sampled_from([PersonQuery(keys=keys) for keys in PEOPLE])
        ),
    ),
    min_size=1,
    max_size=12,
)


def begun(ask: tuple[str, CompanyQuery | PersonQuery]) -> Conversation[Answer]:
    return getattr(Explorium(), ask[0])(ask[1])


@settings(max_examples=60, deadline=None)
@given(asks=ASKS)
def test_each_is_told_what_it_would_be_told_alone(
    asks: list[tuple[str, CompanyQuery | PersonQuery]],
) -> None:
    chorus = Chorus(Explorium(), speaking(voice, Explorium()))

    together = chorus.sing([begun(ask) for ask in asks])

    alone = [play(Explorium(), begun(ask), speaking(voice, Explorium())) for ask in asks]
    assert together == alone


def test_a_hundred_companies_are_matched_in_two_calls() -> None:
    chorus = Chorus(Explorium(), speaking(voice, Explorium()))
    keys = [Keys(domain=f"company{number}.test") for number in range(98)]
    asked = [*keys, COMPANIES[0], COMPANIES[1]]

    chorus.sing([Explorium().find_company(CompanyQuery(keys=each)) for each in asked])

    matches = [call for call in chorus.made if call.path.endswith("/match")]
    assert [len(call.json["businesses_to_match"]) for call in matches] == [50, 50]


def shared(conversation: Conversation[Answer], *replies: Reply) -> SharedCall:
    """The shared call a conversation makes once it had these replies."""
    (call, *_) = next(conversation)
    for reply in replies:
        (call, *_) = conversation.send((reply,))
    assert isinstance(call, SharedCall)
    return call


def reply(body: object) -> Reply:
    return Reply(status=200, body=orjson.dumps(body), received_at=NOW)


def matched(rows: list[object]) -> Reply:
    return reply({"response_context": {}, "matched_businesses": rows})


def match_calls() -> list[SharedCall]:
    return [
        shared(Explorium().find_company(CompanyQuery(keys=Keys(domain=domain))))
        for domain in ("one.test", "two.test")
    ]


def row(domain: str, identity: str) -> dict[str, object]:
    given = {"name": None, "domain": domain, "url": None, "linkedin_url": None}
    return {"input": given, "business_id": identity * 32}


def ids(reply_to_all: Reply, calls: list[SharedCall]) -> list[str]:
    parts = calls[0].sharing.split(reply_to_all, calls)
    return [json.loads(part.body)["matched_businesses"][0]["business_id"][0] for part in parts]


def test_rows_that_repeat_the_question_are_told_apart_by_it() -> None:
    rows = [row("two.test", "b"), row("one.test", "a")]

    assert ids(matched(rows), match_calls()) == ["a", "b"]


def test_rows_that_do_not_are_told_apart_by_their_places() -> None:
    rows = [{"business_id": "a" * 32}, {"business_id": "b" * 32}]

    assert ids(matched(rows), match_calls()) == ["a", "b"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row("one.test", "a")],
        [row("x.test", "a")] * 3,
        [row("two.test", "b"), row("x.test", "a")],  # so the places say nothing
    ],
)
def test_rows_that_cannot_be_told_apart_are_a_changed_contract(rows: list[object]) -> None:
    calls = match_calls()

    with pytest.raises(ProviderContractChanged):
        calls[0].sharing.split(matched(rows), calls)


@pytest.mark.parametrize("body", [{}, {"details": "x"}, {"response_context": {}}, []])
def test_an_error_page_is_no_answer_to_anybody(body: object) -> None:
    calls = match_calls()

    with pytest.raises(ProviderContractChanged):
        calls[0].sharing.split(reply(body), calls)


def enrichment_calls(ids: list[str]) -> list[SharedCall]:
    people = [Explorium().find_person(PersonQuery(keys=PEOPLE[0])) for _ in ids]
    found = [
        reply({"response_context": {}, "matched_prospects": [{"prospect_id": each}]})
        for each in ids
    ]
    return [shared(person, match) for person, match in zip(people, found, strict=True)]


def test_documented_profiles_of_many_go_each_to_its_own() -> None:
    body = documented("explorium", "prospects_profiles_bulk_enrich__docs.json")
    rows = orjson.loads(body)["data"]
    calls = enrichment_calls([rows[1]["prospect_id"], "0" * 40, rows[0]["prospect_id"]])

    parts = calls[0].sharing.split(Reply(status=200, body=body, received_at=NOW), calls)

    data = [orjson.loads(part.body)["data"] for part in parts]
    assert data == [rows[1]["data"], None, rows[0]["data"]]
    assert [call.charge(part) for call, part in zip(calls, parts, strict=True)] == [1, 0, 1]


@pytest.mark.parametrize(
    "rows", [[{"id": "a" * 40, "data": {"full_name": "ada"}}], [{"prospect_id": "c" * 40}], [7]]
)
def test_facts_of_nobody_who_was_asked_for_are_a_changed_contract(rows: list[object]) -> None:
    """Else everybody would be remembered as unknown."""
    calls = enrichment_calls(["a" * 40, "b" * 40])

    with pytest.raises(ProviderContractChanged):
        calls[0].sharing.split(reply({"response_context": {}, "data": rows}), calls)


@pytest.mark.parametrize(
    ("usage", "charged"), [({"total_credits": 2}, 2), ({}, 1), ({"total_credits": 99}, 3)]
)
def test_many_are_charged_as_the_reply_says_and_never_more_than_each_alone(
    usage: dict[str, int], charged: int
) -> None:
    calls = enrichment_calls(["a" * 40, "b" * 40, "c" * 40])
    joined: Call = calls[0].sharing.join(calls)
    rows = [{"prospect_id": "a" * 40, "data": {"full_name": "ada"}}, {"prospect_id": "b" * 40}]

    answer = reply({"response_context": {}, "data": rows, "credit_usage": usage})

    assert joined.charge(answer) == charged
    assert joined.credits == 3
    assert ("credit-usage", "true") in joined.headers
