"""The adapter, run over every make of site, finds the staff that is shown and nobody else."""

import asyncio
from datetime import date

import httpx
import pytest
from starlette.applications import Starlette
from tests.providers.conformance import NOW

from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import ProviderError
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.providers.website import Website
from roleferry_enrich.sandbox.population import Company, Person, View
from roleferry_enrich.sandbox.voices import website as voice
from roleferry_enrich.sandbox.websites import DECOYS, Make, staff_shown

STAFF = (
    ("Orla", "Fenwick", "Chief Executive Officer"),
    ("Tomas", "Brandt", "Finance Director"),
    ("Mary-Jane", "O'Hollis", "VP Engineering"),
    ("Ines", "de la Cuesta", "Head of People & Culture"),
    ("Pell", "Ashdown", "Senior Software Engineer"),
    ("Zoë", "Young", "Founder"),
)


def company_of(make: Make) -> Company:
    return Company(
        id=800 + make, name="Quillmere Instruments", legal_name="QUILLMERE INSTRUMENTS LIMITED",
        former_names=(), number="01234567", status="active", incorporated_on=date(2004, 5, 1),
        domain="quillmere.test", industry="Instruments", sic_code="26511",
        description="Instruments that agree with each other", employees=120, revenue=9_000_000,
        street="1 Lens Lane", city="Leeds", state="West Yorkshire", country="United Kingdom",
        country_code="GB", postcode="LS1 1AA", phone="+441134960100",
        linkedin_slug="quillmere-test", technologies=(), workforce={}, workforce_change={},
    )  # fmt: skip


def person_of(number: int, first: str, last: str, title: str) -> Person:
    return Person(
        id=number, company_id=800, first_name=first, middle_name=None, last_name=last,
        honorific=None, nickname=None, title=title, seniority="head", department="operations",
        officer_role=None, appointed_on=None, resigned_on=None, birth_year=1980, birth_month=4,
        nationality="British", email=f"person{number}@quillmere.test", personal_email=None,
        mobile=None, linkedin_slug=f"person-{number}-test", city="Leeds", state="West Yorkshire",
        country="United Kingdom",
    )  # fmt: skip


class OneCompany(View):
    def __init__(self, make: Make) -> None:
        self.company = company_of(make)
        self.people = tuple(person_of(n, *row) for n, row in enumerate(STAFF, start=1))

    def company_by_domain(self, domain: str) -> Company | None:
        return self.company if domain == self.company.domain else None

    def staff(self, company: Company):
        return self.people


def ask(view: View, capability: str, domain: str = "quillmere.test") -> Findings:
    app = Starlette(routes=voice.routes(view))
    website = Website()

    async def fetch(call: Call) -> httpx.Response:
        host = (call.origin or "").removeprefix("https://")
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return await client.get(f"/{host}{call.path}", params=dict(call.params))

    def reply_to(call: Call) -> Reply:
        answer = asyncio.run(fetch(call))
        return Reply(
            status=answer.status_code,
            body=answer.content,
            headers=dict(answer.headers),
            received_at=NOW,
        )

    query = CompanyQuery(keys=Keys(domain=Domain(domain)))
    answer = play(website, getattr(website, capability)(query), reply_to)
    assert isinstance(answer, Findings)
    return answer


@pytest.mark.parametrize("make", Make)
def test_the_staff_shown_is_found_with_titles_and_nobody_else(make: Make) -> None:
    view = OneCompany(make)

    found = ask(view, "find_people").people

    shown = staff_shown(view.company, view.people)
    assert [(p.full_name, p.title) for p in found] == [(p.full_name, p.title) for p in shown]
    assert not {p.full_name for p in found} & set(DECOYS)


@pytest.mark.parametrize("make", [Make.MICRODATA, Make.CARDS, Make.TABLE])
def test_addresses_go_to_the_person_they_stand_beside(make: Make) -> None:
    view = OneCompany(make)

    found = ask(view, "find_people").people

    assert [[e.address for e in p.emails] for p in found] == [[p.email] for p in view.people]


@pytest.mark.parametrize("make", [Make.GRAPH, Make.CARDS])
def test_profiles_go_to_the_person_they_stand_beside(make: Make) -> None:
    view = OneCompany(make)

    found = ask(view, "find_people").people

    assert [p.linkedin_url for p in found] == [
        f"https://www.linkedin.com/in/{p.linkedin_slug}" for p in view.people
    ]


@pytest.mark.parametrize("make", Make)
def test_the_company_is_found_by_its_registered_number(make: Make) -> None:
    (company,) = ask(OneCompany(make), "find_company").companies

    assert company.company_number == "01234567"
    assert company.legal_name == "QUILLMERE INSTRUMENTS LIMITED"
    assert company.domain == "quillmere.test"
    assert company.linkedin_url == "https://www.linkedin.com/company/quillmere-test"
    assert company.email == "info@quillmere.test"
    assert company.phone == "+441134960100"


def test_a_host_nobody_has_is_a_failure() -> None:
    with pytest.raises(ProviderError):
        ask(OneCompany(Make.CARDS), "find_people", "nobody.test")


def test_a_site_wants_no_key_and_says_nothing_of_limits() -> None:
    assert voice.NAME == "website"
    assert voice.WINDOWS == ()
    assert voice.limit_headers(1, 2, 3) == {}
    assert voice.throttled(0, 1, 7).status_code == 429
