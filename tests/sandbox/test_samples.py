from dataclasses import fields

import pytest

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import GoldenCompany, GoldenPerson
from roleferry_enrich.pipeline.samples import sample_result
from roleferry_enrich.sandbox.samples import sample

ASKED = Keys(
    email=Email("maren.oakhurst@acme.test"), full_name="Maren Oakhurst", domain=Domain("acme.test")
)


def all_fields(keys: Keys, limit: int = 25):
    company, people = sample(keys, limit)
    for record in (company, *people):
        yield from record.fields.items()


def test_the_same_question_has_the_same_sample():
    assert sample(ASKED, 5) == sample(ASKED, 5)


def test_different_questions_have_different_samples():
    companies = {
        sample(Keys(domain=Domain(f"acme{number}.test")), 1)[0].fields["domain"].value
        for number in range(40)
    }
    assert len(companies) > 3


def test_nothing_that_was_asked_is_repeated():
    given = {getattr(ASKED, field.name) for field in fields(ASKED)} - {None}
    assert not given & {field.value for _, field in all_fields(ASKED)}


def test_every_value_says_that_it_is_a_sample_and_claims_no_confidence():
    for _, field in all_fields(ASKED):
        assert field.confidence.value == 0
        assert [source.provider for source in field.sources] == ["sample"]


def test_every_address_is_one_that_cannot_be_anybodys():
    for name, field in all_fields(ASKED):
        if name in {"domain", "company_domain", "business_email"}:
            assert str(field.value).endswith((".test", ".example"))


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_the_people_are_as_many_as_wanted_at_most(limit):
    company, people = sample(ASKED, limit)
    assert 1 <= len(people) <= limit
    names = {person.fields["company_name"].value for person in people}
    assert names == {company.fields["name"].value}


@pytest.mark.parametrize("number", range(40))
def test_every_company_has_somebody(number):
    assert sample(Keys(company_name=f"Acme {number}"), 1)[1]


def test_a_sample_answers_what_was_asked_for():
    person = sample_result(Request(goal=Goal.PERSON, keys=ASKED))
    assert isinstance(person.person, GoldenPerson)
    leaders = sample_result(Request(goal=Goal.EXECUTIVES, keys=ASKED))
    assert isinstance(leaders.company, GoldenCompany)
    assert leaders.executives
    alone = sample_result(Request(goal=Goal.COMPANY, keys=ASKED))
    assert alone.company == leaders.company
    assert not alone.executives
