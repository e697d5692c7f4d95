"""A small town to speak of, and an adapter's calls carried to a voice without a network."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import ModuleType

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from roleferry_enrich.providers.contract import Call, Provider
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.population import Company, Person

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

QUILLMERE = Company(
    id=7,
    name="Quillmere Instruments",
    legal_name="QUILLMERE INSTRUMENTS LIMITED",
    former_names=(),
    number="00445790",
    status="active",
    incorporated_on=date(1998, 4, 2),
    domain="quillmere.test",
    industry="Measuring instruments",
    sic_code="26511",
    description="Makes measuring instruments.",
    employees=240,
    revenue=42_000_000,
    street="4 Lantern Row",
    city="Ely",
    state="Cambridgeshire",
    country="United Kingdom",
    country_code="GB",
    postcode="CB7 4AA",
    phone="+441632960101",
    linkedin_slug="quillmere-instruments-test",
    technologies=("Grafana", "Nginx"),
    workforce={"engineering": 0.4, "sales": 0.2},
    workforce_change={"engineering": 0.03, "sales": -0.1},
)
BLANK = replace(
    QUILLMERE,
    id=8,
    name="Blank & Daughters",
    domain="blank.test",
    employees=0,
    revenue=0,
    phone="",
    linkedin_slug="",
    technologies=(),
    workforce={},
    workforce_change={},
)
ORLA = Person(
    id=70,
    company_id=7,
    first_name="Orla",
    middle_name=None,
    last_name="Fenwick",
    honorific=None,
    nickname=None,
    title="Chief Executive Officer",
    seniority="c_suite",
    department="executive",
    officer_role="director",
    appointed_on=date(2019, 3, 1),
    resigned_on=None,
    birth_year=1974,
    birth_month=3,
    nationality="Irish",
    email="orla.fenwick@quillmere.test",
    personal_email="orla@home-mail.test",
    mobile="+447700900101",
    linkedin_slug="orla-fenwick-test",
    city="Ely",
    state="Cambridgeshire",
    country="United Kingdom",
)
IDRIS = replace(
    ORLA,
    id=71,
    first_name="Idris",
    last_name="Vantongeren",
    title="VP Engineering",
    seniority="vp",
    department="engineering",
    email="i.vantongeren@quillmere.test",
    linkedin_slug="idris-vantongeren-test",
)
TEMP = replace(
    ORLA,
    id=72,
    first_name="Jonty",
    last_name="Ashdown",
    title="Sales Assistant",
    seniority="entry",
    department="sales",
    email="",
    personal_email=None,
    mobile=None,
    linkedin_slug="",
)


class SmallTown:
    """Two companies; Orla's mailbox receives mail, Idris's address is wrong."""

    companies: Sequence[Company] = (QUILLMERE, BLANK)
    people: Sequence[Person] = (ORLA, IDRIS, TEMP)

    def company_by_domain(self, domain: str) -> Company | None:
        return next((c for c in self.companies if c.domain == domain), None)

    def company_by_number(self, number: str) -> Company | None:
        return next((c for c in self.companies if c.number == number), None)

    def company_by_id(self, company_id: int) -> Company | None:
        return next((c for c in self.companies if c.id == company_id), None)

    def company_by_linkedin(self, slug: str) -> Company | None:
        return next((c for c in self.companies if c.linkedin_slug == slug), None)

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        return [c for c in self.companies if c.name.lower() == text.lower()][:limit]

    def staff(self, company: Company) -> Sequence[Person]:
        return [p for p in self.people if p.company_id == company.id]

    def officers(self, company: Company) -> Sequence[Person]:
        return [p for p in self.staff(company) if p.officer_role]

    def person_by_id(self, person_id: int) -> Person | None:
        return next((p for p in self.people if p.id == person_id), None)

    def person_by_email(self, email: str) -> Person | None:
        return next((p for p in self.people if p.email == email), None)

    def person_by_linkedin(self, slug: str) -> Person | None:
        return next((p for p in self.people if p.linkedin_slug == slug), None)

    def person_named(self, full_name: str, company: Company) -> Person | None:
        return next((p for p in self.staff(company) if p.full_name == full_name), None)

    def mailbox(self, email: str) -> str:
        return "valid" if email == ORLA.email else "invalid"


def send(voice: ModuleType, request: httpx.Request) -> httpx.Response:
    """The voice's answer, its key check included."""
    app = Starlette(routes=voice.routes(SmallTown()))

    async def guarded(scope, receive, respond):  # an ASGI application
        refused = voice.authorised(Request(scope))
        await (refused or app)(scope, receive, respond)

    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app=guarded)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.send(request)

    return asyncio.run(exchange())


def speaking(voice: ModuleType, provider: Provider) -> Callable[[Call], Reply]:
    """Answers the calls of the provider's conversations by the voice."""
    return lambda call: _reply(send(voice, _request(provider, call)))


def _request(provider: Provider, call: Call) -> httpx.Request:
    assert provider.spec.authenticate is not None
    key = provider.spec.authenticate(f"test-key-{provider.spec.name}")
    return httpx.Request(
        call.method,
        f"https://sandbox.test{call.path}",
        params=list(call.params),
        json=call.json,
        headers={**key, **dict(call.headers)},
    )


def _reply(response: httpx.Response) -> Reply:
    return Reply(
        status=response.status_code,
        body=response.content,
        headers={name.lower(): value for name, value in response.headers.items()},
        received_at=NOW,
    )
