"""A provider that takes many at once, and gates that only keep its till."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import orjson
from tests.acme import Acme

from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Ask, EmailQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderError, ProviderRefusedQuery, RoleferryError
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.providers.contract import Answer, Call, Conversation, Findings, ask, offers
from roleferry_enrich.providers.gathering import Each, Group, Sharing, gathers, sharing
from roleferry_enrich.providers.replies import Reply

MOST = 8
PRICE = 10_000
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MOMENT = timedelta(milliseconds=3)


class Crowd(Acme):
    """Checks mailboxes in one piece, and finds people by calls that travel together.

    It charges only for those it knows: whose address does not begin with "no".
    """

    @offers(("email",), gives=("email_status",), credits=1)
    def verify_email(self, query: EmailQuery) -> Conversation[Answer]:
        reply = yield from ask(_call("/check", [query.email]))
        (answer,) = _answers(reply)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    @gathers("verify_email", most=MOST, within=MOMENT)
    def verify_emails(self, queries: tuple[EmailQuery, ...]) -> Conversation[tuple[Each, ...]]:
        reply = yield from ask(_call("/checks", [query.email for query in queries]))
        return _answers(reply)

    @offers(("email",), gives=("full_name",), credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        reply = yield from ask(sharing(_call("/person", [query.keys.email]), TOGETHER))
        (answer,) = _answers(reply)
        assert isinstance(answer, Findings)
        return answer


def _call(path: str, emails: Sequence[str | None]) -> Call:
    return Call.post(path, list(emails)).costing_each(len(emails), _known)


def _known(reply: Reply) -> int:
    return sum(name is not None for name in orjson.loads(reply.body))


def _answers(reply: Reply) -> tuple[Findings | ProviderError, ...]:
    return tuple(map(_answer, orjson.loads(reply.body)))


def _answer(name: str | None) -> Findings | ProviderError:
    if name == "refused":
        return ProviderRefusedQuery("this one is not taken")
    return Findings(people=(PersonClaim(full_name=name),) if name else ())


def _join(calls: Sequence[Call]) -> Call:
    return _call("/people", [email for call in calls for email in call.json])


def _split(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply]:
    names = orjson.loads(reply.body)
    return [reply_of([name]) for name, _ in zip(names, calls, strict=True)]


TOGETHER = Sharing(kind="people", group=Group(most=MOST, within=MOMENT), join=_join, split=_split)


def reply_of(body: object) -> Reply:
    return Reply(status=200, body=orjson.dumps(body), received_at=NOW)


def known_as(email: str) -> str | None:
    """What this provider says of an address."""
    if email.startswith("no"):
        return None
    return "refused" if email.startswith("refused") else f"Owner of {email}"


@dataclass
class Gatekeeper:
    """Stands where the gates do: holds, books and answers, or fails as it is told."""

    trouble: Callable[[Call], RoleferryError | None] = lambda _: None
    """The error a call meets."""
    made: list[Call] = field(default_factory=list)
    taken: int = 0
    """What it charged, in micro-dollars."""
    unreadable_calls: int = 0
    door: asyncio.Event | None = None
    """Calls wait before it, if there is one."""

    async def send(self, call: Call, errand: Errand) -> Reply:
        price = errand.channel.price(call.credits)
        errand.terms.purse.reserve(price)
        cost = MicroUsd(0)
        try:
            self.made.append(call)
            self.arrived.set()
            await (self.door.wait() if self.door else asyncio.sleep(0))
            error = self.trouble(call)
            reply = reply_of([known_as(email) for email in call.json])
            charged = isinstance(error, ProviderError) and error.may_be_charged
            credits = call.credits if charged else 0 if error else call.charge(reply)
            cost = errand.channel.price(credits)
            self.taken += cost
            if not error or isinstance(error, ProviderError):
                errand.calls.append(_record(errand, cost, error))
        finally:
            errand.terms.purse.settle(price, cost)
        if error:
            raise error
        return reply

    async def unreadable(self, errand: Errand) -> None:
        self.unreadable_calls += 1

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first call."""

    @property
    def sizes(self) -> list[int]:
        """For how many each call asked."""
        return [len(call.json) for call in self.made]


def _record(errand: Errand, cost: MicroUsd, error: ProviderError | None) -> CallRecord:
    return CallRecord(
        id=uuid4(),
        conversation=errand.conversation,
        provider=errand.channel.name,
        capability=errand.capability,
        attempt=1,
        status=None if error else 200,
        outcome=OutcomeKind(error.outcome) if error else OutcomeKind.FOUND,
        cost=cost,
        sent_at=NOW,
        latency=timedelta(0),
        permit_wait=timedelta(0),
    )


def verify(email: str) -> Ask:
    return Ask(provider="acme", capability="verify_email", query=EmailQuery(email=Email(email)))


def find(email: str) -> Ask:
    return Ask(
        provider="acme",
        capability="find_person",
        query=PersonQuery(keys=Keys(email=Email(email))),
    )


CHANNEL = Channel(provider=Crowd(), key=Credential("test-key-acme"))


def errand_for(asked: Ask, *, cap: int | None = None, seconds: float = 60.0) -> Errand:
    deadline = asyncio.get_running_loop().time() + seconds
    purse = Purse(None if cap is None else MicroUsd(cap))
    terms = Terms(deadline=deadline, purse=purse)
    return Errand(channel=CHANNEL, capability=asked.capability, terms=terms)
