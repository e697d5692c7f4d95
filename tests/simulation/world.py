"""The invented people, firms and adapters that simulated requests are about."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.simulation.scenario import Arrival, Sketch

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Goal, Options, Request
from roleferry_enrich.domain.identifiers import Domain, Email, MicroUsd
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailVerdict,
    PersonClaim,
)
from roleferry_enrich.domain.queries import Ask, CompanyQuery, EmailQuery, Keys, PersonQuery
from roleferry_enrich.errors import CallSkipped, ProviderError
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    ClaimedByPerson,
    Conversation,
    Findings,
    Pending,
    Provider,
    RateHeaders,
    Spec,
    answered,
    answered_with,
    ask,
    ask_all,
    offers,
    pause,
)
from roleferry_enrich.providers.replies import Record, Reply

_FIRST = ("Orla", "Tomas", "Ines", "Ravi", "Maud")
_LAST = ("Fenwick", "Halloran", "Quist", "Okafor")
POLLS = 3


def name_of(subject: int) -> str:
    return f"{_FIRST[subject % 5]} {_LAST[subject // 5 % 4]}"


def domain_of(subject: int) -> Domain:
    return Domain(f"quillmere{subject % 7}.test")


def email_of(subject: int) -> Email:
    return Email(f"{name_of(subject).lower().replace(' ', '.')}@{domain_of(subject)}")


def keys_of(subject: int, *, by_name: bool) -> Keys:
    if by_name:
        return Keys(full_name=name_of(subject), domain=domain_of(subject))
    return Keys(email=email_of(subject))


def provider_of(sketch: Sketch) -> Provider:
    """An adapter with the sketch's capabilities. Its claims refer to the reply they came in."""
    methods = {name: _CONVERSATIONS[name](sketch) for name in sketch.capabilities}
    kind = type(sketch.name, (Provider,), {"spec": _spec(sketch), **methods})
    provider = kind()
    assert isinstance(provider, Provider)
    return provider


def _spec(sketch: Sketch) -> Spec:
    return Spec(
        name=sketch.name,
        title=sketch.name,
        docs="https://docs.test",
        base_url=f"https://{sketch.name}.test",
        permits=sketch.windows,
        lanes={"search": sketch.lane} if sketch.lane else {},
        rate_headers=(RateHeaders("x-left", "x-reset", reset_is="seconds_left"),),
        concurrency=sketch.concurrency,
        credit_price=MicroUsd(sketch.price),
        timeout=sketch.timeout,
        body_limit=100_000,
    )


def _bill(sketch: Sketch, call: Call, member: str) -> Call:
    if not sketch.credits:
        return call
    if sketch.pays_for_misses:
        return call.costing(sketch.credits, answered)
    return call.costing(sketch.credits, answered_with(lambda record: bool(record.value(member))))


def _find_person(sketch: Sketch) -> object:
    @offers(("email",), gives=("full_name", "title"), credits=sketch.credits,
            fresh_for=sketch.fresh_for)  # fmt: skip
    def find_person(_: Provider, query: PersonQuery) -> Conversation[Answer]:
        call = _bill(sketch, Call.get("/person", email=query.keys.email), "person")
        reply = (yield from ask(call)).record()
        if reply.flag("claimed"):
            return ClaimedByPerson()
        reply.require("person")
        return Findings(people=tuple(map(_person, reply.records("person"))))

    return find_person


def _find_email(sketch: Sketch) -> object:
    @offers(("full_name", "domain"), gives=("business_email",), credits=sketch.credits,
            fresh_for=sketch.fresh_for)  # fmt: skip
    def find_email(_: Provider, query: PersonQuery) -> Conversation[Answer]:
        call = Call.get("/email", name=query.keys.full_name, domain=query.keys.domain)
        reply = (yield from ask(_bill(sketch, call, "person"))).record()
        if reply.flag("claimed"):
            return ClaimedByPerson()
        reply.require("person")
        return Findings(people=tuple(map(_person, reply.records("person"))))

    return find_email


def _verify_email(sketch: Sketch) -> object:
    @offers(("email",), gives=("business_email",), credits=1, fresh_for=sketch.fresh_for)
    def verify_email(_: Provider, query: EmailQuery) -> Conversation[Answer]:
        reply = (yield from ask(Call.get("/verify", email=query.email).costing(1))).record()
        reply.require("verdict")
        if not reply.text("verdict"):
            return Findings()
        serial = reply.text("serial") or ""
        verdict = EmailVerdict(
            address=query.email, deliverability=Deliverability.VALID, reasons=(serial,)
        )
        return Findings(verdicts=(verdict,))

    return verify_email


def _find_company(sketch: Sketch) -> object:
    @offers(("domain",), gives=("industry", "company_size"), credits=sketch.credits,
            fresh_for=sketch.fresh_for)  # fmt: skip
    def find_company(_: Provider, query: CompanyQuery) -> Conversation[Answer]:
        domain = query.keys.domain
        paid = _bill(sketch, Call.get("/company", domain=domain), "company")
        company, industry = yield from ask_all(paid, Call.get("/industry", domain=domain))
        found, more = company.record(), industry.record()
        found.require("company")
        claims = tuple(_company(row, more) for row in found.records("company"))
        return Findings(companies=claims)

    return find_company


def _find_people(sketch: Sketch) -> object:
    @offers(("domain",), gives=("full_name", "title"), credits=sketch.credits,
            fresh_for=sketch.fresh_for)  # fmt: skip
    def find_people(_: Provider, query: CompanyQuery) -> Conversation[Answer]:
        people: tuple[PersonClaim, ...] = ()
        for page in range(1, 4):
            call = Call.get("/people", domain=query.keys.domain, page=page).in_lane("search")
            if sketch.credits:
                call = call.costing_each(sketch.credits, _rows)
            try:
                reply = (yield from ask(call)).record()
            except (ProviderError, CallSkipped) as error:
                if page == 1:
                    raise
                return Findings(people=people, incomplete=type(error).__name__)
            reply.require("people")
            people += tuple(map(_person, reply.records("people")))
            if not reply.flag("more"):
                break
        return Findings(people=people)

    return find_people


def _find_workforce(sketch: Sketch) -> object:
    @offers(("domain",), gives=("workforce",), credits=sketch.credits,
            fresh_for=sketch.fresh_for)  # fmt: skip
    def find_workforce(_: Provider, query: CompanyQuery) -> Conversation[Answer]:
        start = Call.post("/jobs", {"domain": query.keys.domain})
        job = (yield from ask(_bill(sketch, start, "job"))).record()
        job.require("job")
        for _ in range(POLLS):
            yield from pause(timedelta(seconds=0.4))
            state = (yield from ask(Call.get("/jobs/state", job=job.text("job")))).record()
            state.require("company")
            if rows := state.records("company"):
                return Findings(companies=tuple(_company(row, state) for row in rows))
        return Pending(timedelta(seconds=5))

    return find_workforce


_CONVERSATIONS: Mapping[str, Callable[[Sketch], object]] = {
    "find_person": _find_person,
    "find_email": _find_email,
    "verify_email": _verify_email,
    "find_company": _find_company,
    "find_people": _find_people,
    "find_workforce": _find_workforce,
}


def _rows(reply: Reply) -> int:
    return len(reply.record().records("people")) if reply.status == 200 else 0


def _person(row: Record) -> PersonClaim:
    if row.flag("odd"):
        raise KeyError("a bug of this adapter")
    return PersonClaim(
        reference=row.text("serial"),
        full_name=row.text("name"),
        title=row.text("title"),
        company_domain=row.text("domain"),
        emails=(EmailClaim(address=row.text("email") or ""),) if row.text("email") else (),
    )


def _company(row: Record, more: Record) -> CompanyClaim:
    return CompanyClaim(
        reference=row.text("serial"),
        name=row.text("name"),
        domain=row.text("domain"),
        industry=more.text("industry"),
    )


def request_of(arrival: Arrival) -> Request:
    keys = Keys(domain=domain_of(arrival.subject))
    if arrival.goal is Goal.PERSON:
        keys = keys_of(arrival.subject, by_name=arrival.by_name)
    wanted = {
        Goal.PERSON: frozenset({"full_name", "title", "business_email", "industry"}),
        Goal.EXECUTIVES: frozenset[str](),
        Goal.COMPANY: frozenset({"firmographics", "workforce-trends"}),
    }
    options = Options(
        deadline=timedelta(seconds=arrival.deadline),
        strategy=arrival.strategy,
        max_cost=None if arrival.max_cost is None else MicroUsd(arrival.max_cost),
        max_age=None if arrival.max_age is None else timedelta(seconds=arrival.max_age),
    )
    return Request(
        goal=arrival.goal, keys=keys, wanted=wanted[arrival.goal], limit=5, options=options
    )


def asked_of(subject: int, channels: Mapping[str, Channel]) -> list[Ask]:
    """What providers are asked about one person, by the address."""
    query = PersonQuery(keys=Keys(email=email_of(subject)))
    return [
        Ask(provider=name, capability="find_person", query=query)
        for name, channel in channels.items()
        if any(offer.capability == "find_person" for offer in channel.offers())
    ]
