"""What became of a mail marks the stored address at once, and answers of that account alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.at_rest import AT_REST
from tests.storage.examples import NOW, email_point, enrichment, person

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.queries import EmailQuery, Keys
from roleferry_enrich.providers.contract import Answer, ClaimedByPerson
from roleferry_enrich.providers.internal import Internal
from roleferry_enrich.providers.own_store import Recollection
from roleferry_enrich.storage.contacts import ContactRepository
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.mailbox_reports import Reported, note
from roleferry_enrich.storage.recollections import Recollections
from roleferry_enrich.storage.webhook_tables import mailbox_reports
from roleferry_enrich.storage.wire import Wire

ADA = Email("ada@engines.test")
DAY = timedelta(days=1)
INVALID, RISKY = Deliverability.INVALID, Deliverability.RISKY


@pytest.fixture
async def wire(database_url) -> AsyncIterator[Wire]:
    wire = Wire(database_url)
    yield wire
    await wire.close()


def report(**changed) -> Reported:
    standard = {
        "provider": "sendgrid",
        "event_id": "e1",
        "address": ADA,
        "deliverability": INVALID,
        "reason": "bounced",
        "at": NOW - DAY,
    }
    return Reported(**standard | changed)


async def noted(engine, account_id, **changed) -> str:
    async with engine.begin() as connection:
        return await note(connection, account_id, report(**changed))


async def stored(engine, account_id, *points):
    """A contact with these addresses; its id."""
    given = enrichment(account_id, person=person("Ada Lovelace", points=points))
    known = await EnrichmentRepository(engine).record(given, [], observations=Observations())
    return known.person_id


async def points_of(engine, account_id, contact_id):
    contact = await ContactRepository(engine).get(account_id, contact_id)
    assert contact
    return {point.value: point for point in contact.contact_points}


async def told(wire, account_id, email=ADA, **changed) -> Answer:
    given = {"wire": wire, "shelves": (), "now": lambda: NOW, "at_rest": AT_REST} | changed
    carrier = Recollections(**given).in_the_name_of(account_id, timedelta(0))
    conversation = Internal().verify_email(EmailQuery(email=email))
    (call,) = next(conversation)
    reply = await carrier.send(call, within=timedelta(seconds=5))
    with pytest.raises(StopIteration) as finished:
        conversation.send((reply,))
    return finished.value.value


async def test_a_bounce_marks_the_stored_address_with_who_told_it(engine, account_id):
    contact_id = await stored(
        engine, account_id, email_point(ADA), email_point("ada@home.test", label="personal")
    )
    before = await points_of(engine, account_id, contact_id)

    assert await noted(engine, account_id) == "mailbox_noted"

    after = await points_of(engine, account_id, contact_id)
    assert after["ada@home.test"] == before["ada@home.test"]
    marked = after[ADA]
    assert marked.deliverability is INVALID
    assert marked.confidence.value < before[ADA].confidence.value / 10
    assert [source.provider for source in marked.sources] == ["sendgrid", "acme"]
    assert marked.sources[0].observed_at == NOW - DAY


async def test_an_address_that_was_marked_twice_is_believed_as_if_once(engine, account_id):
    contact_id = await stored(engine, account_id, email_point(ADA))
    await noted(engine, account_id)
    once = (await points_of(engine, account_id, contact_id))[ADA]
    await noted(engine, account_id, event_id="e2", at=NOW)
    twice = (await points_of(engine, account_id, contact_id))[ADA]

    assert twice.confidence == once.confidence
    assert len(twice.sources) == 2


async def test_another_accounts_contact_is_left_alone(engine, account_id, other_account_id, wire):
    contact_id = await stored(engine, other_account_id, email_point(ADA))
    await noted(engine, account_id)

    points = await points_of(engine, other_account_id, contact_id)
    assert points[ADA].deliverability is Deliverability.VALID
    assert await told(wire, other_account_id) == Recollection()


async def test_h61_an_earlier_report_that_comes_later_changes_nothing(engine, account_id, wire):
    await noted(engine, account_id, deliverability=RISKY, reason="spam_report", at=NOW)

    assert await noted(engine, account_id, event_id="e0", at=NOW - DAY) == "known_better"
    assert [verdict.deliverability for verdict in (await told(wire, account_id)).verdicts] == [
        RISKY
    ]


async def test_reports_of_one_mailbox_at_once_are_one_row_with_the_latest(engine, account_id):
    hours = [timedelta(hours=hour) for hour in range(10)]
    await asyncio.gather(
        *(noted(engine, account_id, event_id=f"e{n}", at=NOW - h) for n, h in enumerate(hours))
    )

    async with engine.connect() as connection:
        mine = mailbox_reports.c.account_id == account_id
        (row,) = (await connection.execute(select(mailbox_reports).where(mine))).all()
        assert row.reported_at == NOW


async def test_an_account_that_is_none_is_told(engine):
    assert await noted(engine, uuid4()) == "no_account"


async def test_each_reporter_is_told_with_its_origin_and_its_day(engine, account_id, wire):
    await noted(engine, account_id)
    await noted(
        engine, account_id, provider="mailgun", deliverability=RISKY, reason="spam_report", at=NOW
    )

    answer = await told(wire, account_id)

    assert isinstance(answer, Recollection)
    bounce, complaint = answer.observed.verdicts
    assert (bounce.claim.deliverability, bounce.claim.reasons) == (INVALID, ("bounced",))
    assert (bounce.provenance.provider, bounce.provenance.origin) == ("sendgrid", "sendgrid")
    assert (bounce.provenance.capability, bounce.as_of) == ("verify_email", (NOW - DAY).date())
    assert bounce.provenance.recalled
    assert complaint.provenance.provider == "mailgun"


@pytest.mark.parametrize("spelling", ["ADA@engines.test", "ada+sales@engines.test"])
async def test_every_spelling_of_a_mailbox_is_the_same(engine, account_id, wire, spelling):
    await noted(engine, account_id, address=Email(spelling))

    assert len((await told(wire, account_id)).verdicts) == 1


async def test_a_mailbox_nobody_reported_on_is_unknown(account_id, wire):
    assert await told(wire, account_id) == Recollection()


async def test_a_report_is_told_for_so_long(engine, account_id, wire):
    await noted(engine, account_id, at=NOW - 30 * DAY)

    assert (await told(wire, account_id, reports_told_for=30 * DAY)).verdicts
    assert not (await told(wire, account_id, reports_told_for=29 * DAY)).verdicts
    assert not (await told(wire, account_id, reports_told_for=timedelta(0))).verdicts


async def test_of_who_opted_out_nothing_is_told(engine, account_id, wire):
    await noted(engine, account_id)
    refusal = ProviderOutcome(
        provider="hunter",
        capability="find_person",
        outcome=OutcomeKind.OPTED_OUT,
        reason=None,
        retry_after=None,
        latency=timedelta(0),
        cost=MicroUsd(0),
        calls=1,
        cached=None,
        records=0,
    )
    request = Request(goal=Goal.PERSON, keys=Keys(email=ADA))
    given = enrichment(account_id, request=request, outcomes=(refusal,))
    await EnrichmentRepository(engine).record(given, [], observations=Observations())

    assert await told(wire, account_id) == ClaimedByPerson()
