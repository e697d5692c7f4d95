"""Executives and companies: how they are shown, and what the answer says of its own worth."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter
from tests.api.fake_services import ACCOUNT, OTHER

from roleferry_enrich.api import examples
from roleferry_enrich.api.answers.executives import best_source, failed_sources, source_results
from roleferry_enrich.api.schemas.answers import CompanyAnswer, ExecutivesAnswer
from roleferry_enrich.domain.enrichments import Enrichment, Goal
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.domain.records import Confidence, FieldValue
from roleferry_enrich.domain.stored import StoredCompany


@pytest.fixture
def known() -> Enrichment:
    return examples.enrichment(Goal.EXECUTIVES)


async def ask_executives(client, services, enrichment):
    services.answer = enrichment
    reply = await client.post("/companies/executives", json={"domain": "quillmere.test"})
    assert reply.status_code == 200
    TypeAdapter(ExecutivesAnswer).validate_json(reply.content)
    return reply.json()


async def ask_company(client, services, *types, **changes):
    enrichment = replace(examples.enrichment(Goal.COMPANY), **changes)
    services.answer = replace(
        enrichment, request=replace(enrichment.request, wanted=frozenset(types))
    )
    reply = await client.post("/companies/enrich", json={"domain": "quillmere.test"})
    assert reply.status_code == 200
    TypeAdapter(CompanyAnswer).validate_json(reply.content)
    return reply.json()


async def test_an_executive_is_shown_with_everything_known(client, services, known):
    (executive,) = (await ask_executives(client, services, known))["executives"]
    assert executive["full_name"] == "Maren Oakhurst"
    assert (executive["role"], executive["appointed_on"]) == ("director", "2019-04-01")
    assert executive["sources"] == ["apollo", "companies_house", "hunter"]
    assert executive["agreeing_sources"] == 3
    assert executive["provenance"]["role"]["verified"] is True
    assert [point["label"] for point in executive["contact_points"]] == ["business", "direct"]


async def test_the_company_comes_with_its_executives(client, services, known):
    company = (await ask_executives(client, services, known))["company"]
    assert company["id"] == str(examples.COMPANY_ID)
    assert company["firmographics"]["legal_name"] == "QUILLMERE INSTRUMENTS LIMITED"
    assert "technologies" not in company["firmographics"]


async def test_no_company_is_null(client, services, known):
    answer = await ask_executives(client, services, replace(known, company=None))
    assert answer["company"] is None


async def test_totals_are_those_of_the_outcomes(client, services, known):
    answer = await ask_executives(client, services, known)
    assert (answer["total_api_calls"], answer["cached_results"]) == (3, 1)
    assert answer["failed_sources"] == ["clearbit"]
    assert answer["source_results"]["apollo"] == {
        "executives": 1,
        "outcomes": ["found"],
        "calls": 1,
        "cost_usd": 0.025,
    }


def test_the_best_source_knows_most_and_costs_least(known):
    (person,) = known.executives
    assert best_source(known.executives, known.outcomes) == "companies_house"
    only_apollo = replace(person, providers=("apollo",))
    assert best_source((person, only_apollo), known.outcomes) == "apollo"
    assert best_source((), known.outcomes) is None


def test_a_source_that_answered_one_question_has_not_failed(known):
    timed_out = known.outcomes[-1]
    looked = replace(timed_out, outcome=OutcomeKind.NOT_FOUND)
    assert failed_sources((timed_out, looked)) == []
    skipped = replace(timed_out, outcome=OutcomeKind.SKIPPED)
    assert failed_sources((skipped,)) == ["clearbit"]


def test_a_source_lists_an_outcome_for_each_question(known):
    timed_out = known.outcomes[-1]
    found = replace(timed_out, outcome=OutcomeKind.FOUND)
    assert source_results((), (timed_out, found))["clearbit"]["outcomes"] == ["timed_out", "found"]


async def test_a_company_is_shown_in_the_parts_asked_for(client, services):
    answer = await ask_company(client, services, "technographics")
    assert answer["technographics"] == {"technologies": ["PostgreSQL", "React"]}
    assert answer["firmographics"] is answer["workforce_trends"] is None
    assert set(answer["provenance"]) == {"technologies"}


async def test_all_parts_of_a_company(client, services):
    answer = await ask_company(
        client, services, "firmographics", "technographics", "workforce-trends"
    )
    assert answer["firmographics"]["employees"] == 240
    assert answer["workforce_trends"]["changes"] == {"engineering": 0.05, "sales": -0.02}
    assert answer["confidence"] == 0.98


async def test_a_company_not_found_is_all_null(client, services):
    answer = await ask_company(
        client, services, "firmographics", "technographics", "workforce-trends", company=None
    )
    assert answer["firmographics"] is answer["technographics"] is answer["workforce_trends"] is None
    assert answer["confidence"] is None
    assert answer["sources"] == []


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("employees", "240", 240),
        ("employees", "about 200", None),
        ("company_size", 240, "240"),
        ("company_revenue", 1_000_000, 1_000_000),
        ("company_revenue", "1M-10M", "1M-10M"),
        ("founded_year", 1998, 1998),
    ],
)
async def test_fields_have_the_type_that_is_documented(client, services, field, value, shown):
    company = examples.enrichment(Goal.COMPANY).company
    odd = FieldValue(
        value=value, confidence=Confidence(0.9), sources=company.fields["name"].sources
    )
    company = replace(company, fields={**company.fields, field: odd})
    answer = await ask_company(client, services, "firmographics", company=company)
    assert answer["firmographics"][field] == shown


async def test_a_companys_contacts_are_asked_for_by_company(client, services):
    now = datetime(2026, 3, 2, tzinfo=UTC)
    company = StoredCompany(id=examples.COMPANY_ID, fields={}, created_at=now, updated_at=now)
    services.companies[ACCOUNT.id, company.id] = company
    reply = await client.get(f"/companies/{company.id}/contacts", params={"limit": 7})
    assert reply.json() == {"items": [], "next": None}
    assert services.pages_asked == [(ACCOUNT.id, None, 7, company.id)]


async def test_h18_another_accounts_company_looks_absent(client, services):
    now = datetime(2026, 3, 2, tzinfo=UTC)
    company = StoredCompany(id=examples.COMPANY_ID, fields={}, created_at=now, updated_at=now)
    services.companies[OTHER.id, company.id] = company
    reply = await client.get(f"/companies/{company.id}/contacts")
    assert reply.status_code == 404
    assert services.pages_asked == []
