"""A provider that does not exist, for tests of what is built around providers."""

from datetime import timedelta

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import CompanyQuery, PersonQuery
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    RateHeaders,
    Spec,
    ask,
    ask_all,
    offers,
)


class Acme(Provider):
    spec = Spec(
        name="acme",
        title="Acme",
        docs="https://acme.test/docs",
        base_url="https://api.acme.test",
        authenticate=lambda key: {"X-Key": key},
        rate_headers=(
            RateHeaders(remaining="x-left", reset="x-reset"),
            RateHeaders(remaining="x-left", reset="x-seconds", reset_is="seconds_left"),
        ),
        credit_price=MicroUsd(10_000),
        timeout=timedelta(seconds=1),
    )

    @offers(("email",), gives=("title", "full_name"), credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        reply = yield from ask(Call.get("/person", email=query.keys.email).costing(1))
        person = reply.record().record("person")
        if not person:
            return Findings()
        claim = PersonClaim(full_name=person.text("name"), title=person.text("title"))
        return Findings(people=(claim,))

    @offers(("domain",), gives=("industry",))
    def find_company(self, query: CompanyQuery) -> Conversation[Answer]:
        first, second = yield from ask_all(
            Call.get("/company", domain=query.keys.domain), Call.get("/industry")
        )
        claim = CompanyClaim(
            name=first.record().text("name"), industry=second.record().text("industry")
        )
        return Findings(companies=(claim,))
