"""The register's voice: what it says, the adapter reads; and the refusals other clients rely on."""

from dataclasses import replace

import pytest
from tests.sandbox.voices.small_world import (
    ORLA,
    QUILLMERE,
    SmallWorld,
    client_of,
    key_is_judged,
    talk,
)

from roleferry_enrich.domain.identifiers import CompanyNumber
from roleferry_enrich.domain.people import BirthMonth
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.providers.companies_house import CompaniesHouse
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.sandbox.voices import companies_house as voice

PROVIDER = CompaniesHouse()


def _numbered(number: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(company_number=CompanyNumber(number)))


def test_the_adapter_reads_a_profile():
    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(_numbered("123456"))).companies

    assert company.legal_name == "QUILLMERE INSTRUMENTS LIMITED"
    assert company.former_names == ("MERE GLASSWORKS LIMITED",)
    assert (company.company_number, company.status) == ("00123456", "active")
    assert (company.street, company.city, company.zip_code) == ("7 Mill Road", "Norwich", "NR3 1AA")
    assert company.incorporated_on == QUILLMERE.incorporated_on


def test_a_company_of_which_little_is_known_leaves_members_out():
    client = client_of(voice)

    body = client.get("/company/CE099001").json()

    assert "company_status" not in body
    assert "sic_codes" not in body
    assert None not in body.values()


def test_the_adapter_reads_the_hits_of_a_search():
    query = CompanyQuery(keys=Keys(company_name="mere glassworks"))

    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(query)).companies

    assert (company.company_number, company.name) == ("00123456", "QUILLMERE INSTRUMENTS LIMITED")
    assert company.former_names == ("MERE GLASSWORKS LIMITED",)


@pytest.mark.parametrize("capability", ["find_company", "find_people"])
def test_unknown_companies_are_not_found(capability):
    conversation = getattr(PROVIDER, capability)(_numbered("09999999"))

    assert talk(PROVIDER, voice, conversation) == Findings()


def test_the_adapter_reads_the_officers():
    answer = talk(PROVIDER, voice, PROVIDER.find_people(_numbered("00123456")))

    orla, wren, dean = answer.people
    assert (orla.first_name, orla.middle_names, orla.last_name) == ("Orla", "Maeve", "FENWICK")
    assert (orla.honorific, orla.birth) == ("Dr", BirthMonth(year=1974, month=3))
    assert (orla.appointed_on, orla.resigned_on) == (ORLA.appointed_on, None)
    assert (dean.last_name, dean.honorific) == ("O'DUFFY-LARSEN", None)
    assert (dean.appointed_on, dean.appointed_before.year) == (None, 1988)
    assert dean.resigned_on.year == 2006
    assert (wren.role, wren.birth, wren.nationality) == ("secretary", None, None)


def test_the_adapter_reads_every_page():
    crowd = [replace(ORLA, id=number, first_name=f"Orla{number}") for number in range(230)]

    answer = talk(PROVIDER, voice, PROVIDER.find_people(_numbered("00123456")), SmallWorld(crowd))

    assert len({person.first_name for person in answer.people}) == 230
    assert answer.incomplete is None


def test_a_malformed_number_breaks_the_service():
    client = client_of(voice)

    assert client.get("/company/123").status_code == 500
    assert client.get("/company/123/officers").status_code == 500


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter=active", ["FENWICK, Orla Maeve, Dr", "CASTELLAN, Wren"]),
        ("order_by=surname&items_per_page=2", ["CASTELLAN, Wren", "FENWICK, Orla Maeve, Dr"]),
        ("order_by=-surname&items_per_page=1", ["O'DUFFY-LARSEN, Dean"]),
        ("start_index=2", ["O'DUFFY-LARSEN, Dean"]),
    ],
)
def test_officers_are_filtered_sorted_and_paged(query, names):
    client = client_of(voice)

    body = client.get(f"/company/00123456/officers?{query}").json()

    assert [row["name"] for row in body["items"]] == names


def test_the_counts_speak_of_all_officers():
    client = client_of(voice)

    body = client.get("/company/00123456/officers?items_per_page=1").json()

    counts = [body[n] for n in ("active_count", "resigned_count", "inactive_count")]
    assert (counts, body["total_results"]) == ([2, 1, 0], 3)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/company/00123456/officers?order_by=name", 400),
        ("/company/00123456/officers?filter=resigned", 400),
        ("/company/00123456/officers?register_view=true&register_type=directors", 404),
        ("/advanced-search/companies?company_name_includes=nobody", 404),
        ("/search/companies?q=a&start_index=990", 416),
        ("/officers/unknown/appointments", 404),
    ],
)
def test_refusals_come_without_a_body(path, status):
    client = client_of(voice)

    reply = client.get(path)

    assert (reply.status_code, reply.content) == (status, b"")


def test_companies_that_hold_office_are_named_as_companies():
    class WithSecretary(SmallWorld):
        def company_by_number(self, number):
            return _Chartered(QUILLMERE)

    client = client_of(voice, WithSecretary())

    first = client.get("/company/00123456/officers").json()["items"][0]

    assert (first["name"], first["officer_role"]) == ("COSEC, NAME & CO LTD", "corporate-secretary")


class _Chartered:
    """A company with one more member than the small world's."""

    corporate_officers = ("Cosec, Name & Co Ltd",)

    def __init__(self, company):
        self._company = company

    def __getattr__(self, name):
        return getattr(self._company, name)


def test_an_officer_s_link_leads_to_the_appointments():
    client = client_of(voice)

    officer = client.get("/company/00123456/officers").json()["items"][0]
    body = client.get(officer["links"]["officer"]["appointments"]).json()

    assert body["name"] == "Dr Orla Maeve FENWICK"
    assert body["items"][0]["appointed_to"]["company_number"] == "00123456"
    assert body["items"][0]["name_elements"]["other_forenames"] == "Maeve"


def test_controllers_and_advanced_search_are_answered():
    client = client_of(voice)

    control = client.get("/company/00123456/persons-with-significant-control").json()
    unknown = client.get("/company/09999999/persons-with-significant-control")
    found = client.get("/advanced-search/companies?company_name_includes=quillmere").json()

    assert control["items"][0]["name_elements"]["surname"] == "FENWICK"
    assert unknown.status_code == 404
    assert found["top_hit"]["company_name"] == "QUILLMERE INSTRUMENTS LIMITED"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PROVIDER.spec.authenticate("test-key-companies-house"), 200),
        (PROVIDER.spec.authenticate("invalid-key"), 401),
        (PROVIDER.spec.authenticate(""), 401),
        ({"Authorization": "Bearer test-key"}, 401),
        ({"Authorization": "Basic ***"}, 401),
        ({}, 401),
    ],
)
def test_the_key_must_be_the_basic_user(headers, status):
    assert key_is_judged(voice, headers) == status


def test_the_limit_s_end_is_in_the_headers_alone():
    refused = voice.throttled(0, 600, 1_793_534_700)

    assert (refused.status_code, refused.body) == (429, b"")
    assert voice.limit_headers(12, 600, 1_793_534_700)["X-Ratelimit-Remain"] == "12"
