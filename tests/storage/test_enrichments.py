"""What `EnrichmentRepository` keeps, against a real PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.storage.examples import (
    NOW,
    call,
    company,
    email_point,
    enrichment,
    observations,
    person,
    report,
)

from roleferry_enrich.domain.enrichments import Goal, Request, Status
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.enrichments import EnrichmentRepository

NOTHING = Observations()


@pytest.fixture
def repository(engine) -> EnrichmentRepository:
    return EnrichmentRepository(engine)


async def rows_of(engine, table, account_id):
    async with engine.connect() as connection:
        found = await connection.execute(select(table).where(table.c.account_id == account_id))
        return found.all()


async def test_recorded_enrichment_reads_back_as_it_was(repository, account_id) -> None:
    known = person("Ada Lovelace", "ada@engines.test", technologies=("steam", "brass"))
    given = enrichment(account_id, person=known, company=company(domain="engines.test"))
    recorded = await repository.record(given, [], observations=NOTHING)
    assert recorded == replace(given, person_id=recorded.person_id, company_id=recorded.company_id)
    assert recorded.person_id is not None
    assert recorded.company_id is not None
    assert await repository.get(account_id, given.id) == recorded


async def test_enrichment_that_found_nobody_is_kept(repository, account_id) -> None:
    given = enrichment(account_id, status=Status.NOT_FOUND)
    assert await repository.record(given, [], observations=NOTHING) == given
    assert await repository.get(account_id, given.id) == given


async def test_another_account_sees_nothing(repository, account_id, other_account_id) -> None:
    given = enrichment(account_id, person=person("Ada Lovelace", "ada@engines.test"))
    await repository.record(given, [], observations=NOTHING)
    assert await repository.get(other_account_id, given.id) is None


async def test_accounts_do_not_share_people(repository, account_id, other_account_id) -> None:
    known = person("Ada Lovelace", "ada@engines.test")
    mine = await repository.record(enrichment(account_id, person=known), [], observations=NOTHING)
    theirs = enrichment(other_account_id, id=mine.id, person=known)
    theirs = await repository.record(theirs, [], observations=NOTHING)
    assert mine.person_id != theirs.person_id
    assert await repository.get(account_id, mine.id) == mine


async def test_invented_answer_is_refused(repository, account_id) -> None:
    with pytest.raises(ValueError, match="never stored"):
        await repository.record(enrichment(account_id, sample=True), [], observations=NOTHING)


async def test_calls_are_kept_with_their_cost(repository, engine, account_id) -> None:
    conversation = uuid4()
    paid = call(conversation, cost=98_000)
    reports = [report(NOTHING, conversation, paid)]
    await repository.record(enrichment(account_id), reports, observations=NOTHING)
    (row,) = await rows_of(engine, tables.provider_calls, account_id)
    assert (row.id, row.cost, row.latency) == (paid.id, 98_000, paid.latency)
    assert (row.sent_at, row.permit_wait) == (paid.sent_at, timedelta(0))
    (talk,) = await rows_of(engine, tables.conversations, account_id)
    assert (talk.id, talk.calls, talk.cost) == (conversation, 1, 98_000)


async def test_a_call_for_many_is_booked_as_a_whole_by_the_books_alone(
    repository, engine, account_id
) -> None:
    """Each asker's answer shows its own part; a free call is nobody's cost and kept once."""
    conversation = uuid4()
    paid, free = call(conversation, cost=30_000), call(conversation, cost=0)
    parts = [replace(paid, cost=10_000, whole=30_000), replace(free, whole=0)]
    for _ in range(2):
        reports = [report(NOTHING, conversation, *parts)]
        await repository.record(enrichment(account_id), reports, observations=NOTHING)
    (row,) = await rows_of(engine, tables.provider_calls, account_id)
    assert (row.id, row.cost) == (free.id, 0)
    assert [talk.cost for talk in await rows_of(engine, tables.conversations, account_id)] == [
        10_000,
        10_000,
    ]


async def test_observations_are_filed_under_their_subject(repository, engine, account_id) -> None:
    known = person("Ada Lovelace", "ada@engines.test")
    given = enrichment(account_id, person=known, company=company(domain="engines.test"))
    recorded = await repository.record(given, [], observations=observations(uuid4()))
    rows = await rows_of(engine, tables.observations, account_id)
    assert {(row.kind, row.person_id, row.company_id) for row in rows} == {
        ("person", recorded.person_id, None),
        ("company", None, recorded.company_id),
        ("email", recorded.person_id, None),
    }
    assert {row.claim.get("of") for row in rows} == {None, str(recorded.person_id)}
    # Not "ada" alone, which stands in one of a hundred ids.
    said = str([row.claim for row in rows])
    assert [word for word in ("ada@", "Lovelace") if word in said] == []
    (verdict,) = (await repository.observations(account_id, recorded.id)).verdicts
    assert verdict.claim.address == "ada@engines.test"


async def test_observation_of_somebody_else_has_no_subject(repository, engine, account_id) -> None:
    given = enrichment(account_id, person=person("Grace Hopper", "grace@engines.test"))
    await repository.record(given, [], observations=observations(uuid4(), "eve@elsewhere.test"))
    rows = await rows_of(engine, tables.observations, account_id)
    assert [row.person_id for row in rows] == [None, None, None]


async def test_recording_again_changes_nothing(repository, engine, account_id) -> None:
    conversation = uuid4()
    seen = observations(conversation)
    given = enrichment(account_id, person=person("Ada Lovelace", "ada@engines.test"))
    reports = [report(seen, conversation, call(conversation))]
    first = await repository.record(given, reports, observations=seen)
    counts = await _counts(engine, account_id)
    assert await repository.record(given, reports, observations=seen) == first
    assert await _counts(engine, account_id) == counts


async def test_fuller_version_replaces_the_result_and_adds_the_rest(
    repository, engine, account_id
) -> None:
    early, late = uuid4(), uuid4()
    given = enrichment(account_id, status=Status.PARTIAL, person=person("Ada Lovelace"))
    early_reports = [report(NOTHING, early, call(early))]
    await repository.record(given, early_reports, observations=observations(early))
    fuller = replace(given, status=Status.COMPLETE, person=person("Ada Lovelace", title="Countess"))
    reports = [*early_reports, report(NOTHING, late, call(late))]
    seen = observations(early) + observations(late)
    recorded = await repository.record(fuller, reports, observations=seen)
    assert await repository.get(account_id, given.id) == recorded
    assert recorded.status is Status.COMPLETE
    counts = await _counts(engine, account_id)
    assert counts["enrichments"] == counts["people"] == 1
    assert (counts["provider_calls"], counts["observations"]) == (2, 6)


async def test_twins_of_one_conversation_are_kept_once(repository, engine, account_id) -> None:
    conversation = uuid4()
    same = report(NOTHING, conversation, call(conversation))
    await repository.record(enrichment(account_id), [same, same], observations=NOTHING)
    assert len(await rows_of(engine, tables.conversations, account_id)) == 1


async def test_same_person_asked_at_once_becomes_one(repository, engine, account_id) -> None:
    known = person("Ada Lovelace", "ada@engines.test", company_name="Engines Ltd")
    given = [
        enrichment(account_id, person=known, company=company(domain="engines.test"))
        for _ in range(20)
    ]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(repository.record(each, [], observations=NOTHING)) for each in given
        ]
    assert len({task.result().person_id for task in tasks}) == 1
    counts = await _counts(engine, account_id)
    assert (counts["people"], counts["companies"], counts["contact_points"]) == (1, 1, 1)
    assert counts["enrichments"] == 20


async def test_same_person_asked_at_once_loses_no_call(repository, engine, account_id) -> None:
    known = person("Ada Lovelace", "ada@engines.test", company_name="Engines Ltd")
    async with asyncio.TaskGroup() as group:
        for _ in range(40):
            talk = uuid4()
            given = enrichment(account_id, person=known, company=company(domain="engines.test"))
            reports = [report(NOTHING, talk, call(talk), call(talk))]
            group.create_task(repository.record(given, reports, observations=observations(talk)))
    counts = await _counts(engine, account_id)
    assert (counts["people"], counts["provider_calls"], counts["observations"]) == (1, 80, 120)


async def test_boards_in_opposite_order_at_once_do_not_deadlock(
    repository, engine, account_id
) -> None:
    board = tuple(person(f"Director {n}", f"d{n}@engines.test") for n in range(12))
    asked = Request(goal=Goal.EXECUTIVES, keys=Keys())
    async with asyncio.TaskGroup() as group:
        for n in range(20):
            executives = board[::-1] if n % 2 else board
            given = enrichment(account_id, request=asked, executives=executives, company=company())
            group.create_task(repository.record(given, [], observations=NOTHING))
    counts = await _counts(engine, account_id)
    assert (counts["people"], counts["companies"]) == (12, 1)


async def test_person_known_by_any_key_is_recognised(repository, account_id) -> None:
    async def recorded(known):
        given = enrichment(account_id, person=known)
        return (await repository.record(given, [], observations=NOTHING)).person_id

    both = person("Ada Lovelace", "ada@engines.test", linkedin_url="linkedin.com/in/ada")
    by_email = await recorded(person("Ada Lovelace", "ada@engines.test"))
    assert await recorded(both) == by_email
    assert await recorded(person("Ada L.", linkedin_url="linkedin.com/in/ada")) == by_email
    assert await recorded(person("Ada L.", "ADA@engines.test")) == by_email
    assert await recorded(person("Grace Hopper", "grace@engines.test")) != by_email


async def test_namesakes_of_one_board_stay_two(repository, engine, account_id) -> None:
    pair = tuple(person("John Smith", company_name="Engines Ltd", title=t) for t in ("CEO", "CFO"))
    given = enrichment(account_id, executives=pair, company=company())
    await repository.record(given, [], observations=NOTHING)
    await repository.record(given, [], observations=NOTHING)
    assert len(await rows_of(engine, tables.people, account_id)) == 2


async def test_changed_value_leaves_its_history(repository, engine, account_id) -> None:
    before = person("Ada Lovelace", "ada@engines.test", title="Analyst")
    later = NOW + timedelta(days=400)
    after = person("Ada Lovelace", "ada@engines.test", title="Countess", city="London", at=later)
    first = await repository.record(enrichment(account_id, person=before), [], observations=NOTHING)
    second = await repository.record(enrichment(account_id, person=after), [], observations=NOTHING)
    rows = await rows_of(engine, tables.field_history, account_id)
    assert "Countess" not in str([row.new for row in rows])
    changes = (await ContactRepository(engine).history(account_id, first.person_id)).items
    assert {(change.field, change.old, change.new) for change in changes} == {
        ("title", "Analyst", "Countess"),
        ("city", None, "London"),
    }
    assert {(row.subject_id, row.enrichment_id) for row in rows} == {(first.person_id, second.id)}


async def test_refresh_never_moves_the_day_of_first_collection(
    repository, engine, account_id
) -> None:
    for day in range(0, 365, 30):
        at = NOW + timedelta(days=day)
        known = person("Ada Lovelace", "ada@engines.test", at=at)
        await repository.record(enrichment(account_id, person=known), [], observations=NOTHING)
    (row,) = await rows_of(engine, tables.contact_points, account_id)
    assert row.first_collected_at == NOW
    assert row.sources[0]["observed_at"].startswith("2027-02")


async def test_shared_and_guessed_mailboxes_identify_nobody(repository, account_id) -> None:
    vague = (
        email_point("info@engines.test", label="role"),
        email_point("j.smith@engines.test", deliverability=Deliverability.GUESSED),
    )
    ids = [
        (
            await repository.record(
                enrichment(account_id, person=person(name, points=vague)), [], observations=NOTHING
            )
        ).person_id
        for name in ("John Smith", "Jane Smith")
    ]
    assert ids[0] != ids[1]


HOSTILE = [
    "'; DROP TABLE people; --",
    "$1 %s :name {0} ${jndi:ldap://x.test/a}",
    '{"$ne": null} $.** ? (@ == 1)',
    "line\r\nX-Injected: 1",
    "\x1b[31mred\x1b[0m",
    "\\u0000 is text, and so is \\",
    "名前 🚂 e\u0301 \u202etxet",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_stored_as_data(repository, engine, account_id, text) -> None:
    known = person(text, "ada@engines.test", title=text, linkedin_url=text, company_name=text)
    given = enrichment(account_id, person=known, company=company(text))
    recorded = await repository.record(given, [], observations=NOTHING)
    assert await repository.get(account_id, given.id) == recorded
    (row,) = await rows_of(engine, tables.people, account_id)
    assert row.full_name == text


@pytest.mark.parametrize("text", ["Ada\0 Lovelace", "Ada\ud800 Lovelace", "\0Ada Lovelace\udfff"])
async def test_text_that_postgresql_cannot_hold_loses_only_that(
    repository, engine, account_id, text
) -> None:
    known = person(text, "ada\0@engines.test", company_name=text)
    await repository.record(enrichment(account_id, person=known), [], observations=NOTHING)
    (row,) = await rows_of(engine, tables.people, account_id)
    assert row.full_name == "Ada Lovelace"


async def test_overlong_values_do_not_fail_the_record(repository, engine, account_id) -> None:
    # Characters that do not compress, as an index entry may be compressed.
    vast = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(10_000))
    known = person(vast, f"{vast}@engines.test", company_name=vast, linkedin_url=vast, title=vast)
    given = enrichment(account_id, person=known, company=company(vast, domain=vast))
    first = await repository.record(given, [], observations=NOTHING)
    again = await repository.record(replace(given, id=uuid4()), [], observations=NOTHING)
    assert first.person_id == again.person_id
    assert await rows_of(engine, tables.contact_points, account_id) == []


async def _counts(engine, account_id) -> dict[str, int]:
    async with engine.connect() as connection:
        return {
            table.name: await connection.scalar(
                select(func.count()).select_from(table).where(table.c.account_id == account_id)
            )
            for table in tables.metadata.sorted_tables
            if "account_id" in table.c
        }
