"""What a request wants, in the words in which providers say what they give."""

from dataclasses import replace

from tests.pipeline.test_waterfall import KEYS, offer, situation

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.pipeline.situation import EXECUTIVES, wanted_fields


def test_a_contacts_fields_are_those_asked_for() -> None:
    request = Request(goal=Goal.PERSON, keys=KEYS, wanted=frozenset({"title"}))

    assert wanted_fields(request) == {"title"}


def test_a_companys_fields_follow_from_the_types() -> None:
    def wanted(*kinds: str) -> frozenset[str]:
        return wanted_fields(Request(goal=Goal.COMPANY, keys=KEYS, wanted=frozenset(kinds)))

    assert wanted("technographics", "workforce-trends") == {"technologies", "workforce"}
    assert {"industry", "company_size"} <= wanted("firmographics")


def test_a_list_of_executives_stands_for_itself() -> None:
    request = Request(goal=Goal.EXECUTIVES, keys=KEYS)
    people = offer("acme.find_people", "full_name title")

    assert EXECUTIVES in wanted_fields(request)
    assert replace(situation(people), request=request).gives(people) == {EXECUTIVES}


def test_a_key_is_sought_only_while_something_is_missing() -> None:
    register = offer("acme.find_person", "title", needs="company_number")
    found = situation(register, wanted="title")

    assert found.sought() == {"title", "company_number"}
    assert replace(found, filled=frozenset({"title"})).sought() == frozenset()
