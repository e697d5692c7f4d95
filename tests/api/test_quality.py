"""The score and the advice of an answer about executives."""

from dataclasses import replace

import pytest

from roleferry_enrich.api import examples
from roleferry_enrich.api.quality import assess, score
from roleferry_enrich.domain.enrichments import Enrichment, Goal
from roleferry_enrich.domain.outcomes import OutcomeKind
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence


@pytest.fixture
def known() -> Enrichment:
    """An enrichment that leaves nothing to wish for."""
    enrichment = examples.enrichment(Goal.EXECUTIVES)
    return replace(enrichment, outcomes=enrichment.outcomes[:1])


def advice(enrichment):
    return [entry["code"] for entry in assess(enrichment)["recommendations"]]


def after(known, **changes):
    return replace(known, outcomes=(replace(known.outcomes[0], **changes),))


def test_nobody_found_scores_nothing():
    assert score(()) == 0.0


def test_the_score_is_one_for_what_is_certain_complete_and_confirmed(known):
    (person,) = known.executives
    assert score((replace(person, confidence=Confidence(1.0)),)) == 1.0


def test_each_missing_fact_costs_a_sixth(known):
    (person,) = known.executives
    sure = replace(person, confidence=Confidence(1.0))
    for lacking in (
        replace(sure, fields={"full_name": sure.fields["full_name"]}),
        replace(sure, contact_points=()),
        replace(sure, origins=("apollo",)),
    ):
        assert score((lacking,)) == pytest.approx(5 / 6, abs=0.001)


def test_the_score_is_the_mean(known):
    (person,) = known.executives
    sure = replace(person, confidence=Confidence(1.0))
    bare = replace(
        person, confidence=Confidence(0.0), fields={}, contact_points=(), origins=("apollo",)
    )
    assert score((sure, bare)) == 0.5


def test_nothing_to_wish_for_gives_no_advice(known):
    assert advice(known) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outcome": OutcomeKind.PENDING}, "ask_again"),
        ({"outcome": OutcomeKind.TIMED_OUT}, "allow_more_time"),
        ({"outcome": OutcomeKind.SKIPPED, "reason": "deadline_too_near"}, "allow_more_time"),
        ({"outcome": OutcomeKind.SKIPPED, "reason": "budget_spent"}, "allow_more_money"),
        ({"outcome": OutcomeKind.UNAUTHORISED}, "check_provider_key"),
        ({"outcome": OutcomeKind.QUOTA_SPENT}, "top_up_provider"),
    ],
)
def test_trouble_with_a_provider_gives_the_advice_that_helps(known, changes, code):
    assert advice(after(known, **changes)) == [code]


def test_a_company_known_by_name_only_should_be_named_exactly(known):
    request = replace(known.request, keys=Keys(company_name="Quillmere Instruments"))
    assert advice(replace(known, request=request)) == ["name_the_company_exactly"]


def test_a_single_source_should_be_confirmed(known):
    (person,) = known.executives
    alone = replace(person, origins=("apollo",))
    assert advice(replace(known, executives=(alone,))) == ["confirm_single_sources"]


def test_an_unproven_address_should_be_verified(known):
    (person,) = known.executives
    email, phone = person.contact_points
    guessed = replace(email, deliverability=Deliverability.GUESSED)
    person = replace(person, contact_points=(guessed, phone))
    assert advice(replace(known, executives=(person,))) == ["verify_emails"]
