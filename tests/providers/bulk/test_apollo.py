"""Apollo asked for many: it keeps no order, so each record is given to whoever it agrees with."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.providers.chorus import Chorus
from tests.providers.samples import documented
from tests.sandbox.voices.rehearsal import speaking

from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderContractChanged, ProviderError
from roleferry_enrich.providers.apollo import Apollo
from roleferry_enrich.providers.contract import Answer, Conversation
from roleferry_enrich.providers.gathering import SharedCall
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import apollo as voice

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
COMPANIES = [
    Keys(domain="quillmere.test"),
    Keys(domain="blank.test"),
    Keys(domain="nobody.test"),
    Keys(company_name="Quillmere Instruments"),
]
PEOPLE = [
    Keys(email="orla.fenwick@quillmere.test"),
    Keys(email="i.vantongeren@quillmere.test"),
    Keys(email="nobody@quillmere.test"),
    Keys(linkedin_url="linkedin.com/in/idris-vantongeren-test"),
    Keys(full_name="Orla Fenwick", domain="quillmere.test"),
    Keys(first_name="Jonty", last_name="Ashdown", company_name="quillmere instruments"),
    Keys(full_name="Nora Nobody", domain="quillmere.test"),
]
ASKS = st.lists(
    st.one_of(
        st.sampled_from([("find_company", CompanyQuery(keys=keys)) for keys in COMPANIES]),
        st.sampled_from([("find_person", PersonQuery(keys=keys)) for keys in PEOPLE]),
    ),
    min_size=1,
    max_size=25,
)


def begun(ask: tuple[str, CompanyQuery | PersonQuery]) -> Conversation[Answer]:
    return getattr(Apollo(), ask[0])(ask[1])


@settings(max_examples=60, deadline=None)
@given(asks=ASKS)
def test_each_is_told_what_it_would_be_told_alone(
    asks: list[tuple[str, CompanyQuery | PersonQuery]],
) -> None:
    chorus = Chorus(Apollo(), speaking(voice, Apollo()))

    together = chorus.sing([begun(ask) for ask in asks])

    assert together == [play(Apollo(), begun(ask), speaking(voice, Apollo())) for ask in asks]


def test_twenty_companies_are_two_calls() -> None:
    chorus = Chorus(Apollo(), speaking(voice, Apollo()))
    asked = [Keys(domain=f"company{number}.test") for number in range(19)] + COMPANIES[:1]

    answers = chorus.sing([Apollo().find_company(CompanyQuery(keys=each)) for each in asked])

    assert [call.path for call in chorus.made] == ["/api/v1/organizations/bulk_enrich"] * 2
    assert [bool(answer) for answer in answers] == [False] * 19 + [True]


def calls_for(*people: Keys) -> list[SharedCall]:
    return [_first(Apollo().find_person(PersonQuery(keys=each))) for each in people]


def calls_at(*domains: str) -> list[SharedCall]:
    queries = [CompanyQuery(keys=Keys(domain=domain)) for domain in domains]
    return [_first(Apollo().find_company(query)) for query in queries]


def _first(conversation: Conversation[Answer]) -> SharedCall:
    (call,) = next(conversation)
    assert isinstance(call, SharedCall)
    return call


def answered(calls: Sequence[SharedCall], body: bytes | dict[str, object]) -> list[object]:
    """What each call is told: the name of its record, None for none, or the error."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    parts = calls[0].sharing.split(Reply(status=200, body=raw, received_at=NOW), calls)
    return [part if isinstance(part, ProviderError) else _name(part) for part in parts]


def _name(part: Reply) -> str | None:
    (record,) = orjson.loads(part.body).values()
    return record and record["name"]


def at(name: str) -> Keys:
    return Keys(linkedin_url=f"linkedin.com/in/{name}-test")


def person(name: str, profile: str | None = None) -> dict[str, object]:
    url = profile and f"https://www.linkedin.com/in/{profile}-test"
    return {"id": name, "name": name, "linkedin_url": url}


ADA, BEA, CY = at("ada"), at("bea"), at("cy")


def test_who_asks_by_an_address_or_a_name_goes_alone() -> None:
    """A record need not show the address it was asked by, and nobody pays twice to be told."""
    for keys in PEOPLE:
        (call,) = next(Apollo().find_person(PersonQuery(keys=keys)))
        assert isinstance(call, SharedCall) == (keys.linkedin_url is not None)


def test_a_record_that_agrees_with_nobody_is_the_only_one_s_that_is_left() -> None:
    matches = [person("Bea", "bea-who-moved"), person("Ada", "Ada"), None]

    assert answered(calls_for(ADA, BEA), {"matches": matches}) == ["Ada", "Bea"]


def test_where_two_are_left_neither_is_told_a_guess() -> None:
    matches = [person("Bea", "bea-who-moved"), person("Cy", "cy")]

    ada, bea, cy = answered(calls_for(ADA, BEA, CY), {"matches": matches})

    assert cy == "Cy"
    assert isinstance(ada, ProviderError)
    assert isinstance(bea, ProviderError)
    assert "ada" not in str(ada).lower()


def test_who_is_missing_was_not_found() -> None:
    assert answered(calls_for(ADA, BEA), {"matches": [None, person("Bea", "bea")]}) == [None, "Bea"]


def test_one_record_may_be_what_two_asked_for() -> None:
    ada = person("Ada", "ada")

    assert answered(calls_for(ADA, ADA), {"matches": [ada, ada]}) == ["Ada", "Ada"]


def test_documented_companies_go_each_to_its_own() -> None:
    body = documented("apollo", "organizations_bulk_enrich__openapi.json")
    calls = calls_at("goldmansachs.com", "nobody.test", "apollo.io", "google.com", "microsoft.com")

    assert answered(calls, body) == ["Goldman Sachs", None, "Apollo.io", "Google", "Microsoft"]
    joined = calls[0].sharing.join(calls)
    assert joined.charge(Reply(status=200, body=body, received_at=NOW)) == 4


def test_documented_match_of_many_is_understood() -> None:
    body = documented("apollo", "people_bulk_match_waterfall__openapi.json")
    profile = Keys(linkedin_url="linkedin.com/in/marcus-ellery-4c2b81de")

    assert answered(calls_for(ADA, profile), body) == [None, "Marcus Ellery"]


@pytest.mark.parametrize("body", [{}, {"status": "failed", "error_code": "UNKNOWN_ERROR"}])
def test_an_error_page_is_no_answer_to_anybody(body: dict[str, object]) -> None:
    for calls in (calls_for(ADA, BEA), calls_at("one.test", "two.test")):
        with pytest.raises(ProviderContractChanged):
            answered(calls, body)
