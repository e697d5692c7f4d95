"""All that is stored is brought under the current key, in pieces, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.database_dump import everything
from tests.databases import new_account
from tests.storage.examples import NOW, company, enrichment, observations, person, report
from tests.storage.job_examples import items

from roleferry_enrich.domain.batches import NewJob
from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.errors import KeyMissing
from roleferry_enrich.gateway.sealing import KeyRing
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.at_rest import AtRest
from roleferry_enrich.storage.bound_names import erasure_name
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.engine import create_engine
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.erasure_tables import erasures
from roleferry_enrich.storage.erasures import ErasureRepository, Receipt
from roleferry_enrich.storage.idempotency import (
    About,
    IdempotencyRepository,
    KeptAnswer,
    KeyPlace,
)
from roleferry_enrich.storage.jobs import JobRepository
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.mailbox_reports import Reported, note
from roleferry_enrich.storage.resealing import Resealing
from roleferry_enrich.storage.shredding import shred
from roleferry_enrich.storage.sourced import enrichment_document, fields_document
from roleferry_enrich.storage.transactions import in_transaction

ADA = Email("ada@engines.test")
CANARIES = ("ada@", "in/countess", "bo@")


def ring(*secrets: bytes) -> AtRest:
    return AtRest(KeyRing(secrets, purpose="at rest"), b"secret")


OLD, BOTH, NEW = ring(b"old"), ring(b"new", b"old"), ring(b"new")


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator:
    engines: list[AsyncEngine] = []

    def opened(at_rest: AtRest) -> AsyncEngine:
        engines.append(create_engine(database_url, at_rest=at_rest))
        return engines[-1]

    yield opened
    async with engines[0].begin() as connection:
        await connection.execute(text("TRUNCATE accounts CASCADE"))
    for engine in engines:
        await engine.dispose()


async def filled(engine: AsyncEngine) -> tuple[UUID, UUID, UUID]:
    """An account that knows Ada in every table, and two answers of it: about her, about a board."""
    account = await new_account(engine)
    records = EnrichmentRepository(engine)
    for title, day in (("Analyst", 0), ("Countess", 400)):
        at = NOW + timedelta(days=day)
        ada = person("Ada Lovelace", ADA, title=title, at=at, linkedin_url="li.test/in/countess")
        given = enrichment(account, person=ada, company=company(domain="engines.test"))
        conversation = uuid4()
        said = observations(conversation)
        known = await records.record(given, [report(said, conversation)], observations=said)
    board = (person("Ada Lovelace", ADA), person("Bo Cole", "bo@engines.test"))
    led = await records.record(
        enrichment(account, executives=board, company=company(domain="engines.test")),
        [],
        observations=Observations(),
    )
    await JobRepository(engine).create(account, NewJob(items=items(3)))
    reported = Reported(
        provider="sendgrid",
        event_id="1",
        address=ADA,
        deliverability=Deliverability.INVALID,
        reason="bounced",
        at=NOW,
    )
    await in_transaction(engine, lambda it: note(it, account, reported))
    return account, known.id, led.id


def quiet(table: str, done: int, count: int) -> None:
    assert done <= count


async def test_h78_nothing_stored_shows_a_contact_point(opened, database_url) -> None:
    await filled(opened(OLD))
    dump = (await everything(database_url)).casefold()
    assert "engines ltd" in dump
    assert not [canary for canary in CANARIES if canary in dump]


async def test_a_former_key_may_go_when_all_is_under_the_current_one(opened) -> None:
    account, about_ada, about_the_board = await filled(opened(OLD))
    before = await EnrichmentRepository(opened(OLD)).get(account, about_the_board)
    with pytest.raises(KeyMissing):
        await EnrichmentRepository(opened(NEW)).get(account, about_ada)

    resealing = Resealing(opened(BOTH), at_once=2)
    assert (await resealing.left())["subject_keys"] == 2
    assert await resealing.run(quiet) > 4
    assert sum((await resealing.left()).values()) == 0

    records = EnrichmentRepository(opened(NEW))
    assert (await records.get(account, about_ada)).person.text("title") == "Countess"
    assert await records.get(account, about_the_board) == before
    assert (await records.observations(account, about_ada)).verdicts
    assert await Resealing(opened(NEW)).run(quiet) == 0


async def test_what_lies_in_clear_is_sealed_and_read_as_before(opened, database_url) -> None:
    """As rows are that were stored before there were keys."""
    engine = opened(AT_REST)
    account, about_ada, about_the_board = await filled(engine)
    records, contacts = EnrichmentRepository(engine), ContactRepository(engine)
    page = (await contacts.page(account)).items
    answers = [await records.get(account, each) for each in (about_ada, about_the_board)]
    await _lay_open(engine, account, answers, page)
    assert [c for c in CANARIES if c in (await everything(database_url)).casefold()]

    assert [await records.get(account, it.id) for it in answers] == answers
    assert (await contacts.page(account)).items == page
    assert await Resealing(engine, at_once=1).run(quiet)

    assert [await records.get(account, it.id) for it in answers] == answers
    assert (await contacts.page(account)).items == page
    assert not [c for c in CANARIES if c in (await everything(database_url)).casefold()]


async def test_who_is_shredded_is_read_nowhere_and_the_others_are(opened) -> None:
    engine = opened(AT_REST)
    account, about_ada, about_the_board = await filled(engine)
    records, contacts = EnrichmentRepository(engine), ContactRepository(engine)
    ada = (await records.get(account, about_ada)).person_id

    assert await in_transaction(engine, lambda it: shred(it, account, {ada})) == 1

    assert await records.get(account, about_ada) is None
    board = (await records.get(account, about_the_board)).executives
    assert [each.text("full_name") for each in board] == ["Bo Cole"]
    assert await contacts.get(account, ada) is None
    assert (await contacts.history(account, ada)).items == ()
    assert not (await records.observations(account, about_ada)).people
    assert len((await contacts.page(account)).items) == 1


async def test_who_is_learnt_of_again_has_a_new_key_and_nothing_from_before(opened) -> None:
    engine = opened(AT_REST)
    account, about_ada, _ = await filled(engine)
    records, contacts = EnrichmentRepository(engine), ContactRepository(engine)
    ada = (await records.get(account, about_ada)).person_id
    await in_transaction(engine, lambda it: shred(it, account, {ada}))

    again = enrichment(account, person=person("Ada Lovelace", ADA, city="London"))
    await records.record(again, [], observations=Observations())

    contact = await contacts.get(account, ada)
    assert contact.fields.keys() == {"full_name", "city"}
    assert [point.value for point in contact.contact_points] == [ADA]


async def test_kept_answers_and_erasures_are_brought_under_the_current_key(opened) -> None:
    engine = opened(BOTH)
    place = KeyPlace(await new_account(engine), "POST /enrich", "k")
    kept, erasure_id = IdempotencyRepository(engine, OLD, b"s"), uuid4()
    claim = await kept.claim(place, b"f")
    answer = KeptAnswer(status=200, headers={}, body=b"of ada")
    await in_transaction(engine, lambda it: kept.keep(it, claim, answer, About()))
    sought = OLD.seal(erasure_name(erasure_id), b"ada")
    receipt = Receipt(id=erasure_id, scope=uuid4(), requested_at=NOW, done_at=None, counts={})
    await in_transaction(engine, lambda it: ErasureRepository(engine).begin(it, receipt, sought))

    await Resealing(engine).run(quiet)

    again = await IdempotencyRepository(engine, NEW, b"s").claim(place, b"f")
    assert again.body == b"of ada"
    async with engine.begin() as connection:
        (frame,) = (await connection.scalars(delete(erasures).returning(erasures.c.sought))).all()
    assert NEW.open(erasure_name(erasure_id), frame) == b"ada"


async def _lay_open(engine, account, answers, contacts) -> None:
    of_answers, of_people, points = tables.enrichments, tables.people, tables.contact_points
    async with engine.begin() as connection:
        for answer in answers:
            plain = {"request": answer.request, "result": enrichment_document(answer)}
            mine = of_answers.c.id == answer.id
            await connection.execute(update(of_answers).where(mine).values(plain))
        for contact in contacts:
            plain = {"fields": fields_document(contact.fields)}
            mine = of_people.c.id == contact.id
            await connection.execute(update(of_people).where(mine).values(plain))
            for point in contact.contact_points:
                mine = points.c.digest == AT_REST.blind(point.kind, point.value)
                await connection.execute(update(points).where(mine).values(value=point.value))
        for table in (subject_keys, tables.observations, tables.field_history):
            await connection.execute(delete(table))
