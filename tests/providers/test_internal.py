"""Our own database says what others said, as theirs and of the day they said it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.providers.conformance import NOW, ProviderConformance, exchanges_of

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.outcomes import Absent, Found
from roleferry_enrich.domain.queries import Keys, PersonQuery
from roleferry_enrich.errors import ProviderContractChanged
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.understanding import outcome_of
from roleferry_enrich.pipeline.planning import is_useful
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Answer
from roleferry_enrich.providers.internal import Internal
from roleferry_enrich.providers.own_store import RETENTION, Recollection
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply

QUERY = PersonQuery(keys=Keys(email=Email("orla.fenwick@quillmere.test")))


def recorded() -> dict[str, Any]:
    return exchanges_of("internal")[0].calls[0]["reply"]["json"]


def told(body: object, status: int = 200) -> Answer:
    internal = Internal()
    reply = Reply(status=status, body=json.dumps(body).encode(), received_at=NOW)
    return play(internal, internal.find_person(QUERY), lambda _: reply)


def outcome(answer: Answer):
    errand = Errand(
        channel=Channel(provider=Internal()),
        capability="find_person",
        terms=Terms(deadline=0.0, purse=Purse(None)),
    )
    return outcome_of(answer, errand, NOW)


class TestInternal(ProviderConformance):
    provider_name = "internal"


def test_a_claim_stays_whose_it_was_and_of_its_day():
    found = outcome(told(recorded()))
    assert isinstance(found, Found)
    register, hunter = (person.provenance for person in found.observations.people)
    assert (register.provider, register.capability) == ("companies_house", "find_people")
    assert (hunter.provider, hunter.origin, hunter.capability) == (
        *("hunter", "hunter"),
        "find_person",
    )
    assert hunter.observed_at == datetime(2026, 9, 20, 10, 15, 30, 250_000, tzinfo=UTC)
    assert hunter.conversation == UUID("6f1d2f0e-52a4-4f3c-9b7a-0d5f7c1a2b01")
    assert hunter.cached
    assert hunter.recalled


def test_another_origin_than_the_provider_is_kept():
    body = recorded()
    body["observations"][1]["origin"] = "somebody_else"
    found = outcome(told(body))
    assert isinstance(found, Found)
    assert found.observations.people[1].provenance.origin == "somebody_else"


def test_an_observation_of_a_form_that_is_no_more_costs_itself_alone():
    body = recorded()
    body["observations"][0]["claim"] = {"emails": [{"address": 7}]}
    answer = told(body)
    assert isinstance(answer, Recollection)
    assert [person.full_name for person in answer.people] == ["Orla Fenwick"]


@pytest.mark.parametrize("moment", ["2026-09-20", "2026-09-20T10:15:30", "yesterday", None])
def test_a_day_that_is_no_moment_is_not_guessed(moment):
    body = recorded()
    for row in body["observations"]:
        row["observed_at"] = moment
    with pytest.raises(ProviderContractChanged):
        told(body)


def test_nothing_known_is_nothing_found():
    assert outcome(told({"observations": []})) == Absent()
    assert outcome(told({"observations": []}, status=404)) == Absent()


def test_no_key_is_in_an_address():
    (call,) = next(Internal().find_person(QUERY))
    assert call.params == ()
    assert "orla" not in call.path


def test_it_is_free_and_fast():
    spec = Internal.spec
    assert {offer.credits for offer in Internal().offers()} == {0}
    assert spec.timeout <= timedelta(seconds=1)
    assert spec.authenticate is None


def test_a_verdict_on_a_mailbox_is_never_served_again():
    others = catalogue().values()
    offered = {offer.capability for provider in others for offer in provider.offers()}
    assert offered - RETENTION.keys() == {"verify_email"}


def test_for_one_persons_sake_the_whole_company_is_not_read():
    offers = {offer.capability: offer for offer in Internal().offers()}
    person = Request(goal=Goal.PERSON, keys=QUERY.keys)
    assert not is_useful(offers["find_people"], person)
    assert is_useful(offers["find_person"], person)
    assert is_useful(offers["find_people"], replace(person, goal=Goal.EXECUTIVES))
