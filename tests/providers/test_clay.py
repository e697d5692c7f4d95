"""Clay's quirks: pages that cannot be had twice, runs paid for once, no address unasked."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.providers.conformance import Player, ProviderConformance, exchanges_of
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, ProfileUrl
from roleferry_enrich.domain.people import EmailKind
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import (
    CallSkipped,
    DeadlineTooNear,
    NoPermit,
    ProviderConnectionLost,
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderTimedOut,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.gateway.retry import RetryPolicy
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.claims.clay import company_claim, company_of, person_claim
from roleferry_enrich.providers.clay import Clay
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Pause,
    Pending,
    Provider,
)
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Record, Reply
from roleferry_enrich.providers.routines import Routine

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROUTINE = Routine("function:t_work_email")
CLAY = Clay(ROUTINE)
DOMAIN = "quillmere.test"
COMPANY = CompanyQuery(keys=Keys(domain=Domain(DOMAIN)))
ORLA = PersonQuery(keys=Keys(full_name="Orla Fenwick", domain=Domain(DOMAIN)))
IN_PROGRESS = {"routine_run_id": "run_1", "total": 1, "finished": 0, "status": "in_progress"}
NOTHING: Mapping[str, str] = MappingProxyType({})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


class TestClay(ProviderConformance):
    provider_name = "clay"

    @pytest.fixture
    def provider(self) -> Provider:
        return CLAY


def reply(body: object, status: int = 200, headers: Mapping[str, str] = NOTHING) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status=status, body=raw, received_at=NOW, headers=headers)


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(documented("clay", "public_api_schemas__openapi.json"))
    return found


def row(number: int, **changed: object) -> dict[str, object]:
    job = {"company": "Quillmere", "title": "Director", "start_date": None, "end_date": None}
    name = {"clay_profile_id": number, "name": f"Ann Number{number}"}
    return {**name, "matched_experiences": [job], **changed}


def page(*numbers: int, has_more: object = True) -> Reply:
    return reply({"data": [row(number) for number in numbers], "has_more": has_more})


Told = Reply | ProviderError | CallSkipped


def finished(conversation: Conversation[Answer], *steps: Told) -> tuple[Answer, list[Call]]:
    """The answer when its calls and pauses are told these in turn, and the calls it made."""
    calls: list[Call] = []
    left = list(steps)
    try:
        step = next(conversation)
        while True:
            waits = isinstance(step, Pause)
            calls += () if isinstance(step, Pause) else step
            if waits and not (left and isinstance(left[0], DeadlineTooNear)):
                step = conversation.send(())
                continue
            said = left.pop(0)
            is_reply = isinstance(said, Reply)
            step = conversation.send((said,)) if is_reply else conversation.throw(said)
    except StopIteration as ended:
        assert not left
        return ended.value, calls


SEARCH = reply({"search_id": "search_1"})
BEGUN = reply({"routine_run_id": "run_1", "status": "in_progress"}, 202)
GOING = reply(IN_PROGRESS, 202)


def ended(**item: object) -> Reply:
    data = [{"id": "1", **item}]
    return reply({"routine_run_id": "run_1", "status": "complete", "data": data})


LOST: tuple[Told, ...] = (
    ProviderTimedOut("no reply in time"),
    ProviderConnectionLost("status 503"),
    ProviderContractChanged("the body is not JSON"),
    ProviderRateLimited("status 429"),
    NoPermit("none in time"),
    reply(b"<html>"),
    reply({"data": None}),
)


@pytest.mark.parametrize("lost", LOST)
def test_after_a_lost_page_what_came_is_incomplete_and_no_other_page_is_asked(lost: Told) -> None:
    query = CompanyQuery(keys=COMPANY.keys, limit=300)

    answer, calls = finished(CLAY.find_people(query), SEARCH, page(*range(100)), lost)

    assert isinstance(answer, Findings)
    assert len(answer.people) == 100
    assert answer.incomplete is not None
    assert answer.incomplete.startswith("a page was lost and cannot be asked for again")
    assert [call.path.rpartition("/")[2] for call in calls] == ["filters-mode", "run", "run"]


@pytest.mark.parametrize("lost", LOST)
def test_lost_first_page_is_trouble_and_never_nobody(lost: Told) -> None:
    with pytest.raises((ProviderError, CallSkipped)):
        finished(CLAY.find_people(COMPANY), SEARCH, lost)


def test_page_or_run_that_may_be_spent_is_not_sent_again_and_a_refused_one_is() -> None:
    _, calls = finished(CLAY.find_people(COMPANY), SEARCH, page(1, has_more=False))
    _, run_calls = finished(CLAY.find_email(ORLA), BEGUN, ended(status="complete", result={}))
    run = run_calls[0]
    spent = {500, 502, 503, 504}

    for call in (calls[1], run):
        for status in (*spent, 429):
            refusal = CLAY.refusal(call, reply({"message": "x"}, status))
            assert refusal is not None
            again = RetryPolicy().wait(refusal, call, 1, _Middling())
            assert (again is None) == (status in spent), (call.path, status)
    assert [run.charge(reply({}, status)) for status in (202, 503, 429, 400, 404)] == [
        1, 1, 0, 0, 0,
    ]  # fmt: skip


class _Middling:
    def random(self) -> float:
        return 0.5


def test_beginning_a_search_and_looking_at_a_run_may_be_repeated() -> None:
    _, calls = finished(CLAY.find_people(COMPANY), SEARCH, page(1, has_more=False))
    _, run_calls = finished(CLAY.find_email(ORLA), BEGUN, ended(status="complete", result={}))

    assert [call.repeatable for call in calls] == [True, False]
    assert [call.repeatable for call in run_calls] == [False, True]


@pytest.mark.parametrize("has_more", [None, "yes", True])
def test_list_whose_end_is_not_told_is_incomplete(has_more: object) -> None:
    steps = [page(1, 2, has_more=has_more)] + [page()] * (has_more is True)

    answer, _ = finished(CLAY.find_people(COMPANY), SEARCH, *steps)

    assert isinstance(answer, Findings)
    assert len(answer.people) == 2
    assert answer.incomplete is not None


def test_no_more_is_fetched_than_is_wanted() -> None:
    query = CompanyQuery(keys=COMPANY.keys, limit=130)
    pages = page(*range(100)), page(*range(100, 150))

    answer, calls = finished(CLAY.find_people(query), SEARCH, *pages)

    assert isinstance(answer, Findings)
    assert (len(answer.people), answer.incomplete) == (130, None)
    assert [call.json for call in calls[1:]] == [{"limit": 100}, {"limit": 30}]


def test_search_ids_that_could_lead_elsewhere_are_not_followed() -> None:
    for name in ("../me", "a/b", "", None, "x" * 200, ".."):
        with pytest.raises(ProviderContractChanged):
            finished(CLAY.find_people(COMPANY), reply({"search_id": name}))


def test_no_search_says_an_address() -> None:
    leaky = row(1, email="ann@quillmere.test", work_email="ann@quillmere.test")

    claim = person_claim(Record(leaky), DOMAIN)

    assert claim is not None
    assert claim.emails == ()
    for offer in Clay().offers():
        assert not offer.gives & {"business_email", "personal_email"}


def test_who_has_left_or_has_no_name_is_left_out() -> None:
    job = {"company": "Quillmere", "title": "Director", "end_date": "2024-01-01"}

    assert person_claim(Record(row(1, matched_experiences=[job])), DOMAIN) is None
    assert person_claim(Record(row(1, name=None)), DOMAIN) is None
    still = person_claim(Record(row(1, matched_experiences=[job | {"end_date": "Present"}])), "x")
    assert still is not None


def test_run_that_takes_longer_is_pending_under_its_id() -> None:
    answer, _ = finished(CLAY.find_email(ORLA), BEGUN, *[GOING] * 6)

    assert answer == Pending(timedelta(seconds=30), reference="run_1")


@pytest.mark.parametrize(
    "trouble",
    [
        ProviderUnavailable("status 503"),
        ProviderTimedOut("no reply in time"),
        ProviderRateLimited("status 429", retry_after=timedelta(seconds=90)),
        NoPermit("none in time"),
        DeadlineTooNear("the provider asks for more time than is left"),
    ],
)
def test_trouble_while_looking_after_a_run_does_not_lose_it(trouble: Told) -> None:
    answer, calls = finished(CLAY.find_email(ORLA), BEGUN, GOING, trouble)

    wait = 90 if isinstance(trouble, ProviderRateLimited) else 30
    assert answer == Pending(timedelta(seconds=wait), reference="run_1")
    assert sum(call.credits for call in calls) == 1


def test_run_is_continued_by_its_id_without_a_paid_call() -> None:
    result = {"Work Email": "orla.fenwick@quillmere.test"}
    conversation = CLAY.resume_find_email(ORLA, "run_1")

    answer, calls = finished(conversation, GOING, ended(status="complete", result=result))

    assert isinstance(answer, Findings)
    assert [email.address for email in answer.people[0].emails] == ["orla.fenwick@quillmere.test"]
    assert [(call.method, call.credits) for call in calls] == [("GET", 0)] * 2
    assert {call.path for call in calls} == {"/public/v0/routines/run/run_1/results"}


def test_who_came_back_in_vain_comes_back_later_still() -> None:
    answer, _ = finished(CLAY.resume_find_email(ORLA, "run_1"), *[GOING] * 3)

    assert answer == Pending(timedelta(seconds=120), reference="run_1")


def test_wait_clay_asks_for_is_kept() -> None:
    slow = reply(IN_PROGRESS, 202, {"retry-after": "7"})
    conversation = CLAY.resume_find_email(ORLA, "run_1")
    next(conversation)
    conversation.send(())

    assert conversation.send((slow,)) == Pause(timedelta(seconds=7))


@pytest.mark.parametrize(
    "last",
    [
        ended(status="failed", error={"message": "no luck with Orla Fenwick"}),
        ended(status="cancelled"),
        reply({"status": "complete", "data": []}),
        reply({"status": "expired", "data": [{"id": "1", "status": "complete", "result": {}}]}),
    ],
)
def test_run_that_came_to_no_result_is_not_an_address_not_found(last: Reply) -> None:
    answer, _ = finished(CLAY.find_email(ORLA), BEGUN, last)

    assert isinstance(answer, Findings)
    assert not answer
    assert answer.incomplete == "the routine ended without a result for this person"


@pytest.mark.parametrize(
    ("result", "addresses"),
    [
        ({"Work Email": "a@q.test"}, {"a@q.test": EmailKind.BUSINESS}),
        ({"personal_email": "a@q.test"}, {"a@q.test": EmailKind.PERSONAL}),
        ({"email": {"value": "a@q.test"}}, {"a@q.test": EmailKind.UNKNOWN}),
        ({"emails": ["a@q.test", "A@Q.test", "b@q.test"]}, 2),
        ({"Email status": "valid", "Email": "none found", "Website": "a@q.test"}, 0),
        ({"email": "a@q.test, b@q.test", "mail": "@q.test", "e-mail": "a@q"}, 0),
        ({}, 0),
    ],
)
def test_addresses_are_what_the_outputs_named_for_mail_hold(
    result: object, addresses: dict[str, EmailKind] | int
) -> None:
    answer, _ = finished(CLAY.find_email(ORLA), BEGUN, ended(status="complete", result=result))

    assert isinstance(answer, Findings)
    assert answer.incomplete is None
    found = {e.address.lower(): e.kind for person in answer.people for e in person.emails}
    assert (len(found) if isinstance(addresses, int) else found) == addresses


def test_routine_is_given_what_it_calls_for() -> None:
    routine = Routine("t_1", (("Full Name", "full_name"), ("Profile", "linkedin_url")))
    keys = Keys(full_name="Orla Fenwick", linkedin_url=ProfileUrl("linkedin.com/in/orla"))

    assert routine.given(keys) == {
        "Full Name": "Orla Fenwick",
        "Profile": "https://www.linkedin.com/in/orla",
    }


def test_a_run_is_told_of_by_the_webhook_that_is_set() -> None:
    query = PersonQuery(keys=Keys(full_name="Orla Fenwick", domain=Domain("quillmere.test")))
    told = Clay(Routine("t_1", webhook="wh_1"))

    bodies = [next(clay.find_email(query))[0].json for clay in (told, CLAY)]

    assert [body.get("webhook_id") for body in bodies] == ["wh_1", None]
    assert "webhook_id" not in bodies[1]


def test_addresses_are_offered_only_with_a_routine() -> None:
    offered = [{offer.capability for offer in clay.offers()} for clay in (Clay(), CLAY)]

    assert offered == [
        {"find_people", "find_company"},
        {"find_people", "find_company", "find_email"},
    ]
    assert "find_email" not in {offer.capability for offer in catalogue()["clay"].offers()}


def test_key_goes_in_its_own_header_only() -> None:
    assert CLAY.spec.authenticate is not None
    assert CLAY.spec.authenticate("k") == {"clay-api-key": "k"}


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error_400__docs.json", 400, ProviderRefusedQuery),
        ("error_401__docs.json", 401, ProviderUnauthorised),
        ("error_404_deprecated_v1__probe.json", 404, ProviderContractChanged),
    ],
)
def test_documented_refusals_are_told_apart(
    name: str, status: int, error: type[ProviderError]
) -> None:
    refused = reply(documented("clay", name), status)
    for exchange in exchanges_of("clay"):
        with pytest.raises(error):
            play(CLAY, exchange.start(CLAY), lambda _: refused)


def test_no_404_is_not_found() -> None:
    for conversation in (CLAY.find_people(COMPANY), CLAY.find_email(ORLA)):
        with pytest.raises(ProviderRefusedQuery):
            play(CLAY, conversation, lambda _: reply({"message": "Not found"}, 404))


def test_requests_hold_only_documented_fields() -> None:
    known = schemas()
    fields = {
        "filters-mode": set(known["CreateSearchRequest"]["properties"]),
        "query-mode": {"query"},
        "run": set(known["RunRoutineRequest"]["properties"]) | {"limit"},
    }
    item = known["RunRoutineRequest"]["properties"]["items"]["items"]
    for exchange in exchanges_of("clay"):
        for call in exchange.calls:
            sent = call["request"].get("json", {})
            assert set(sent) <= fields.get(call["request"]["path"].rpartition("/")[2], set())
            for each in sent.get("items", ()):
                assert set(each) == set(item["required"])
                assert len(each["id"]) <= item["properties"]["id"]["maxLength"]


REPLIES = (
    "CreateSearchResponse",
    "NextQueryModePeopleResultsResponse",
    "NextQueryModeCompanyResultsResponse",
    "RunRoutineResponse",
    "RunResultsInProgress",
    "RunResultsComplete",
)


def sample_of(schema: dict[str, Any], known: dict[str, Any], fill: Callable[[str], Any]) -> Any:
    """A document of the schema, whose texts and numbers are those of `fill`."""
    if "$ref" in schema:
        return sample_of(known[schema["$ref"].rpartition("/")[2]], known, fill)
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    chosen = next(iter(schema.get("anyOf", ())), schema)
    match chosen["type"]:
        case "object":
            members = chosen.get("properties", {}).items()
            return {name: _member(name, inner, known, fill) for name, inner in members}
        case "array":
            return [sample_of(chosen["items"], known, fill)]
        case "boolean":
            return False
        case kind:
            return fill(kind)


def _member(name: str, schema: dict[str, Any], known: Any, fill: Callable[[str], Any]) -> Any:
    special = {"domain": DOMAIN, "end_date": None, "id": "1", "size": "51-200 employees"}
    special |= {"result": {"Work Email": "orla.fenwick@quillmere.test"}}
    return special[name] if name in special else sample_of(schema, known, fill)


def _filled(kind: str) -> Any:
    return {"string": "Orla", "number": 41}[kind]


def test_documents_of_the_published_schemas_are_understood() -> None:
    known = schemas()
    made = {name: sample_of({"$ref": f"x/{name}"}, known, _filled) for name in REPLIES}
    people = made["NextQueryModePeopleResultsResponse"]
    steps = reply(made["CreateSearchResponse"]), reply(people)

    answer, _ = finished(CLAY.find_people(COMPANY), *steps)
    companies, _ = finished(
        CLAY.find_company(COMPANY),
        reply(made["CreateSearchResponse"]),
        reply(made["NextQueryModeCompanyResultsResponse"]),
    )
    found, _ = finished(
        CLAY.find_email(ORLA),
        reply(made["RunRoutineResponse"], 202),
        reply(made["RunResultsInProgress"], 202),
        reply(made["RunResultsComplete"]),
    )

    (person,) = answer.people
    assert (person.reference, person.full_name, person.title) == ("41", "Orla", "Orla")
    assert (person.city, person.state, person.location) == ("Orla", "Orla", "Orla")
    (company,) = companies.companies
    assert (company.reference, company.employees_range) == ("41", "51-200 employees")
    assert (company.revenue_range, company.industry) == ("Orla", "Orla")
    assert found.people[0].emails[0].address == "orla.fenwick@quillmere.test"


def test_every_member_the_schemas_call_nullable_may_be_null() -> None:
    known = schemas()
    for name, read in (
        ("PublicApiPersonSearchResult", lambda row: person_claim(Record(row), DOMAIN)),
        ("PublicApiCompanySearchResult", lambda row: company_claim(Record(row))),
    ):
        document = sample_of({"$ref": f"x/{name}"}, known, _filled)
        read(dict.fromkeys(document))
        read({**document, "location": {"name": None, "city": None, "state_or_province": None}})


def test_documented_webhook_bodies_hold_no_more_than_the_run_we_ask_for_ourselves() -> None:
    """Nothing is learned from a notice but which run has ended: its result is always asked for."""
    test_event = orjson.loads(documented("clay", "webhook_test_event__docs.json"))
    vector = orjson.loads(documented("clay", "webhook_signature_vector__computed.json"))

    assert test_event["data"] == {}
    assert set(orjson.loads(vector["body"])["data"]) == {"routine_run_id"}
    run = orjson.loads(vector["body"])["data"]["routine_run_id"]
    _, calls = finished(CLAY.resume_find_email(ORLA, run), ended(status="complete", result={}))
    assert calls[0].path.endswith(f"/run/{run}/results")


@given(VALUES, VALUES, VALUES)
def test_no_row_raises(first: object, second: object, third: object) -> None:
    job = {"company": first, "title": second, "end_date": third}
    for rows in ([job], first, second):
        names = {"name": third, "first_name": first, "location": second, "url": third}
        person_claim(
            Record({"clay_profile_id": first, **names, "matched_experiences": rows}), DOMAIN
        )
    row = Record({"name": first, "domain": second, "size": third, "annual_revenue": first})
    company_claim(row)
    company_of((row, row), DOMAIN)


@given(st.dictionaries(st.sampled_from(["data", "status", "has_more", "x"]), VALUES), VALUES)
def test_no_page_or_result_raises_anything_but_a_provider_error(
    body: dict[str, object], result: object
) -> None:
    answers = (
        (CLAY.find_people(COMPANY), (SEARCH, reply(body), page())),
        (CLAY.resume_find_email(ORLA, "run_1"), (reply(body), *[GOING] * 3)),
        (CLAY.resume_find_email(ORLA, "run_1"), (ended(status="complete", result=result),)),
    )
    for conversation, steps in answers:
        left = list(steps)
        try:
            play(CLAY, conversation, lambda _, left=left: left.pop(0) if left else GOING)
        except ProviderError:
            continue


def test_recorded_runs_are_paid_when_they_begin_and_never_by_a_look() -> None:
    for exchange in exchanges_of("clay"):
        player = Player(exchange)
        try:
            play(CLAY, exchange.start(CLAY), player)
        except ProviderError:
            continue
        paid = [call.path for call, _ in player.sent if call.credits]
        assert all(path.endswith("function:t_work_email/run") for path in paid)
        assert len(paid) == (exchange.capability == "find_email")
