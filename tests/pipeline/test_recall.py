"""The very same answer again, for the very same question, while all it rests on stands."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from roleferry_enrich.api import examples
from roleferry_enrich.domain.enrichments import Enrichment, Goal
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.pipeline.recall import Recall


@dataclass
class Memories:
    still_stand: bool = True


class Gateway:
    def __init__(self, memories: Memories | None) -> None:
        self.memories = memories

    def remembers(self, asks: object) -> Memories | None:
        return self.memories


def answered() -> Enrichment:
    """Recorded, and told by providers whose answers were all in memory."""
    example = examples.enrichment(Goal.PERSON)
    outcomes = [outcome for outcome in example.outcomes if outcome.outcome == "found"]
    from_memory = tuple(
        replace(outcome, cached=CacheLevel.MEMORY, calls=0, reason=None, stale=False)
        for outcome in outcomes
    )
    return replace(example, outcomes=from_memory, person_id=uuid4())


def recall_of(
    enrichment: Enrichment,
    memories: Memories | None = None,
    said: Observations | None = None,
) -> Recall:
    recall = Recall(Gateway(memories or Memories()))
    recall.keep(enrichment, (), said or Observations())
    return recall


def test_the_same_question_of_the_same_account_gets_the_same_answer():
    enrichment = answered()
    recall = recall_of(enrichment)

    assert recall.get(enrichment.account_id, enrichment.request) is enrichment
    assert recall.get(uuid4(), enrichment.request) is None
    other = replace(enrichment.request, wanted=frozenset({"phone"}))
    assert recall.get(enrichment.account_id, other) is None


def test_what_no_longer_stands_is_forgotten():
    enrichment, memories = answered(), Memories()
    recall = recall_of(enrichment, memories)
    memories.still_stand = False

    assert recall.get(enrichment.account_id, enrichment.request) is None
    memories.still_stand = True
    assert recall.get(enrichment.account_id, enrichment.request) is None


@pytest.mark.parametrize(
    "changed",
    [{"cached": None, "calls": 1}, {"cached": CacheLevel.REDIS}, {"stale": True}],
)
def test_what_was_asked_for_or_is_stale_is_not_kept(changed):
    enrichment = answered()
    first, *others = enrichment.outcomes
    enrichment = replace(enrichment, outcomes=(replace(first, **changed), *others))

    assert recall_of(enrichment).get(enrichment.account_id, enrichment.request) is None


def own(outcome: str = "found", **changed):
    """The line of our own database, which is asked each time."""
    first = answered().outcomes[0]
    told = {"provider": "internal", "outcome": OutcomeKind(outcome), "cached": None, "calls": 1}
    return replace(first, **told | changed)


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        (own("found"), True),
        (own("not_found"), True),
        (own("timed_out", reason="no answer by the deadline"), False),
    ],
)
def test_our_own_database_is_asked_each_time_and_hinders_nothing_unless_it_failed(line, is_kept):
    enrichment = answered()
    enrichment = replace(enrichment, outcomes=(*enrichment.outcomes, line))

    kept = recall_of(enrichment).get(enrichment.account_id, enrichment.request)
    assert (kept is enrichment) == is_kept


def said(capability: str, *, recalled: bool) -> Observation:
    provenance = Provenance(
        provider="apollo",
        capability=capability,
        origin="apollo",
        conversation=uuid4(),
        observed_at=datetime(2026, 1, 2, tzinfo=UTC),
        cached=True,
        recalled=recalled,
    )
    return Observation(PersonClaim(full_name="Orla Fenwick"), provenance)


@pytest.mark.parametrize(("of_memory", "is_kept"), [("find_person", True), ("find_email", False)])
def test_what_only_our_own_database_knew_is_read_again_each_time(of_memory, is_kept):
    """Also where it is the word of a provider that memory has another word of."""
    enrichment = answered()
    enrichment = replace(enrichment, outcomes=(*enrichment.outcomes, own()))
    heard = Observations(
        people=(said("find_person", recalled=True), said(of_memory, recalled=False))
    )

    recall = recall_of(enrichment, said=heard)
    assert (recall.get(enrichment.account_id, enrichment.request) is enrichment) == is_kept


def test_what_was_not_recorded_or_must_be_new_is_not_kept():
    enrichment = answered()
    fresh = replace(enrichment.request.options, max_age=timedelta(hours=1))
    for changed in (
        replace(enrichment, person_id=None, company_id=None),
        replace(enrichment, request=replace(enrichment.request, options=fresh)),
    ):
        assert recall_of(changed).get(changed.account_id, changed.request) is None


def test_what_memory_does_not_hold_is_not_kept():
    enrichment = answered()
    recall = Recall(Gateway(None))
    recall.keep(enrichment, (), Observations())

    assert recall.get(enrichment.account_id, enrichment.request) is None


def test_only_so_many_are_kept_and_the_least_recently_asked_for_go_first():
    recall = Recall(Gateway(Memories()), most=2)
    first, second, third = (replace(answered(), account_id=uuid4()) for _ in range(3))
    recall.keep(first, (), Observations())
    recall.keep(second, (), Observations())
    recall.get(first.account_id, first.request)
    recall.keep(third, (), Observations())

    kept = [recall.get(each.account_id, each.request) for each in (first, second, third)]
    assert kept == [first, None, third]


def test_an_answer_is_repeated_for_a_minute_at_most():
    """What became of a mail is told to no cache, and must be seen by whoever asks again."""
    time = [0.0]
    enrichment = answered()
    recall = Recall(Gateway(Memories()), clock=lambda: time[0])
    recall.keep(enrichment, (), Observations())

    time[0] = 60.0
    assert recall.get(enrichment.account_id, enrichment.request) is enrichment
    time[0] = 60.1
    assert recall.get(enrichment.account_id, enrichment.request) is None
