"""Apollo's quirks: masked and locked values, null matches, and refusals that look like answers."""

from collections.abc import Callable
from datetime import UTC, datetime

import orjson
import pytest
from tests.providers.conformance import Exchange, Player, ProviderConformance, exchanges_of
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import (
    BudgetSpent,
    ProviderContractChanged,
    ProviderError,
    ProviderRefusedQuery,
    ProviderUnauthorised,
)
from roleferry_enrich.providers.apollo import Apollo
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings
from roleferry_enrich.providers.gathering import SharedCall
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PERSON = PersonQuery(keys=Keys(email=Email("orla.fenwick@quillmere.test")))
COMPANY = CompanyQuery(keys=Keys(domain=Domain("quillmere.test")))


class TestApollo(ProviderConformance):
    provider_name = "apollo"


def exchange(name: str) -> Exchange:
    (found,) = (each for each in exchanges_of("apollo") if each.name == name)
    return found


def answering(body: bytes, status: int = 200) -> Callable[[Call], Reply]:
    return lambda _: Reply(status=status, body=body, received_at=NOW)


def findings(conversation: Conversation[Answer], reply_to: Callable[[Call], Reply]) -> Findings:
    answer = play(Apollo(), conversation, reply_to)
    assert isinstance(answer, Findings)
    return answer


def test_batch_refused_after_the_first_leaves_what_came_marked_incomplete() -> None:
    recorded = exchange("second batch refused leaves the first")

    answer = findings(recorded.start(Apollo()), Player(recorded))

    assert len(answer.people) == 10
    assert answer.incomplete == "status 429"


def test_batch_skipped_by_a_gate_leaves_what_came_marked_incomplete() -> None:
    recorded = exchange("second batch refused leaves the first")
    player = Player(recorded)
    conversation = recorded.start(Apollo())
    step = next(conversation)
    for _ in range(2):
        step = conversation.send(tuple(map(player, step)))

    with pytest.raises(StopIteration) as finished:
        conversation.throw(BudgetSpent("the account's cap is reached"))

    assert len(finished.value.value.people) == 10
    assert finished.value.value.incomplete == "the account's cap is reached"


def test_first_batch_skipped_is_no_answer() -> None:
    recorded = exchange("second batch refused leaves the first")
    conversation = recorded.start(Apollo())
    conversation.send(tuple(map(Player(recorded), next(conversation))))

    with pytest.raises(BudgetSpent):
        conversation.throw(BudgetSpent("the account's cap is reached"))


def test_search_costs_nothing_and_a_batch_at_most_its_size() -> None:
    recorded = exchange("more than ten are matched ten at a time")
    player = Player(recorded)

    play(Apollo(), recorded.start(Apollo()), player)

    assert [(call.lane, call.credits) for call, _ in player.sent] == [
        ("people_search", 0),
        ("people_bulk_match", 10),
        ("people_bulk_match", 2),
    ]


def test_search_goes_on_to_the_next_page_until_the_limit() -> None:
    asked: list[object] = []

    def reply_to(call: Call) -> Reply:
        asked.append(call.json)
        if not call.path.endswith("api_search"):
            return answering(b'{"matches": []}')(call)
        first = 100 * (sum("page" in each for each in asked) - 1)
        rows = [{"id": f"{number:024x}"} for number in range(first, first + 100)]
        return answering(orjson.dumps({"total_entries": 900, "people": rows}))(call)

    play(Apollo(), Apollo().find_people(CompanyQuery(keys=COMPANY.keys, limit=105)), reply_to)

    searches = [each for each in asked if "page" in each]
    assert [(each["page"], each["per_page"]) for each in searches] == [(1, 100), (2, 100)]
    assert sum(len(each["details"]) for each in asked if "details" in each) == 105


def test_search_that_repeats_itself_ends() -> None:
    rows = [{"id": f"{number:024x}"} for number in range(100)]
    search = orjson.dumps({"total_entries": 900, "people": rows})

    def reply_to(call: Call) -> Reply:
        return answering(search if "search" in call.path else b'{"matches": []}')(call)

    query = CompanyQuery(keys=COMPANY.keys, limit=500)

    assert not findings(Apollo().find_people(query), reply_to)


def test_personal_addresses_are_told_apart_and_never_locked_ones() -> None:
    body = b"""{"person": {"id": "1", "name": "Orla Fenwick", "email": "orla@quillmere.test",
    "personal_emails": ["orla@home-mail.test", "email_not_unlocked@anything.test"]}}"""

    (person,) = findings(Apollo().find_person(PERSON), answering(body)).people

    assert [(email.address, email.kind) for email in person.emails] == [
        ("orla@quillmere.test", "business"),
        ("orla@home-mail.test", "personal"),
    ]


def test_every_lane_used_has_windows() -> None:
    lanes = set()
    for recorded in exchanges_of("apollo"):
        player = Player(recorded)
        try:
            play(Apollo(), recorded.start(Apollo()), player)
        except ProviderError:
            continue
        calls = [call for call, _ in player.sent]
        shared = [call for call in calls if isinstance(call, SharedCall)]
        lanes |= {call.lane for call in calls + [call.sharing.join([call]) for call in shared]}

    assert lanes == set(Apollo.spec.lanes)


def test_key_is_sent_in_the_header_only() -> None:
    assert Apollo.spec.authenticate is not None
    assert Apollo.spec.authenticate("test-key-apollo") == {"X-Api-Key": "test-key-apollo"}


def test_documented_match_is_understood_without_the_crm_contact() -> None:
    answer = findings(
        Apollo().find_person(PERSON), answering(documented("apollo", "people_match__openapi.json"))
    )

    (person,), (company,) = answer.people, answer.companies
    assert person.reference == "64a7ff0cc4dfae00013df1a5"
    assert person.company_domain == company.domain
    assert person.seniority == "founder"
    assert len(person.emails) == 1
    assert company.employees == 1600
    assert company.technologies
    assert "crm" not in repr(answer)


def test_documented_locked_address_is_left_out() -> None:
    body = documented("apollo", "people_show_locked_email__openapi.json")

    answer = findings(Apollo().find_person(PERSON), answering(body))

    assert answer.people[0].emails == ()
    assert answer.people[0].zip_code is not None
    assert answer.people[0].company_name is not None


def test_documented_company_is_understood() -> None:
    body = documented("apollo", "organizations_enrich__openapi.json")

    answer = findings(Apollo().find_company(COMPANY), answering(body))

    assert answer.companies[0].founded_year == 2015
    assert answer.companies[0].revenue == 100_000_000


def test_documented_bulk_match_is_understood() -> None:
    body = documented("apollo", "people_bulk_match_waterfall__openapi.json")
    search = b'{"total_entries": 1, "people": [{"id": "64a7ff0cc4dfae00013df1a5"}]}'

    def reply_to(call: Call) -> Reply:
        return answering(search if call.path.endswith("api_search") else body)(call)

    answer = findings(Apollo().find_people(COMPANY), reply_to)

    assert len(answer.people) == 1
    assert answer.people[0].last_name is not None


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error_401__openapi.txt", 401, ProviderUnauthorised),
        ("error_403_plan__openapi.json", 403, ProviderUnauthorised),
        ("error_403_scope__openapi.json", 403, ProviderUnauthorised),
        ("error_422_bulk__openapi.json", 422, ProviderRefusedQuery),
        ("error_422_missing_domain__openapi.json", 422, ProviderRefusedQuery),
        ("error_422_mixed_people_search_deprecated__live.json", 422, ProviderContractChanged),
    ],
)
def test_documented_refusals_are_told_apart(
    name: str, status: int, error: type[ProviderError]
) -> None:
    with pytest.raises(error):
        play(Apollo(), Apollo().find_person(PERSON), answering(documented("apollo", name), status))
