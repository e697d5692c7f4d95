"""Clearbit's quirks: several hosts, halves that are null, "not yet" and limits without a header."""

from datetime import timedelta

import pytest
from tests.providers.conformance import NOW, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.queries import CompanyQuery, Keys, PersonQuery
from roleferry_enrich.errors import ProviderRateLimited
from roleferry_enrich.providers.claims.clearbit import company_of, person_of
from roleferry_enrich.providers.clearbit import Clearbit
from roleferry_enrich.providers.contract import Call, Findings, Pending
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Record, Reply


class TestClearbit(ProviderConformance):
    provider_name = "clearbit"


ASKED = PersonQuery(keys=Keys(email=Email("someone@asked.test")))


def _reply(body: bytes, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=body, headers=named, received_at=NOW)


def test_a_rate_limit_lasts_until_the_window_s_end():
    reset = str(int(NOW.timestamp()) + 42)

    error = Clearbit().refusal(Call.get("/x"), _reply(b"", 429, x_ratelimit_reset=reset))

    assert isinstance(error, ProviderRateLimited)
    assert error.retry_after == timedelta(seconds=42)


def test_no_more_prospects_are_bought_than_wanted():
    query = CompanyQuery(keys=Keys(domain=Domain("quillmere.test")), limit=4)

    (call,) = next(Clearbit().find_people(query))

    assert call.credits == 4
    assert dict(call.params)["page_size"] == "4"


def test_every_title_wanted_is_asked_for():
    query = CompanyQuery(keys=Keys(domain=Domain("quillmere.test")), titles=("CTO", "CIO"))

    (call,) = next(Clearbit().find_people(query))

    assert [value for name, value in call.params if name == "titles[]"] == ["CTO", "CIO"]


def test_an_unreadable_200_counts_as_paid():
    (call,) = next(Clearbit().find_person(ASKED))

    assert call.charge(_reply(b"<html>")) == 1


def test_a_document_with_almost_nothing_still_tells_of_whom_was_asked():
    person = person_of(Record({"id": "p1"}), email="someone@asked.test")
    company = company_of(Record({"id": "c1"}), domain="asked.test")

    assert [email.address for email in person.emails] == ["someone@asked.test"]
    assert (person.full_name, person.title, company.name) == (None, None, None)
    assert company.domain == "asked.test"


def test_the_documented_combined_answer_is_read():
    body = documented("clearbit", "combined_find__hull.json")

    answer = play(Clearbit(), Clearbit().find_person(ASKED), lambda _: _reply(body))

    (person,), (company,) = answer.people, answer.companies
    assert person.linkedin_url.startswith("https://www.linkedin.com/in/")
    assert (person.department, person.seniority) == ("marketing", "executive")
    assert person.company_domain == company.domain == "calvinklein.us"
    assert (company.employees, company.employees_range) == (1001, "1000+")
    assert company.street == "600 Pennsylvania Avenue Northwest"


def test_the_documented_company_of_version_1_is_read():
    body = documented("clearbit", "company__clearbit_node.json")
    query = CompanyQuery(keys=Keys(domain=Domain("uber.com")))

    (company,) = play(Clearbit(), Clearbit().find_company(query), lambda _: _reply(body)).companies

    assert (company.domain, company.employees) == ("uber.com", 200)
    assert company.linkedin_url == "https://www.linkedin.com/company/uber.com"


def test_the_documented_person_of_version_1_is_read():
    record = _reply(documented("clearbit", "person__clearbit_node.json")).record()

    person = person_of(record, email=None)

    assert person.company_domain == "clearbit.com"
    assert person.linkedin_url.startswith("https://www.linkedin.com/pub/")


@pytest.mark.parametrize(
    ("file", "status", "answer"),
    [
        ("error_202_queued__node_spec.json", 202, Pending(timedelta(seconds=10))),
        ("error_404_unknown_record__node_spec.json", 404, Findings()),
    ],
)
def test_documented_answers_without_a_record_are_told_apart(file, status, answer):
    body = documented("clearbit", file)

    assert play(Clearbit(), Clearbit().find_person(ASKED), lambda _: _reply(body, status)) == answer
