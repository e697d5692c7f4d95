"""Progress: partial, complete and not found are told apart by what each provider did."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.pipeline.scripted import DOMAIN, NOW, orla, quillmere, request

from roleferry_enrich.domain.enrichments import Goal, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.pipeline.progress import Progress, Result, merged, progress, status_of
from roleferry_enrich.pipeline.situation import EXECUTIVES

EVERYTHING = orla().observations + quillmere().observations
SOMETHING = merged(request(), EVERYTHING, today=NOW.date())


def came_to(kind: OutcomeKind, reason: str | None = None) -> ProviderOutcome:
    return ProviderOutcome(
        provider="acme",
        capability="find_person",
        outcome=kind,
        reason=reason,
        retry_after=None,
        latency=timedelta(0),
        cost=MicroUsd(0),
        calls=0,
        cached=None,
        records=0,
    )


FOUND = came_to(OutcomeKind.FOUND)
MISSED = came_to(OutcomeKind.NOT_FOUND)


def test_what_was_found_and_misses_nothing_is_complete():
    assert status_of(SOMETHING, [FOUND, MISSED]) is Status.COMPLETE


def test_nothing_found_by_all_who_looked_is_not_found():
    assert status_of(Result(), [MISSED, MISSED]) is Status.NOT_FOUND


@pytest.mark.parametrize(
    "kind",
    sorted(
        set(OutcomeKind)
        - {
            OutcomeKind.FOUND,
            OutcomeKind.NOT_FOUND,
            OutcomeKind.OPTED_OUT,
            OutcomeKind.SKIPPED,
        }
    ),
)
@pytest.mark.parametrize("result", [SOMETHING, Result()], ids=["something", "nothing"])
def test_whoever_could_not_answer_makes_it_partial(kind, result):
    assert status_of(result, [FOUND, came_to(kind, "why")]) is Status.PARTIAL


@pytest.mark.parametrize("reason", ["missing_key", "already_filled", "not_configured", "opted_out"])
def test_whoever_could_not_have_helped_is_not_missed(reason):
    skipped = came_to(OutcomeKind.SKIPPED, reason)

    assert status_of(SOMETHING, [FOUND, skipped]) is Status.COMPLETE
    assert status_of(Result(), [MISSED, skipped]) is Status.NOT_FOUND


@pytest.mark.parametrize("reason", ["breaker_open", "no_permit", "budget_spent", "quarantined"])
def test_whoever_was_held_back_is_missed(reason):
    assert status_of(SOMETHING, [FOUND, came_to(OutcomeKind.SKIPPED, reason)]) is Status.PARTIAL


def test_half_an_answer_is_partial():
    assert status_of(SOMETHING, [came_to(OutcomeKind.FOUND, "a page was refused")]) is (
        Status.PARTIAL
    )


def test_an_opt_out_is_an_answer():
    assert status_of(Result(), [came_to(OutcomeKind.OPTED_OUT), MISSED]) is Status.NOT_FOUND


def test_each_goal_has_its_own_result():
    today = NOW.date()
    person = merged(request(), EVERYTHING, today=today)
    company = merged(request(Goal.COMPANY), EVERYTHING, today=today)
    executives = merged(request(Goal.EXECUTIVES), EVERYTHING, today=today)

    assert person.person is not None
    assert (company.person, company.executives) == (None, ())
    assert [p.text("full_name") for p in executives.executives] == ["Orla Fenwick"]


def test_a_field_is_filled_when_it_is_sure_enough():
    doubtful = progress(request(min_confidence=Confidence(1.0)), EVERYTHING)

    assert "title" in progress(request(), EVERYTHING).filled
    assert doubtful.filled == frozenset()
    assert "title" in doubtful.unsure
    assert progress(request(), Observations()) == Progress()


def test_a_companys_city_stands_for_nobodys_until_the_person_is_known():
    seated = quillmere(city="Leeds").observations
    of_company = request(keys=Keys(domain=DOMAIN))

    assert "city" not in progress(request(), seated).filled
    assert "city" in progress(of_company, seated).filled
    assert "city" not in progress(request(), seated + orla().observations).filled


def test_a_company_is_described_by_what_was_asked_for():
    types = frozenset({"firmographics", "workforce-trends"})
    asked = replace(request(Goal.COMPANY), wanted=types)
    said = quillmere(industry="Optics", technologies=("nginx",), workforce={"sales": 0.2})

    assert progress(asked, said.observations).filled == {
        "company_name",
        "domain",
        "industry",
        "workforce",
    }


def test_a_list_of_executives_is_filled_by_as_many_as_are_wanted():
    one, two = (replace(request(Goal.EXECUTIVES), limit=limit) for limit in (1, 2))
    observed = quillmere().observations + orla().observations

    assert EXECUTIVES in progress(one, observed).filled
    assert EXECUTIVES not in progress(two, observed).filled
