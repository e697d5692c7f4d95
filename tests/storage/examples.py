"""Invented people, companies and enrichments that storage tests put into the database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Request, Status
from roleferry_enrich.domain.identifiers import Email, MicroUsd
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import CallRecord, Found, OutcomeKind, Report
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailKind,
    EmailVerdict,
    PersonClaim,
)
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import (
    Confidence,
    ContactKind,
    ContactPoint,
    FieldValue,
    GoldenCompany,
    GoldenPerson,
    Source,
    Value,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def source(provider: str = "acme", observed_at: datetime = NOW) -> Source:
    return Source(
        provider=provider, origin=provider, observed_at=observed_at, as_of=observed_at.date()
    )


def said(value: Value, confidence: float = 0.8, at: datetime = NOW, by: str = "acme") -> FieldValue:
    return FieldValue(value=value, confidence=Confidence(confidence), sources=(source(by, at),))


def email_point(
    address: str, *, label: str = "business", at: datetime = NOW, **changed
) -> ContactPoint:
    return ContactPoint(
        kind=ContactKind.EMAIL,
        value=address,
        label=label,
        confidence=Confidence(0.9),
        **{"sources": (source("acme", at),), "deliverability": Deliverability.VALID} | changed,
    )


def person(
    name: str = "Ada Lovelace",
    *emails: str,
    at: datetime = NOW,
    points: tuple[ContactPoint, ...] = (),
    **fields: Value,
) -> GoldenPerson:
    values: dict[str, Value] = {"full_name": name} | fields
    return GoldenPerson(
        fields={field: said(value, at=at) for field, value in values.items()},
        contact_points=tuple(email_point(address, at=at) for address in emails) + points,
        confidence=Confidence(0.9),
        providers=("acme",),
        origins=("acme",),
    )


def company(name: str = "Engines Ltd", **fields: Value) -> GoldenCompany:
    values: dict[str, Value] = {"name": name} | fields
    return GoldenCompany(
        fields={field: said(value) for field, value in values.items()},
        confidence=Confidence(0.95),
        providers=("acme",),
        workforce={"engineering": 0.5},
        workforce_change={},
    )


def enrichment(account_id: UUID, **changed) -> Enrichment:
    standard = {
        "id": uuid4(),
        "account_id": account_id,
        "request": Request(goal=Goal.PERSON, keys=Keys(email=Email("ada@engines.test"))),
        "status": Status.COMPLETE,
        "started_at": NOW,
        "answered_at": NOW + timedelta(seconds=1),
        "outcomes": (),
    }
    return Enrichment(**standard | changed)


def call(conversation: UUID, cost: int = 10_000) -> CallRecord:
    return CallRecord(
        id=uuid4(),
        conversation=conversation,
        provider="acme",
        capability="find_person",
        attempt=1,
        status=200,
        outcome=OutcomeKind.FOUND,
        cost=MicroUsd(cost),
        sent_at=NOW,
        latency=timedelta(milliseconds=250),
        permit_wait=timedelta(0),
    )


def report(observations: Observations, conversation: UUID, *calls: CallRecord) -> Report:
    return Report(
        conversation=conversation,
        provider="acme",
        capability="find_person",
        outcome=Found(observations),
        latency=timedelta(milliseconds=250),
        calls=calls,
    )


def provenance(conversation: UUID) -> Provenance:
    return Provenance(
        provider="acme",
        capability="find_person",
        origin="acme",
        conversation=conversation,
        observed_at=NOW,
    )


def observations(conversation: UUID, address: str = "ada@engines.test") -> Observations:
    where = provenance(conversation)
    mailbox = EmailClaim(address=address, kind=EmailKind.BUSINESS)
    return Observations(
        people=(Observation(PersonClaim(full_name="Ada Lovelace", emails=(mailbox,)), where),),
        companies=(Observation(CompanyClaim(name="Engines Ltd", domain="engines.test"), where),),
        verdicts=(
            Observation(EmailVerdict(address=address, deliverability=Deliverability.VALID), where),
        ),
    )
