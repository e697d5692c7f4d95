"""Two companies and four people, and a way to hold an adapter's conversation with a voice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from roleferry_enrich.providers.contract import Answer, Call, Conversation, Provider
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.population import Company, Person, View

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

QUILLMERE = Company(
    id=0,
    name="Quillmere Instruments",
    legal_name="Quillmere Instruments Limited",
    former_names=("Mere Glassworks Limited",),
    number="00123456",
    status="active",
    incorporated_on=date(1987, 5, 14),
    domain="quillmere.test",
    industry="Machinery",
    sic_code="26511",
    description="Quillmere makes lenses for survey instruments.",
    employees=140,
    revenue=12_000_000,
    street="7 Mill Road",
    city="Norwich",
    state="Norfolk",
    country="United Kingdom",
    country_code="GB",
    postcode="NR3 1AA",
    phone="+441632960100",
    linkedin_slug="quillmere-test",
    technologies=("nginx", "react"),
    workforce={},
    workforce_change={},
)
BARE = replace(
    QUILLMERE,
    id=1,
    name="Tarn Trust",
    legal_name="Tarn Trust",
    former_names=(),
    number="CE099001",
    status="",
    domain="",
    industry="",
    sic_code="",
    description="",
    employees=0,
    revenue=0,
    street="",
    city="",
    state="",
    country="",
    country_code="",
    postcode="",
    phone="",
    linkedin_slug="",
    technologies=(),
)

ORLA = Person(
    id=0,
    company_id=0,
    first_name="Orla",
    middle_name="Maeve",
    last_name="Fenwick",
    honorific="Dr",
    nickname=None,
    title="Chief Executive Officer",
    seniority="c_suite",
    department="executive",
    officer_role="director",
    appointed_on=date(2012, 4, 2),
    resigned_on=None,
    birth_year=1974,
    birth_month=3,
    nationality="Irish",
    email="orla.fenwick@quillmere.test",
    personal_email="orla@postbox.test",
    mobile="+447700900123",
    linkedin_slug="orla-fenwick-test",
    city="Norwich",
    state="Norfolk",
    country="United Kingdom",
)
DEAN = replace(
    ORLA,
    id=1,
    first_name="Dean",
    middle_name=None,
    last_name="O'Duffy-Larsen",
    honorific="Mr",
    title="Chair",
    appointed_on=date(1988, 1, 5),
    resigned_on=date(2006, 9, 30),
    email="dean@quillmere.test",
    personal_email=None,
    mobile=None,
    linkedin_slug="",
)
PRIYA = replace(
    ORLA,
    id=2,
    first_name="Priya",
    middle_name=None,
    last_name="Nandakumar",
    honorific=None,
    title="Software Engineer",
    seniority="entry",
    department="engineering",
    officer_role=None,
    appointed_on=None,
    email="priya@quillmere.test",
    personal_email=None,
    linkedin_slug="priya-test",
)
SECRETARY = replace(
    ORLA,
    id=3,
    first_name="Wren",
    middle_name=None,
    last_name="Castellan",
    honorific="Miss",
    title="",
    seniority="director",
    department="legal",
    officer_role="secretary",
    email="",
    personal_email=None,
    mobile=None,
    linkedin_slug="",
)
EVERYBODY = (ORLA, DEAN, PRIYA, SECRETARY)


class SmallWorld(View):
    """What a provider would see that knew everything and got nothing wrong."""

    def __init__(self, people: Sequence[Person] = EVERYBODY) -> None:
        self._people = people
        self._companies = (QUILLMERE, BARE)

    def company_by_domain(self, domain: str) -> Company | None:
        return next((c for c in self._companies if domain and c.domain == domain), None)

    def company_by_number(self, number: str) -> Company | None:
        return next((c for c in self._companies if c.number == number), None)

    def company_by_id(self, company_id: int) -> Company | None:
        return next((c for c in self._companies if c.id == company_id), None)

    def company_by_linkedin(self, slug: str) -> Company | None:
        return next((c for c in self._companies if slug and c.linkedin_slug == slug), None)

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        def names(company: Company) -> str:
            return " ".join((company.legal_name, *company.former_names)).casefold()

        return [c for c in self._companies if text.casefold() in names(c)][:limit]

    def staff(self, company: Company) -> Sequence[Person]:
        return [p for p in self._people if p.company_id == company.id and not p.resigned_on]

    def officers(self, company: Company) -> Sequence[Person]:
        return [p for p in self._people if p.company_id == company.id and p.officer_role]

    def person_by_id(self, person_id: int) -> Person | None:
        return next((p for p in self._people if p.id == person_id), None)

    def person_by_email(self, email: str) -> Person | None:
        found = (p for p in self._people if email and email in {p.email, p.personal_email})
        return next(found, None)

    def person_by_linkedin(self, slug: str) -> Person | None:
        return next((p for p in self._people if slug and p.linkedin_slug == slug), None)

    def person_named(self, full_name: str, company: Company) -> Person | None:
        staff = self.staff(company)
        return next((p for p in staff if p.full_name.casefold() == full_name.casefold()), None)

    def mailbox(self, email: str) -> str:
        return "valid" if self.person_by_email(email) else "invalid"


class Client:
    """An HTTP client of one voice, without a socket."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def get(self, path: str) -> httpx.Response:
        return self.send("GET", path)

    def send(self, method: str, path: str, params=None, json=None, **content) -> httpx.Response:
        return asyncio.run(self._send(method, path, params=params, json=json, **content))

    async def _send(self, method: str, path: str, **content) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(transport=transport, base_url="https://voice.test") as client:
            return await client.request(method, path, **content)


def client_of(voice, view: View | None = None) -> Client:
    return Client(Starlette(routes=voice.routes(view or SmallWorld())))


def talk(provider: Provider, voice, conversation: Conversation[Answer], view=None) -> Answer:
    """The conversation's answer when each of its calls is answered by the voice."""
    client = client_of(voice, view)

    def reply_to(call: Call) -> Reply:
        answer = client.send(call.method, call.path, list(call.params) or None, call.json)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(
            status=answer.status_code, body=answer.content, headers=headers, received_at=NOW
        )

    return play(provider, conversation, reply_to)


def key_is_judged(voice, headers: dict[str, str], query: str = "") -> int:
    """The status of the voice's refusal of these credentials, 200 where it has none."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "path": "/x", "headers": raw, "query_string": query.encode()}
    refused = voice.authorised(Request(scope))
    return 200 if refused is None else refused.status_code
