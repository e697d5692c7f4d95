"""Twelve providers that do not exist: as many as a well-stocked installation has.

Their adapter reads a record as our real ones do, so that what it costs is what they cost.
"""

from collections.abc import Mapping
from datetime import timedelta

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import PersonQuery
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.providers.claims.apollo import employer_claims, person_claim
from roleferry_enrich.providers.contract import (
    Answer,
    Call,
    Conversation,
    Findings,
    Provider,
    Spec,
    Window,
    ask,
    offers,
)

NAMES = tuple(f"bench{n:02}" for n in range(1, 13))
_CONCURRENCY = 400
"""Not what is measured here, so never what is waited for."""
_GIVES = (
    *("first_name", "last_name", "full_name", "title", "seniority", "department"),
    *("linkedin_url", "business_email", "city", "state", "country", "zip_code"),
    *("company_name", "industry", "company_size", "company_revenue", "technologies"),
)


class _Bench(Provider):
    @offers(("email",), gives=_GIVES, credits=1)
    def find_person(self, query: PersonQuery) -> Conversation[Answer]:
        path = f"/{self.spec.name}/person"
        reply = yield from ask(Call.get(path, email=query.keys.email).costing(1))
        person = reply.record().record("person")
        return Findings(people=(person_claim(person),), companies=employer_claims(person))


def channels(far_end: str, *, timeout: timedelta = timedelta(seconds=10)) -> Mapping[str, Channel]:
    """All twelve, with a key and a limit that is checked and never reached."""
    return {
        name: Channel(
            provider=_provider(name),
            key=Credential(f"test-key-{name}"),
            base_url=far_end,
            timeout=timeout,
        )
        for name in NAMES
    }


def _provider(name: str) -> Provider:
    spec = Spec(
        name=name,
        title=name,
        docs="https://bench.test/docs",
        base_url="https://bench.test",
        authenticate=lambda key: {"X-Api-Key": key},
        permits=(Window(1_000_000, timedelta(seconds=1)), Window(10_000_000, timedelta(minutes=1))),
        concurrency=_CONCURRENCY,
        credit_price=MicroUsd(10_000),
    )
    # A class each: a provider's spec belongs to its class.
    adapter: type[_Bench] = type(name, (_Bench,), {"spec": spec})
    return adapter()
