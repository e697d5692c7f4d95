"""Hunter's voice: what it says, the adapter reads; and what ordinary clients expect of it."""

from dataclasses import replace

import pytest
from tests.sandbox.voices.small_world import (
    EVERYBODY,
    NOW,
    ORLA,
    PRIYA,
    SmallWorld,
    client_of,
    key_is_judged,
    talk,
)

from roleferry_enrich.domain.identifiers import Domain, Email, ProfileUrl
from roleferry_enrich.domain.people import Deliverability, EmailKind
from roleferry_enrich.domain.queries import CompanyQuery, EmailQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderRateLimited
from roleferry_enrich.providers.contract import Call, Findings
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.sandbox.voices import hunter as voice

PROVIDER = Hunter()


def _company(titles: tuple[str, ...] = (), **keys: str) -> CompanyQuery:
    return CompanyQuery(keys=Keys(**keys), titles=titles)


def _person(**keys: str) -> PersonQuery:
    return PersonQuery(keys=Keys(**keys))


def test_the_adapter_reads_the_executives_of_a_domain():
    query = _company(domain=Domain("quillmere.test"))

    answer = talk(PROVIDER, voice, PROVIDER.find_people(query))

    (orla,) = answer.people
    assert (orla.full_name, orla.title) == ("Orla Fenwick", "Chief Executive Officer")
    assert (orla.seniority, orla.department) == ("executive", "executive")
    assert orla.linkedin_url == "https://www.linkedin.com/in/orla-fenwick-test"
    assert [phone.number for phone in orla.phones] == [ORLA.mobile]
    (email,) = orla.emails
    assert (email.address, email.kind, email.score) == (ORLA.email, EmailKind.BUSINESS, 97)
    assert email.deliverability is Deliverability.VALID
    assert answer.companies[0].domain == "quillmere.test"


@pytest.mark.parametrize("title", ["CEO", "executive officer"])
def test_the_adapter_finds_titles_by_their_words_and_initials(title):
    query = _company((title, "Astronaut"), company_name="Quillmere")

    answer = talk(PROVIDER, voice, PROVIDER.find_people(query))

    assert [person.full_name for person in answer.people] == ["Orla Fenwick"]


def test_people_without_an_address_are_unknown():
    world = SmallWorld([replace(person, email="") for person in EVERYBODY])
    query = _company(domain=Domain("quillmere.test"))

    assert talk(PROVIDER, voice, PROVIDER.find_people(query), world) == Findings()


@pytest.mark.parametrize(
    "keys",
    [
        {"first_name": "Orla", "last_name": "Fenwick", "domain": "quillmere.test"},
        {"full_name": "Orla Fenwick", "company_name": "Quillmere"},
        {"linkedin_url": ProfileUrl("linkedin.com/in/orla-fenwick-test")},
    ],
)
def test_the_adapter_reads_the_finder(keys):
    (person,) = talk(PROVIDER, voice, PROVIDER.find_email(_person(**keys))).people

    assert person.emails[0].address == ORLA.email
    assert person.company_domain == "quillmere.test"


@pytest.mark.parametrize("domain", ["quillmere.test", "nobody.test"])
def test_the_finder_without_an_address_has_found_nothing(domain):
    query = _person(full_name="Nobody Here", domain=domain)

    assert talk(PROVIDER, voice, PROVIDER.find_email(query)) == Findings()


@pytest.mark.parametrize(
    ("mailbox", "verdict"),
    [
        ("valid", Deliverability.VALID),
        ("invalid", Deliverability.INVALID),
        ("accept_all", Deliverability.ACCEPT_ALL),
        ("unknown", Deliverability.UNKNOWN),
    ],
)
def test_the_adapter_reads_the_verifier(mailbox, verdict):
    class Mailboxes(SmallWorld):
        def mailbox(self, email):
            return mailbox

    query = EmailQuery(email=Email(ORLA.email))

    answer = talk(PROVIDER, voice, PROVIDER.verify_email(query), Mailboxes())

    assert answer.verdicts[0].deliverability is verdict


@pytest.mark.parametrize(
    "keys",
    [{"email": Email(PRIYA.email)}, {"linkedin_url": ProfileUrl("linkedin.com/in/priya-test")}],
)
def test_the_adapter_reads_a_person(keys):
    (person,) = talk(PROVIDER, voice, PROVIDER.find_person(_person(**keys))).people

    assert (person.full_name, person.seniority) == ("Priya Nandakumar", None)
    assert person.linkedin_url == "https://www.linkedin.com/in/priya-test"
    assert (person.company_name, person.city) == ("Quillmere Instruments", "Norwich")


def test_the_adapter_reads_a_company():
    query = _company(domain=Domain("quillmere.test"))

    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(query)).companies

    assert (company.name, company.founded_year) == ("Quillmere Instruments", 1987)
    assert (company.employees, company.employees_range) == (None, "51-200")
    assert company.linkedin_url == "https://www.linkedin.com/company/quillmere-test"


def test_the_adapter_reads_the_domains_of_a_name():
    query = _company(company_name="Quillmere")

    (company,) = talk(PROVIDER, voice, PROVIDER.find_company(query)).companies

    assert company.domain == "quillmere.test"


@pytest.mark.parametrize(
    "conversation",
    [
        PROVIDER.find_person(_person(email=Email("nobody@nobody.test"))),
        PROVIDER.find_person(_person(linkedin_url=ProfileUrl("linkedin.com/in/nobody"))),
        PROVIDER.find_company(_company(domain=Domain("nobody.test"))),
        PROVIDER.find_company(_company(company_name="Nobody")),
        PROVIDER.find_people(_company(domain=Domain("nobody.test"))),
    ],
)
def test_the_unknown_are_not_found(conversation):
    assert talk(PROVIDER, voice, conversation) == Findings()


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("domain-search", 400, "wrong_params"),
        ("domain-search?domain=a.test&type=x", 400, "invalid_type"),
        ("domain-search?domain=a.test&seniority=senior,x", 400, "invalid_seniority"),
        ("domain-search?domain=a.test&department=x", 400, "invalid_department"),
        ("domain-search?domain=a.test&limit=101", 400, "pagination_error"),
        ("domain-search?domain=a.test&offset=-1", 400, "pagination_error"),
        ("email-finder?full_name=A", 400, "wrong_params"),
        ("email-finder?domain=a.test&first_name=A", 400, "wrong_params"),
        ("email-verifier", 400, "wrong_params"),
        ("email-verifier?email=x", 400, "invalid_email"),
        ("email-count", 400, "wrong_params"),
        ("domain-finder?company=ab", 400, "wrong_params"),
        ("people/find", 400, "wrong_params"),
        ("companies/find", 400, "wrong_params"),
        ("combined/find", 400, "wrong_params"),
        ("combined/find?email=nobody@nobody.test", 404, "not_found"),
    ],
)
def test_errors_are_a_list_with_hunter_s_own_ids(path, status, error):
    reply = client_of(voice).get(f"/v2/{path}")

    (first,) = reply.json()["errors"]
    assert (reply.status_code, first["code"], first["id"]) == (status, status, error)


def test_what_an_ordinary_client_asks_for_is_in_data():
    client = client_of(voice)

    searched = client.get("/v2/domain-search?domain=quillmere.test&limit=1&offset=1").json()
    counted = client.get("/v2/email-count?domain=quillmere.test").json()["data"]
    account = client.get("/v2/account").json()["data"]
    combined = client.get(f"/v2/combined/find?email={ORLA.email}").json()["data"]
    generic = client.get("/v2/domain-search?domain=quillmere.test&type=generic").json()["data"]

    assert searched["data"]["emails"][0]["value"] == PRIYA.email
    assert searched["meta"]["results"] == 3
    assert (counted["total"], counted["personal_emails"], counted["department"]["it"]) == (3, 2, 1)
    assert account["calls"]["available"] > account["calls"]["used"]
    assert combined["person"]["employment"]["name"] == combined["company"]["name"]
    assert [row["value"] for row in generic["emails"]] == ["info@quillmere.test"]


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        (PROVIDER.spec.authenticate("test-key-hunter"), "", 200),
        ({"Authorization": "Bearer test-key-hunter"}, "", 200),
        ({}, "api_key=test-key-hunter", 200),
        ({}, "api_key=invalid-key", 401),
        ({}, "", 401),
    ],
)
def test_the_key_is_taken_in_three_places(headers, query, status):
    assert key_is_judged(voice, headers, query) == status


def test_the_adapter_takes_the_voice_s_429_for_a_rate_limit():
    refused = voice.throttled(0, 15, int(NOW.timestamp()) + 3)
    headers = {name.lower(): value for name, value in refused.headers.items()}
    reply = Reply(status=429, body=bytes(refused.body), headers=headers, received_at=NOW)

    error = PROVIDER.refusal(Call.get("/v2/domain-search"), reply)

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after.total_seconds() == 3
    assert voice.limit_headers(1, 15, 1_793_534_700) == {}
