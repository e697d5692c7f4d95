"""What adapters declare of asking for many at once."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.acme import Acme

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.queries import EmailQuery
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Offer,
    ask,
    offers,
)
from roleferry_enrich.providers.gathering import (
    Each,
    Group,
    SharedCall,
    Sharing,
    bulks_of,
    gathers,
    sharing,
)
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

HOW = Sharing(
    kind="people", group=Group(most=3), join=lambda calls: calls[0], split=lambda _, _c: ()
)


class Checker(Acme):
    @offers(("email",), gives=("email_status",))
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        yield from ask(Call.get("/check", email=query.email))
        return Findings()

    @gathers("verify_email", most=100, fewest=3, within=timedelta(milliseconds=9))
    def verify_emails(self, queries: tuple[EmailQuery, ...]) -> Conversation[tuple[Each, ...]]:
        yield from ask(Call.post("/checks", [query.email for query in queries]))
        return tuple(Findings() for _ in queries)


def test_what_is_gathered_is_read_off_the_method() -> None:
    (bulk,) = bulks_of(Checker()).values()

    assert bulk.capability == "verify_email"
    assert bulk.group == Group(most=100, fewest=3, within=timedelta(milliseconds=9))


def test_a_provider_that_declares_nothing_gathers_nothing() -> None:
    assert bulks_of(Acme()) == {}


def test_the_conversation_for_many_is_no_offer_of_its_own() -> None:
    names = [offer.capability for offer in Checker().offers() if isinstance(offer, Offer)]

    assert names == ["find_person", "verify_email", "find_company"]


def test_a_declared_conversation_is_begun_with_all_queries(reply_of_nothing: Reply) -> None:
    queries = tuple(EmailQuery(email=Email(f"{name}@quillmere.test")) for name in ("orla", "ada"))
    asked: list[Call] = []
    bulk = bulks_of(Checker())["verify_email"]

    def reply_to(call: Call) -> Reply:
        asked.append(call)
        return reply_of_nothing

    answers = play(Checker(), bulk.conversation(Checker(), queries), reply_to)

    assert len(answers) == len(queries)
    assert [call.json for call in asked] == [["orla@quillmere.test", "ada@quillmere.test"]]


def test_a_shared_call_says_all_that_the_call_said() -> None:
    call = Call.post("/person", {"email": "x"}, page=1).costing(2).in_lane("slow").accepting(404)

    shared = sharing(call, HOW)

    assert isinstance(shared, SharedCall)
    assert shared.sharing is HOW
    assert all(getattr(shared, name) == getattr(call, name) for name in Call.__dataclass_fields__)


@pytest.mark.parametrize("provider", catalogue().values(), ids=lambda provider: provider.spec.name)
def test_what_is_gathered_is_offered(provider: Acme) -> None:
    offered = {offer.capability for offer in provider.offers()}

    assert set(bulks_of(provider)) <= offered
    assert all(1 <= bulk.group.fewest <= bulk.group.most for bulk in bulks_of(provider).values())


@pytest.fixture
def reply_of_nothing() -> Reply:
    return Reply(status=200, body=b"{}", received_at=datetime(2026, 11, 1, tzinfo=UTC))
