"""A gateway that answers when and what a test says, and records that are kept in memory."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tests.suppressed import held

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import (
    CallRecord,
    Found,
    Outcome,
    OutcomeKind,
    Report,
    Troubled,
)
from roleferry_enrich.domain.people import EmailClaim, PersonClaim
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.background import Background
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.progress import Result
from roleferry_enrich.pipeline.recall import Recall
from roleferry_enrich.pipeline.screening import Screen
from roleferry_enrich.providers.contract import Offer, Provider, Spec
from roleferry_enrich.sandbox.samples import sample

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACCOUNT = UUID(int=7)
EMAIL = Email("orla.fenwick@quillmere.test")
DOMAIN = Domain("quillmere.test")
PRICE = MicroUsd(10_000)


def offer(name: str, *needs: str, credits: int = 0) -> Offer:
    provider, capability = name.split(".")
    return Offer(
        provider=provider,
        capability=capability,
        needs=tuple(frozenset(alternative.split("+")) for alternative in needs),
        hints=frozenset(),
        gives=frozenset({"full_name", "title", "industry", "domain", "company_number"}),
        credits=credits,
        fresh_for=timedelta(days=1),
    )


class _Offering(Provider):
    def __init__(self, name: str, offered: tuple[Offer, ...]) -> None:
        self.spec = Spec(
            name=name, title=name, docs="https://x.test", base_url="https://x.test",
            credit_price=PRICE,
        )  # fmt: skip
        self._offered = offered

    def offers(self):
        return iter(self._offered)


class Script:
    """Each offer's answer as a future, so that a test decides when it comes."""

    def __init__(self, *offered: Offer) -> None:
        self.held = held()
        names = dict.fromkeys(o.provider for o in offered)
        self.channels = {
            name: Channel(provider=_Offering(name, tuple(o for o in offered if o.provider == name)))
            for name in names
        }
        self._answers: dict[str, asyncio.Future[Outcome]] = {}
        self._costs = {f"{o.provider}.{o.capability}": o.credits * PRICE for o in offered}
        self._starts: dict[str, asyncio.Event] = {}
        self.asked: list[Ask] = []
        self.terms: list[Terms] = []

    @property
    def names(self) -> list[str]:
        return [f"{ask.provider}.{ask.capability}" for ask in self.asked]

    def answer(self, name: str, outcome: Outcome) -> None:
        """What it answers from now on; whoever waits for it has it at once."""
        if self._answer(name).done():
            self._answers[name] = asyncio.get_running_loop().create_future()
        self._answer(name).set_result(outcome)

    def of(self, account_id: UUID, request: Request) -> Screen:
        return Screen(self, self.held, account_id, request)

    async def until_asked(self, name: str) -> None:
        async with asyncio.timeout(5):
            await self._begun(name).wait()

    async def ask(self, ask: Ask, terms: Terms) -> Report:
        name = f"{ask.provider}.{ask.capability}"
        self.asked.append(ask)
        self.terms.append(terms)
        self._begun(name).set()
        # Whoever goes on with what was begun has paid.
        cost = 0 if ask.reference else self._costs[name]
        terms.purse.reserve(MicroUsd(cost))
        outcome = await asyncio.shield(self._answer(name))
        calls = (_call(ask, cost),)
        return Report(
            conversation=calls[0].conversation,
            provider=ask.provider,
            capability=ask.capability,
            outcome=outcome,
            latency=timedelta(milliseconds=3),
            calls=calls,
        )

    def _begun(self, name: str) -> asyncio.Event:
        return self._starts.setdefault(name, asyncio.Event())

    def _answer(self, name: str) -> asyncio.Future[Outcome]:
        return self._answers.setdefault(name, asyncio.get_running_loop().create_future())


async def all_that_can_happen() -> None:
    """Let every task run until it waits for something that only the test can bring."""
    for _ in range(10):
        await asyncio.sleep(0)


def _call(ask: Ask, cost: int) -> CallRecord:
    return CallRecord(
        id=uuid4(),
        conversation=uuid4(),
        provider=ask.provider,
        capability=ask.capability,
        attempt=1,
        status=200,
        outcome=OutcomeKind.FOUND,
        cost=MicroUsd(cost),
        sent_at=NOW,
        latency=timedelta(milliseconds=3),
        permit_wait=timedelta(0),
    )


class Shelf:
    """Records in memory; `broken` as if the database were away."""

    def __init__(self, *, broken: bool = False) -> None:
        self.kept: list[Enrichment] = []
        self.observed: list[Observations] = []
        self.reports: list[tuple[Report, ...]] = []
        self.within: list[timedelta] = []
        self.alongside: list[object] = []
        self.events: list[EventType | None] = []
        self.bills: list[Bill] = []
        self._broken = broken

    async def record(
        self, enrichment, reports, observations, *, within, bill=None, alongside=None
    ) -> Enrichment:
        self.bills.append(bill)
        self.within.append(within)
        self.alongside.append(alongside)
        return enrichment if self._broken else self._keep(enrichment, reports, observations)

    async def store(
        self, enrichment, reports, observations, *, bill=None, event=None, alongside=None
    ) -> Enrichment:
        self.alongside.append(alongside)
        self.bills.append(bill)
        self.events.append(event)
        if self._broken:
            raise ServiceUnavailable("the database is away")
        return self._keep(enrichment, reports, observations)

    def _keep(self, enrichment, reports, observations) -> Enrichment:
        self.kept.append(enrichment)
        self.observed.append(observations)
        self.reports.append(reports)
        return enrichment


class Onlooker:
    def __init__(self) -> None:
        self.seen: list[Enrichment] = []

    def answered(self, enrichment: Enrichment) -> None:
        self.seen.append(enrichment)


def enricher(script: Script, shelf: Shelf, background: Background | None = None) -> Enricher:
    return Enricher(
        gateway=script,
        recall=Recall(script),
        records=shelf,
        background=background or Background(),
        onlooker=Onlooker(),
        sample=_sample,
        now=lambda: datetime.now(UTC),
    )


def _sample(request: Request) -> Result:
    company, people = sample(request.keys, request.limit)
    return Result(person=people[0], company=company)


def request(goal: Goal = Goal.PERSON, *, keys: Keys | None = None, **options) -> Request:
    short = {"deadline": timedelta(milliseconds=200)}
    keys = keys or Keys(email=EMAIL, domain=DOMAIN)
    return Request(goal=goal, keys=keys, options=Options(**short | options))


def terms(seconds: float = 5.0, cap: int | None = None) -> Terms:
    deadline = asyncio.get_running_loop().time() + seconds
    return Terms(deadline=deadline, purse=Purse(None if cap is None else MicroUsd(cap)))


def orla(provider: str = "acme", **changed) -> Found:
    standard = {
        "full_name": "Orla Fenwick",
        "title": "Chief Executive Officer",
        "emails": (EmailClaim(address=EMAIL),),
    }
    return said_of(PersonClaim(**standard | changed), provider=provider)


def quillmere(provider: str = "acme", **changed) -> Found:
    claim = CompanyClaim(**{"name": "Quillmere Optics", "domain": DOMAIN} | changed)
    return said_of(claim, provider=provider)


def said_of(*claims: PersonClaim | CompanyClaim, provider: str = "acme") -> Found:
    where = Provenance(
        provider=provider, capability="find_person", origin=provider, conversation=uuid4(),
        observed_at=NOW,
    )  # fmt: skip
    people = tuple(Observation(c, where) for c in claims if isinstance(c, PersonClaim))
    companies = tuple(Observation(c, where) for c in claims if isinstance(c, CompanyClaim))
    return Found(Observations(people=people, companies=companies))


TROUBLE = Troubled(OutcomeKind.FAILED, "status 500")


def outcomes(enrichment: Enrichment) -> dict[str, str]:
    """Each question's outcome, with the reason where there is one."""
    return {
        f"{o.provider}.{o.capability}": f"{o.outcome}:{o.reason}" if o.reason else str(o.outcome)
        for o in enrichment.outcomes
    }
