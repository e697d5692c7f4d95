"""Hunter's quirks: ambiguous 403 and 429, 202 and 222 for "not yet", 451 for an opt-out."""

import pytest
from tests.providers.conformance import NOW, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, Email, ProfileUrl
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderContractChanged, ProviderRefusedQuery
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply


class TestHunter(ProviderConformance):
    provider_name = "hunter"


def _reply(body: bytes, status: int = 200) -> Reply:
    return Reply(status=status, body=body, received_at=NOW)


def test_an_address_is_asked_by_where_a_profile_is_known_too():
    keys = Keys(email=Email("ada@a.test"), linkedin_url=ProfileUrl("linkedin.com/in/ada"))

    (call,) = next(Hunter().find_person(PersonQuery(keys=keys)))

    assert dict(call.params) == {"email": "ada@a.test"}


def test_name_parts_are_preferred_to_the_full_name():
    keys = Keys(full_name="Ada B", first_name="Ada", last_name="B", domain=Domain("a.test"))

    (call,) = next(Hunter().find_email(PersonQuery(keys=keys)))

    assert dict(call.params) == {"domain": "a.test", "first_name": "Ada", "last_name": "B"}


def test_a_name_too_short_for_the_domain_finder_is_not_asked():
    query = CompanyQuery(keys=Keys(company_name="X"))

    with pytest.raises(StopIteration) as finished:
        next(Hunter().find_company(query))

    assert finished.value.value == Findings()


def test_a_page_refused_at_its_smallest_is_refused():
    query = CompanyQuery(keys=Keys(domain=Domain("a.test")), limit=10)
    body = b'{"errors": [{"id": "pagination_error", "code": 400}]}'

    with pytest.raises(ProviderRefusedQuery):
        play(Hunter(), Hunter().find_people(query), lambda _: _reply(body, 400))


def test_a_404_in_other_words_is_not_an_unknown_person():
    query = PersonQuery(keys=Keys(email=Email("ada@a.test")))

    with pytest.raises(ProviderContractChanged):
        play(Hunter(), Hunter().find_person(query), lambda _: _reply(b'{"message": "no"}', 404))


@pytest.mark.parametrize(
    ("file", "people"),
    [("domain_search__docs.json", 1), ("domain_search_fresh__hunter_io_chatgpt_mcp.json", 3)],
)
def test_documented_searches_are_read(file, people):
    body = documented("hunter", file)
    query = CompanyQuery(keys=Keys(domain=Domain("asked.test")))

    answer = play(Hunter(), Hunter().find_people(query), lambda _: _reply(body))

    assert len(answer.people) == people
    assert all(person.full_name and person.title and person.emails for person in answer.people)


def test_the_documented_finder_is_read():
    body = documented("hunter", "email_finder__docs.json")
    keys = Keys(full_name="Asked For", domain=Domain("asked.test"))

    (person,) = play(
        Hunter(), Hunter().find_email(PersonQuery(keys=keys)), lambda _: _reply(body)
    ).people

    assert person.company_name == "Reddit"
    assert person.emails[0].score == 97


def test_the_documented_person_is_read():
    body = documented("hunter", "people_find__docs.json")
    query = PersonQuery(keys=Keys(email=Email("asked@asked.test")))

    (person,) = play(Hunter(), Hunter().find_person(query), lambda _: _reply(body)).people

    assert person.linkedin_url == "https://www.linkedin.com/in/matttharp"
    assert (person.company_domain, person.city) == ("hunter.io", "Framingham")


def test_the_documented_company_is_read():
    body = documented("hunter", "companies_find__docs.json")
    query = CompanyQuery(keys=Keys(domain=Domain("hunter.io")))

    (company,) = play(Hunter(), Hunter().find_company(query), lambda _: _reply(body)).companies

    assert (company.employees, company.employees_range) == (None, "11-50")
    assert company.founded_year == 2015
