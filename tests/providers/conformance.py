"""The contract every adapter keeps, as a test class to inherit.

A provider's test subclasses `ProviderConformance`, names its provider and gets all of this over
`sandbox/exchanges/<provider>.json`; only quirks are tested beside it.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib import resources
from typing import Any, ClassVar

import orjson
import pytest

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import (
    KNOWN_EXECUTIVES,
    CompanyQuery,
    EmailQuery,
    Keys,
    PersonQuery,
    Query,
)
from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    Findings,
    Offer,
    Pending,
    Provider,
)
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_PERSON = {"find_person", "find_email"}


@dataclass
class Exchange:
    """One recorded conversation: what is asked, every request and reply, what is understood."""

    name: str
    capability: str
    query: Query
    calls: list[dict[str, Any]]
    expect: dict[str, Any]

    def start(self, provider: Provider) -> Conversation[Answer]:
        return getattr(provider, self.capability)(self.query)


def exchanges_of(name: str) -> list[Exchange]:
    path = resources.files("roleferry_enrich.sandbox") / "exchanges" / f"{name}.json"
    return [
        Exchange(
            row["name"],
            row["capability"],
            query_of(row["capability"], row["query"]),
            row["calls"],
            row["expect"],
        )
        for row in json.loads(path.read_text())["exchanges"]
    ]


def query_of(capability: str, given: dict[str, Any]) -> Query:
    if capability == "verify_email":
        return EmailQuery(email=Email(given["email"]))
    keys = Keys(**given.get("keys", {}))
    if capability in _PERSON:
        return PersonQuery(keys=keys)
    titles, named = (tuple(given.get(part, ())) for part in ("titles", "known_executives"))
    limit = given.get("limit", 25)
    return CompanyQuery(keys=keys, limit=limit, titles=titles, known_executives=named)


def reply_of(given: dict[str, Any]) -> Reply:
    body = orjson.dumps(given["json"]) if "json" in given else given.get("text", "").encode()
    return Reply(
        status=given["status"],
        body=body,
        headers={k.lower(): v for k, v in given.get("headers", {}).items()},
        received_at=NOW,
    )


class Player:
    """Answers a conversation from an exchange, checking every request against the recorded one."""

    def __init__(self, exchange: Exchange, *, strict: bool = True) -> None:
        self._left = [(row["request"], reply_of(row["reply"])) for row in exchange.calls]
        self._strict = strict
        self.sent: list[tuple[Call, Reply]] = []

    def __call__(self, call: Call) -> Reply:
        assert self._left, f"unexpected call {call.method} {call.path}"
        request, reply = self._left.pop(0)
        if self._strict:
            assert call.method == request["method"]
            assert call.path == request["path"]
            assert dict(call.params) == request.get("params", {})
            assert call.json == request.get("json")
            if "origin" in request:
                assert call.origin == request["origin"]
        self.sent.append((call, reply))
        return reply

    @property
    def credits(self) -> int:
        return sum(call.charge(reply) for call, reply in self.sent)

    @property
    def unused(self) -> int:
        return len(self._left)


def outcome_of(provider: Provider, exchange: Exchange, player: Player) -> tuple[str, Answer | None]:
    try:
        answer = play(provider, exchange.start(provider), player)
    except ProviderError as error:
        return error.outcome, None
    match answer:
        case Pending():
            return "pending", answer
        case ClaimedByPerson():
            return "opted_out", answer
        case Findings():
            return ("found" if answer else "not_found"), answer


def matches(expected: Any, actual: Any) -> bool:
    """Whether everything expected is there; members not mentioned may be anything."""
    if isinstance(expected, dict):
        get = actual.get if isinstance(actual, dict) else lambda n: getattr(actual, n)
        return all(matches(value, get(name)) for name, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(map(matches, expected, actual))
    if isinstance(actual, date | StrEnum):
        return str(expected) == str(actual)
    return bool(expected == actual)


def _mutations(document: Any) -> Iterator[Any]:
    """The document with each member in turn nulled, removed, retyped; and one unknown added."""
    for path in _paths(document):
        for change in (None, "removed", [], {}, 12, "text", [None, 3, "x"]):
            mutated = copy.deepcopy(document)
            parent = mutated
            for step in path[:-1]:
                parent = parent[step]
            if change == "removed":
                del parent[path[-1]]
            else:
                parent[path[-1]] = change
            yield mutated
    if isinstance(document, dict):
        yield {**document, "a_member_of_tomorrow": {"x": [1]}}


def _paths(document: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    items = (
        document.items() if isinstance(document, dict)
        else list(enumerate(document))[:3] if isinstance(document, list)
        else ()
    )  # fmt: skip
    for name, value in items:
        yield (*above, name)
        yield from _paths(value, *above, name)


class ProviderConformance:
    """Inherit, set `provider_name`, and every promise below is tested for that adapter."""

    provider_name: ClassVar[str]

    @pytest.fixture
    def provider(self) -> Provider:
        return catalogue()[self.provider_name]

    @pytest.fixture
    def exchanges(self) -> list[Exchange]:
        return exchanges_of(self.provider_name)

    def test_spec_is_complete(self, provider: Provider) -> None:
        spec = provider.spec

        assert spec.name == self.provider_name
        assert spec.base_url.startswith("https://")
        assert spec.docs.startswith("https://")
        assert spec.base_url.count("/") == 2, "scheme and host only"

    def test_each_exchange_is_asked_and_understood_as_recorded(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        for exchange in exchanges:
            player = Player(exchange)

            outcome, answer = outcome_of(provider, exchange, player)

            expected = exchange.expect
            assert outcome == expected["outcome"], exchange.name
            assert player.unused == 0, exchange.name
            assert player.credits == expected.get("credits", 0), exchange.name
            for member in ("people", "companies", "verdicts"):
                if member in expected:
                    actual = list(getattr(answer, member))
                    assert matches(expected[member], actual), (exchange.name, actual)

    def test_no_ask_costs_more_than_its_offer_lets_one_expect(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        """As `Situation.most` reckons: a list is paid for by the tens of people wanted."""
        offered = {offer.capability: offer for offer in provider.offers()}
        for exchange in exchanges:
            player = Player(exchange)
            outcome_of(provider, exchange, player)

            is_list = exchange.capability == "find_people"
            tens = -(-exchange.query.limit // 10) if is_list else 1
            most = offered[exchange.capability].credits * tens
            assert sum(call.credits for call, _ in player.sent) <= most, exchange.name

    def test_every_capability_has_a_found_exchange(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        offered = {offer.capability for offer in provider.offers()}
        found = {e.capability for e in exchanges if e.expect["outcome"] == "found"}

        assert offered == found

    def test_finding_nothing_is_recorded_as_such(self, exchanges: list[Exchange]) -> None:
        outcomes = {exchange.expect["outcome"] for exchange in exchanges}

        assert "not_found" in outcomes

    def test_no_drift_of_a_member_raises_anything_but_contract_changed(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        for exchange in exchanges:
            for index, row in enumerate(exchange.calls):
                for mutated in _mutations(row["reply"].get("json")):
                    calls = copy.deepcopy(exchange.calls)
                    calls[index]["reply"]["json"] = mutated
                    drifted = Exchange("", exchange.capability, exchange.query, calls, {})
                    self._understands(provider, drifted)

    def _understands(self, provider: Provider, exchange: Exchange) -> None:
        last = reply_of(exchange.calls[-1]["reply"])
        player = Player(exchange, strict=False)

        def reply_to(call: Call) -> Reply:
            reply = player(call) if player.unused else last
            assert 0 <= call.charge(reply) <= call.credits
            return reply

        try:
            play(provider, exchange.start(provider), reply_to)
        except ProviderError:
            return

    @pytest.mark.parametrize(
        ("status", "headers", "error"),
        [
            (401, {}, ProviderUnauthorised),
            (402, {}, ProviderQuotaSpent),
            (429, {"retry-after": "7"}, ProviderRateLimited),
            (500, {}, ProviderUnavailable),
            (503, {}, ProviderUnavailable),
        ],
    )
    def test_refusals_are_told_apart(
        self,
        provider: Provider,
        exchanges: list[Exchange],
        status: int,
        headers: dict[str, str],
        error: type[ProviderError],
    ) -> None:
        for exchange in self._one_per_capability(exchanges):
            reply = Reply(status=status, body=b"", headers=headers, received_at=NOW)
            with pytest.raises(error):
                play(provider, exchange.start(provider), lambda _, reply=reply: reply)

    @pytest.mark.parametrize(
        "body", [b"<html><h1>Bad gateway</h1></html>", b"", b'{"data": [{"x', b"[]", b"null"]
    )
    def test_unreadable_200_is_a_changed_contract_never_not_found(
        self, provider: Provider, exchanges: list[Exchange], body: bytes
    ) -> None:
        for exchange in self._one_per_capability(exchanges):
            reply = Reply(status=200, body=body, received_at=NOW)
            with pytest.raises(ProviderContractChanged):
                play(provider, exchange.start(provider), lambda _, reply=reply: reply)

    def test_conversations_close_when_abandoned(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        for exchange in exchanges:
            conversation = exchange.start(provider)
            next(conversation)

            conversation.close()

            assert conversation.gi_frame is None

    def test_offers_name_known_keys_and_fields(self, provider: Provider) -> None:
        offers = list(provider.offers())

        assert offers
        for offer in offers:
            self._check_offer(offer)

    def _check_offer(self, offer: Offer) -> None:
        known = set(Keys.__dataclass_fields__)
        assert offer.needs
        assert all(alternative <= known | {KNOWN_EXECUTIVES} for alternative in offer.needs)
        assert offer.hints <= known
        assert offer.gives
        assert (offer.credits > 0) <= bool(catalogue()[offer.provider].spec.credit_price)

    def _one_per_capability(self, exchanges: list[Exchange]) -> list[Exchange]:
        return list({exchange.capability: exchange for exchange in exchanges}.values())
