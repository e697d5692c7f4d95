"""Who has spoken anew is not heard twice, and who has not is heard as of then."""

from dataclasses import replace
from datetime import timedelta

from tests.pipeline.scripted import NOW, orla, quillmere, request

from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import Found
from roleferry_enrich.pipeline.last_word import last_words
from roleferry_enrich.pipeline.progress import merged

TODAY = NOW.date()


def recalled(found: Found) -> Observations:
    """The same, as our own database tells it a month later."""
    return Observations(
        people=tuple(map(_older, found.observations.people)),
        companies=tuple(map(_older, found.observations.companies)),
    )


def _older(observation):
    said = observation.provenance
    earlier = said.observed_at - timedelta(days=30)
    return replace(observation, provenance=replace(said, observed_at=earlier, recalled=True))


def test_what_a_provider_says_now_replaces_what_it_said_then():
    now = orla("hunter", title="Chief Executive Officer").observations
    then = recalled(orla("hunter", title="Sales Manager"))
    assert last_words(now + then) == now
    assert last_words(then + now) == now


def test_others_are_still_heard_as_of_then():
    now = orla("hunter").observations + quillmere("hunter").observations
    then = recalled(orla("apollo")) + recalled(quillmere("apollo"))
    assert last_words(now + then) == now + then


def test_another_capability_is_another_word():
    now = orla("hunter").observations
    then = recalled(orla("hunter"))
    (person,) = then.people
    other = replace(person, provenance=replace(person.provenance, capability="find_people"))
    assert last_words(now + Observations(people=(other,))).people == (*now.people, other)


def test_a_person_does_not_silence_what_was_said_of_the_company():
    now, then = orla("hunter").observations, recalled(quillmere("hunter"))
    assert last_words(now + then) == now + then


def test_one_provider_on_two_days_is_one_witness():
    now = orla("hunter").observations
    alone = merged(request(), now, today=TODAY).person
    twice = merged(request(), now + recalled(orla("hunter")), today=TODAY).person
    assert twice == alone
    assert twice.origins == ("hunter",)


def test_what_it_says_no_more_is_no_rival():
    now = orla("hunter").observations
    alone = merged(request(), now, today=TODAY).person
    then = recalled(orla("hunter", title="Sales Manager"))
    assert merged(request(), now + then, today=TODAY).person == alone


def test_a_source_keeps_its_name_and_its_day():
    person = merged(request(), recalled(orla("hunter")), today=TODAY).person
    (source,) = person.fields["title"].sources
    assert (source.provider, source.origin) == ("hunter", "hunter")
    assert source.observed_at == NOW - timedelta(days=30)
    assert person.providers == ("hunter",)
