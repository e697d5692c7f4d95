"""The invented person at every place where a person can be, beside others who are to stay."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.at_rest import AT_REST
from tests.privacy.erasing import CANARY
from tests.storage import job_examples
from tests.storage.examples import NOW, company, email_point, enrichment, person, provenance, source

from roleferry_enrich.domain.batches import Item
from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Request
from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.observations import Observation, Observations
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailVerdict,
    PersonClaim,
    PhoneClaim,
    PhoneKind,
)
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import Confidence, ContactKind, ContactPoint
from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.providers.contract import Findings
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.bound_names import address_name, reply_name
from roleferry_enrich.storage.enrichments import EnrichmentRepository
from roleferry_enrich.storage.outgoing_tables import webhook_deliveries, webhook_endpoints
from roleferry_enrich.storage.sealed import sealed_text
from roleferry_enrich.storage.webhook_tables import mailbox_reports, webhook_events
from roleferry_enrich.webhooks.vault import Vault

NAME, EMAIL, PHONE = CANARY["name"], Email(CANARY["email"]), CANARY["phone"]
PROFILE = CANARY["profile"]
OTHER, OTHERS_EMAIL = "Orla Fenwick", "orla.fenwick@quillmere.test"
QUILLMERE = {"company_domain": "quillmere.test", "company_name": "Quillmere Instruments"}
CLAIM = PersonClaim(
    full_name="KANARIENNE, Zzyxa",
    emails=(EmailClaim(address="Zzyxa.Kanarienne+news@QUILLMERE.test"),),
    phones=(PhoneClaim(number="020 7946 1234", kind=PhoneKind.MOBILE),),
    linkedin_url="https://uk.linkedin.com/in/Zzyxa-Kanarienne/?trk=x",
    country="GB",
    **QUILLMERE,
)
OTHER_CLAIM = PersonClaim(full_name=OTHER, emails=(EmailClaim(address=OTHERS_EMAIL),), **QUILLMERE)


def _points() -> tuple[ContactPoint, ...]:
    phone = ContactPoint(
        kind=ContactKind.PHONE,
        value=PHONE,
        label="mobile",
        confidence=Confidence(0.9),
        sources=(source(),),
    )
    profile = ContactPoint(
        kind=ContactKind.PROFILE,
        value=PROFILE,
        label="linkedin",
        confidence=Confidence(0.9),
        sources=(source(),),
    )
    return (email_point(EMAIL), phone, profile)


def _canary(**fields: str):
    return person(NAME, points=_points(), linkedin_url=PROFILE, **QUILLMERE, **fields)


def _observed() -> Observations:
    where = provenance(uuid4())
    about = CompanyClaim(
        name="Quillmere Instruments",
        domain="quillmere.test",
        description=f"Founded by {NAME} in 1999.",
    )
    return Observations(
        people=(Observation(CLAIM, where), Observation(OTHER_CLAIM, where)),
        companies=(Observation(about, where),),
        verdicts=(
            Observation(EmailVerdict(address=EMAIL, deliverability=Deliverability.VALID), where),
        ),
    )


async def enriched(engine: AsyncEngine, account_id: UUID) -> Enrichment:
    """Asked for twice, so that there is a history, and found."""
    request = Request(goal=Goal.PERSON, keys=Keys(email=EMAIL))
    repository = EnrichmentRepository(engine)
    asked = enrichment(account_id, request=request, person=_canary(title="Clerk"))
    await repository.record(asked, (), observations=_observed())
    again = enrichment(
        account_id, request=request, person=_canary(title="Director", business_email=EMAIL)
    )
    return await repository.record(again, (), observations=_observed())


async def led(engine: AsyncEngine, account_id: UUID) -> Enrichment:
    """In the list of a company's executives, beside another."""
    described = company(
        "Quillmere Instruments",
        domain="quillmere.test",
        email=EMAIL,
        description=f"Led by {NAME}.",
    )
    other = person(OTHER, OTHERS_EMAIL, **QUILLMERE)
    listed = enrichment(
        account_id,
        request=Request(
            goal=Goal.EXECUTIVES,
            keys=Keys(domain=Domain("quillmere.test")),
            known_executives=(NAME, OTHER),
        ),
        company=described,
        executives=(_canary(), other),
    )
    return await EnrichmentRepository(engine).record(listed, (), observations=_observed())


async def batched(engine: AsyncEngine, account_id: UUID) -> UUID:
    asked = (
        Item(number=1, reference=f"crm {NAME}", request=job_examples.asked(EMAIL)),
        Item(number=2, reference="crm-2", request=job_examples.asked(OTHERS_EMAIL)),
    )
    job = await job_examples.created(engine, account_id, items=asked)
    return job.id


async def sent(engine: AsyncEngine, account_id: UUID, vault: Vault) -> None:
    """What providers sent, what of it is kept of the mailbox, and a paid reply."""
    document = {"event": "bounce", "email": EMAIL.upper(), "people": [{"name": NAME}]}
    name, question = f"e-{uuid4()}", uuid4().bytes
    mailbox, known_by = (AT_REST.blind(kind, EMAIL) for kind in ("mailbox", "email"))
    rows = {
        webhook_events: {
            "provider": "sendgrid",
            "event_id": name,
            "kind": "bounce",
            "occurred_at": NOW,
            "digest": b"d",
            "body": vault.seal("sendgrid", name, document),
            "state": "done",
        },
        mailbox_reports: {
            "account_id": account_id,
            "mailbox": mailbox,
            "provider": "sendgrid",
            "id": uuid4(),
            "address": sealed_text(AT_REST, address_name(mailbox), EMAIL),
            "deliverability": "invalid",
            "reason": "bounced",
            "reported_at": NOW,
        },
        tables.opt_outs: {"account_id": account_id, "kind": "email", "value": known_by},
        tables.call_intents: {
            "question": question,
            "id": uuid4(),
            "account_id": account_id,
            "enrichment_id": uuid4(),
            "conversation": uuid4(),
            "provider": "acme",
            "capability": "find_person",
            "attempt": 1,
            "price": 10,
            "noted_at": NOW,
            "expires_at": NOW + timedelta(hours=1),
            "reply": AT_REST.seal(reply_name(question), _reply()),
        },
    }
    async with engine.begin() as connection:
        for table, row in rows.items():
            await connection.execute(insert(table).values(row))


def _reply() -> bytes:
    body = msgspec.json.encode({"people": [{"first": "Zzyxa", "mail": EMAIL}]})
    return msgspec.msgpack.encode((200, body, {}, NOW))


async def subscribed(engine: AsyncEngine, account_id: UUID, *events: str) -> UUID:
    endpoint_id = uuid4()
    async with engine.begin() as connection:
        await connection.execute(
            insert(webhook_endpoints).values(
                account_id=account_id,
                id=endpoint_id,
                url="https://crm.test/hook",
                events=list(events),
                secret=b"sealed",
            )
        )
    return endpoint_id


async def delivered(engine: AsyncEngine, told: Enrichment, endpoint_id: UUID) -> None:
    body = msgspec.json.encode({"data": {"contact_id": str(told.person_id)}})
    async with engine.begin() as connection:
        await connection.execute(
            insert(webhook_deliveries).values(
                account_id=told.account_id,
                id=uuid4(),
                endpoint_id=endpoint_id,
                event_id=uuid4(),
                event="enrichment.answered",
                body=body,
                state="delivered",
                due_at=NOW,
            )
        )


async def cached(cache: Cache, *claims: PersonClaim) -> str:
    """An answer of a provider, kept; its name."""
    key = cache.key(uuid4().bytes)
    looked = await cache.look(key, "")
    remembered = Remembered(findings=Findings(people=claims), conversation=uuid4(), observed_at=NOW)
    await cache.land(key, "", looked.begun, remembered, timedelta(days=1))
    return key
