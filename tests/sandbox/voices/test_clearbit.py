"""Clearbit's voice: what it says, the adapter reads; and what an ordinary client of it expects."""

import pytest
from tests.sandbox.voices.small_world import (
    ORLA,
    PRIYA,
    SmallWorld,
    client_of,
    key_is_judged,
    talk,
)

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.people import EmailKind
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.providers.clearbit import Clearbit
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.sandbox.voices import clearbit as voice

PROVIDER = Clearbit()


def _company(titles: tuple[str, ...] = (), **keys: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(**keys), titles=titles)


def _person(email: str) -> PersonQuery:
    return PersonQuery(keys=Keys(email=Email(email)))


def test_the_adapter_reads_both_halves():
    answer = talk(PROVIDER, voice, PROVIDER.find_person(_person(ORLA.email)))

    (person,), (company,) = answer.people, answer.companies
    assert (person.full_name, person.title) == ("Orla Fenwick", "Chief Executive Officer")
    assert (person.seniority, person.department) == ("executive", "leadership")
    assert person.linkedin_url == "https://www.linkedin.com/in/orla-fenwick-test"
    assert person.emails[0].kind is EmailKind.BUSINESS
    assert (company.domain, company.employees) == ("quillmere.test", 140)
    assert (company.employees_range, company.revenue_range) == ("51-250", "$10M-$50M")
    assert (company.street, company.zip_code) == ("7 Mill Road", "NR3 1AA")
    assert company.technologies == ("nginx", "react")


def test_a_private_address_is_known_as_one():
    (person,) = talk(PROVIDER, voice, PROVIDER.find_person(_person("orla@postbox.test"))).people

    assert person.emails[0].address == "orla@postbox.test"
    assert person.emails[0].kind is EmailKind.PERSONAL


def test_only_the_company_is_known_of_a_stranger_s_address():
    answer = talk(PROVIDER, voice, PROVIDER.find_person(_person("new@quillmere.test")))

    assert (answer.people, answer.companies[0].domain) == ((), "quillmere.test")


def test_the_adapter_reads_a_company():
    query = _company(domain=Domain("quillmere.test"))

    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(query)).companies

    assert (company.legal_name, company.founded_year) == ("Quillmere Instruments Limited", 1987)


def test_the_adapter_reads_the_domain_of_a_name():
    query = _company(company_name="Quillmere")

    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(query)).companies

    assert (company.name, company.domain) == ("Quillmere Instruments", "quillmere.test")


def test_the_adapter_reads_prospects_without_addresses():
    query = _company(domain=Domain("quillmere.test"))

    (person,) = talk(PROVIDER, voice, PROVIDER.find_people(query)).people

    assert (person.full_name, person.emails) == ("Orla Fenwick", ())


def test_the_adapter_finds_prospects_by_title():
    query = _company(("engineer",), domain=Domain("quillmere.test"))

    (person,) = talk(PROVIDER, voice, PROVIDER.find_people(query)).people

    assert (person.full_name, person.seniority) == ("Priya Nandakumar", None)


@pytest.mark.parametrize(
    "conversation",
    [
        PROVIDER.find_person(_person("nobody@nobody.test")),
        PROVIDER.find_company(_company(domain=Domain("nobody.test"))),
        PROVIDER.find_company(_company(company_name="Nobody")),
        PROVIDER.find_company(_company(company_name="Tarn Trust")),
        PROVIDER.find_people(_company(domain=Domain("nobody.test"))),
    ],
)
def test_the_unknown_are_not_found(conversation):
    assert talk(PROVIDER, voice, conversation) == Findings()


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/v2/combined/find?email=x", 422, "email_invalid"),
        ("/v2/people/find", 422, "email_invalid"),
        ("/v2/people/find?email=nobody@nobody.test", 404, "unknown_record"),
        ("/v2/people/p_x", 404, "unknown_record"),
        ("/v2/companies/find?domain=x", 422, "domain_invalid"),
        ("/v2/companies/zzzzzzzz-0", 404, "unknown_record"),
        ("/v1/domains/find", 422, "params_invalid"),
        ("/v1/people/e_00000003-0000/email", 404, "unknown_record"),
    ],
)
def test_errors_have_clearbit_s_own_types(path, status, error):
    reply = client_of(voice).get(path)

    assert (reply.status_code, reply.json()["error"]["type"]) == (status, error)


def test_documents_are_found_again_by_their_id():
    client = client_of(voice)
    both = client.get(f"/v2/combined/find?email={PRIYA.email}").json()

    assert client.get(f"/v2/people/{both['person']['id']}").json()["email"] == PRIYA.email
    assert client.get(f"/v2/companies/{both['company']['id']}").json() == both["company"]
    assert client.get(f"/v2/people/find?email={PRIYA.email}").json() == both["person"]


def test_a_prospect_s_address_is_sold_apart():
    client = client_of(voice)
    search = "/v1/people/search?domain=quillmere.test&roles[]=engineering"

    (row,) = client.get(search).json()["results"]
    (bought,) = client.get(f"{search}&email=true").json()["results"]
    sold = client.get(f"/v1/people/{row['id']}/email").json()

    assert (row["email"], bought["email"]) == (None, PRIYA.email)
    assert sold == {"email": PRIYA.email, "verified": True}


def test_prospects_come_in_pages():
    body = client_of(voice).get("/v1/people/search?domain=quillmere.test&page=2&page_size=2").json()

    assert (body["page"], body["page_size"], body["total"]) == (2, 2, 3)
    assert [row["name"]["givenName"] for row in body["results"]] == ["Wren"]


def test_names_are_completed_without_a_key():
    reply = client_of(voice).get("/v1/companies/suggest?query=quill")

    assert reply.json() == [
        {"name": "Quillmere Instruments", "domain": "quillmere.test", "logo": None}
    ]
    assert client_of(voice).get("/v1/companies/suggest").json() == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (PROVIDER.spec.authenticate("test-key-clearbit"), 200),
        ({"Authorization": "Basic dGVzdC1rZXk6"}, 200),
        ({"Authorization": "Bearer invalid-key"}, 401),
        ({"Authorization": "Basic ***"}, 401),
        ({}, 401),
    ],
)
def test_the_key_is_a_bearer_or_the_basic_user(headers, status):
    assert key_is_judged(voice, headers) == status


def test_the_limit_s_end_is_in_the_headers():
    assert voice.throttled(0, 600, 1_793_534_700).status_code == 429
    assert "retry-after" not in voice.throttled(0, 600, 1_793_534_700).headers
    assert voice.limit_headers(3, 600, 1_793_534_700)["X-RateLimit-Reset"] == "1793534700"


def test_someone_without_an_employer_still_has_a_document():
    class Freelance(SmallWorld):
        def company_by_id(self, company_id):
            return None

    (person,) = talk(
        PROVIDER, voice, PROVIDER.find_person(_person("orla@postbox.test")), Freelance()
    ).people

    assert (person.company_name, person.title) == (None, "Chief Executive Officer")
