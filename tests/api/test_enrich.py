"""`POST /enrich` and `GET /enrichments/{id}`: how an enrichment is shown."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter
from tests.api.fake_services import ACCOUNT

from roleferry_enrich.api import examples
from roleferry_enrich.api.schemas.answers import EnrichAnswer
from roleferry_enrich.domain.enrichments import PERSON_FIELDS, Enrichment, Goal, Options, Status
from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Alternative, Confidence, FieldValue
from roleferry_enrich.domain.waterfalls import waterfalls

ANSWER = TypeAdapter(EnrichAnswer)


@pytest.fixture
def known() -> Enrichment:
    return examples.enrichment(Goal.PERSON)


async def ask(client, services, enrichment):
    services.answer = enrichment
    reply = await client.post("/enrich", json={"domain": "quillmere.test"})
    assert reply.status_code == 200
    ANSWER.validate_json(reply.content)
    return reply


def wanting(enrichment, *fields, least=0.0):
    options = Options(min_confidence=Confidence(least))
    wanted = frozenset(fields or PERSON_FIELDS)
    return replace(enrichment, request=replace(enrichment.request, wanted=wanted, options=options))


async def test_every_flat_field_is_there_and_unknown_ones_are_null(client, services, known):
    answer = (await ask(client, services, known)).json()
    assert list(answer)[: len(PERSON_FIELDS)] == list(PERSON_FIELDS)
    assert answer["full_name"] == "Maren Oakhurst"
    assert answer["company_name"] == "Quillmere Instruments"
    assert answer["technologies"] == ["PostgreSQL", "React"]
    assert answer["city"] is None


async def test_every_known_field_and_no_other_has_its_provenance(client, services, known):
    answer = (await ask(client, services, known)).json()
    given = {name for name in PERSON_FIELDS if answer[name] is not None}
    assert set(answer["provenance"]) == given
    assert answer["provenance"]["business_email"] == {
        "confidence": 0.95,
        "verified": True,
        "observed_at": "2026-02-28T09:30:00Z",
        "sources": [
            {
                "provider": "hunter",
                "origin": "hunter",
                "observed_at": "2026-02-28T09:30:00Z",
                "as_of": "2026-02-28",
                "cached": True,
            }
        ],
        "alternatives": [],
    }


async def test_values_that_lost_are_shown_with_their_providers(client, services, known):
    other = Alternative(value="CTO", confidence=Confidence(0.3), providers=("clay",))
    person = known.person
    title = replace(person.fields["title"], alternatives=(other,))
    person = replace(person, fields={**person.fields, "title": title})
    answer = (await ask(client, services, replace(known, person=person))).json()
    assert answer["provenance"]["title"]["alternatives"] == [
        {"value": "CTO", "confidence": 0.3, "providers": ["clay"]}
    ]


async def test_what_was_not_asked_for_is_not_shown(client, services, known):
    answer = (await ask(client, services, wanting(known, "title"))).json()
    assert set(answer["provenance"]) == {"title"}
    assert answer["business_email"] is None
    assert answer["contact_points"] == []


async def test_only_contact_points_of_a_wanted_kind_are_shown(client, services, known):
    answer = (await ask(client, services, wanting(known, "phone"))).json()
    assert [point["kind"] for point in answer["contact_points"]] == ["phone"]


async def test_values_below_the_wanted_confidence_are_left_out(client, services, known):
    answer = (await ask(client, services, wanting(known, least=0.9))).json()
    assert answer["title"] is None
    assert answer["full_name"] == "Maren Oakhurst"
    assert [point["kind"] for point in answer["contact_points"]] == ["email"]


async def test_where_no_person_was_asked_for_place_and_phone_are_the_companys(
    client, services, known
):
    city = FieldValue(
        value="Leeds",
        confidence=Confidence(0.9),
        sources=known.company.fields["name"].sources,
    )
    company = replace(known.company, fields={**known.company.fields, "city": city})
    missed = replace(known, person=None, company=company)
    assert (await ask(client, services, missed)).json()["city"] is None
    of_company = replace(missed, request=replace(known.request, keys=Keys(domain=Domain("a.test"))))
    alone = (await ask(client, services, of_company)).json()
    assert (alone["city"], alone["full_name"]) == ("Leeds", None)
    both = (await ask(client, services, replace(known, company=company))).json()
    assert both["city"] is None


async def test_an_account_s_own_waterfall_is_meant_where_none_is_named(client, services, known):
    services.named = waterfalls({}, of_accounts={ACCOUNT.id: "people"})
    services.answer = known
    await client.post("/enrich", json={"domain": "quillmere.test", "strategy": "waterfall"})
    (request, _), *_ = reversed(services.asked)
    assert request.options.waterfall == services.named.named["people"]


async def test_nothing_found_is_an_answer(client, services, known):
    nothing = replace(
        known, person=None, company=None, person_id=None, company_id=None, status=Status.NOT_FOUND
    )
    answer = (await ask(client, services, nothing)).json()
    assert answer["meta"]["status"] == "not_found"
    assert all(answer[name] is None for name in PERSON_FIELDS)
    assert answer["provenance"] == {}


async def test_a_stale_answer_is_marked_with_its_age(client, services, known):
    old = replace(known.outcomes[2], stale=True, age=timedelta(days=8, seconds=1))
    answer = await ask(client, services, replace(known, outcomes=(old, *known.outcomes)))
    line, *_, fresh = answer.json()["meta"]["providers"]

    assert (line["cached"], line["stale"], line["age_s"]) == ("memory", True, 691_201)
    assert (fresh["cached"], fresh["stale"], fresh["age_s"]) == (None, False, None)


async def test_meta_tells_what_each_provider_did_and_took(client, services, known):
    meta = (await ask(client, services, known)).json()["meta"]
    assert meta["enrichment_id"] == str(known.id)
    assert (meta["cost_usd"], meta["processing_time_ms"]) == (0.025, 2_000)
    assert (meta["contact_id"], meta["company_id"]) == (
        str(examples.CONTACT_ID),
        str(examples.COMPANY_ID),
    )
    assert meta["providers"][-1] == {
        "provider": "clearbit",
        "capability": "find_person",
        "outcome": "timed_out",
        "reason": "no reply within 2 s",
        "retry_after_s": None,
        "latency_ms": 2_000,
        "cost_usd": 0.0,
        "calls": 1,
        "cached": None,
        "stale": False,
        "age_s": None,
        "records": 0,
    }
    assert meta["providers"][2]["cached"] == "memory"


async def test_a_time_to_wait_is_shown_in_seconds(client, services, known):
    waiting = replace(known.outcomes[-1], retry_after=timedelta(seconds=30))
    meta = (await ask(client, services, replace(known, outcomes=(waiting,)))).json()["meta"]
    assert meta["providers"][0]["retry_after_s"] == 30.0


async def test_sample_data_is_marked_twice(client, services, known):
    reply = await ask(client, services, replace(known, sample=True))
    assert reply.headers["x-sample-data"] == "true"
    assert reply.json()["meta"]["sample"] is True


async def test_real_data_has_no_sample_header(client, services, known):
    reply = await ask(client, services, known)
    assert "x-sample-data" not in reply.headers
    assert reply.json()["meta"]["sample"] is False


@pytest.mark.parametrize(
    ("goal", "mark"),
    [
        (Goal.PERSON, "first_name"),
        (Goal.EXECUTIVES, "executives"),
        (Goal.COMPANY, "firmographics"),
    ],
)
async def test_an_enrichment_is_shown_again_as_it_was_asked(client, services, goal, mark):
    enrichment = examples.enrichment(goal)
    services.stored[ACCOUNT.id, enrichment.id] = enrichment
    reply = await client.get(f"/enrichments/{enrichment.id}")
    assert reply.status_code == 200
    assert mark in reply.json()
    assert reply.json()["meta"]["goal"] == goal
