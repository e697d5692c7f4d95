"""The documentation's examples: invented people, rendered by the code that renders real ones.

Written by hand they would drift from the answers; like this a wrong example is a wrong answer.
Built only when somebody asks for the OpenAPI document.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from roleferry_enrich.api import (
    intake_examples,
    job_examples,
    provider_examples,
    verification_examples,
)
from roleferry_enrich.api.answers.contact import contact_data, contact_page, history_page
from roleferry_enrich.api.answers.enrichment import answer_of
from roleferry_enrich.api.answers.plan import plan_answer
from roleferry_enrich.api.answers.records import resolve_answer
from roleferry_enrich.api.schemas.records import RecordBody, ResolveAnswer
from roleferry_enrich.domain.enrichments import Enrichment, Goal, Options, Request, Status, Strategy
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, MicroUsd
from roleferry_enrich.domain.loose_records import LooseRecord
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.plans import Plan
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
from roleferry_enrich.domain.stored import FieldChange, Page, StoredContact
from roleferry_enrich.pipeline.estimate import estimate
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.records.resolution import resolve_records

_RECORDS = (
    {"reference": "crm-1", "full_name": "Maren Oakhurst", "email": "maren@quillmere.test"},
    {"reference": "fair-7", "full_name": "Marne Oakhurst", "email": "maren@quillmere.test"},
    {"reference": "crm-9", "full_name": "Maren Oakhurst", "city": "York"},
)
REQUESTS: Mapping[str, Mapping[str, object]] = {
    "enrichContact": {
        "by_email": {"email": "maren.oakhurst@quillmere.test"},
        "by_name_and_company": {
            "full_name": "Maren Oakhurst",
            "company_name": "Quillmere Instruments",
            "country": "GB",
            "enrich": ["title", "business_email", "phone"],
            "strategy": "waterfall",
            "max_cost": 0.05,
            "min_confidence": 0.7,
        },
    },
    "findExecutives": {
        "by_domain": {"domain": "quillmere.test", "limit": 10},
        "by_number": {"company_number": "00945781", "country": "GB", "deadline_ms": 5000},
    },
    "createBatch": job_examples.BATCH,
    "enqueueBatch": job_examples.BATCH,
    "resolveRecords": {
        "two_people": {"records": _RECORDS},
    },
    "verifyEmails": verification_examples.REQUESTS,
    **intake_examples.REQUESTS,
    "enrichCompany": {
        "by_domain": {"domain": "quillmere.test"},
        "technologies_only": {
            "company_name": "Quillmere Instruments",
            "enrichment_types": ["technographics"],
        },
    },
}
CONTACT_ID = UUID("7d3c1f6e-4a52-4f0c-9a4e-0d6b1f2c3a48")
COMPANY_ID = UUID("2b9e8a10-6d1f-4b7e-8c35-5e0f7a9d1c62")
ENRICHMENT_ID = UUID("0f8a4c2e-93b7-4d15-a6e8-1b7c5d3f9e20")
_ACCOUNT_ID = UUID("c4e1a7b3-58d2-4096-b1f7-2a3d4e5f6071")
_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_KEYS = Keys(
    domain=Domain("quillmere.test"),
    email=Email("maren.oakhurst@quillmere.test"),
    company_number=CompanyNumber("00945781"),
)


def answers() -> Mapping[str, Mapping[str, object]]:
    """The body of each operation's 200, by operation and name of the example."""
    contact, executives, company = (answer_of(enrichment(goal)) for goal in Goal)
    plans = {goal: {"dry_run": plan_answer(_plan(goal))} for goal in Goal}
    return {
        **job_examples.answers(enrichment(Goal.PERSON)),
        "enrichContact": {"found": contact, **plans[Goal.PERSON]},
        "getEnrichment": {"contact": contact, "executives": executives, "company": company},
        "findExecutives": {"found": executives, **plans[Goal.EXECUTIVES]},
        "enrichCompany": {"found": company, **plans[Goal.COMPANY]},
        "resolveRecords": {"two_people": _resolved()},
        "verifyEmails": verification_examples.answers(_NOW),
        **intake_examples.ANSWERS,
        "listContacts": {"last_page": contact_page(_contacts())},
        "listCompanyContacts": {"last_page": contact_page(_contacts())},
        "getContact": {"found": contact_data(_contacts().items[0])},
        "getContactHistory": {"last_page": history_page(_changes())},
        "getLiveness": {"alive": {"status": "alive"}},
        "getReadiness": {"ready": {"status": "ready", "checks": _CHECKS}},
        "getProviderHealth": {"one": provider_examples.states(_NOW)},
        "listProviders": {"one": provider_examples.listed(_NOW)},
        "getMetrics": {"one": "roleferry_provider_calls_total 12.0\n"},
    }


def enrichment(goal: Goal) -> Enrichment:
    """An enrichment of invented people."""
    person = _person()
    return Enrichment(
        id=ENRICHMENT_ID,
        account_id=_ACCOUNT_ID,
        request=_request(goal),
        status=Status.PARTIAL,
        started_at=_NOW,
        answered_at=_NOW + timedelta(milliseconds=2_000),
        outcomes=_OUTCOMES,
        person=person if goal is Goal.PERSON else None,
        company=_company(),
        executives=(person,) if goal is Goal.EXECUTIVES else (),
        person_id=CONTACT_ID if goal is Goal.PERSON else None,
        company_id=COMPANY_ID,
    )


def _request(goal: Goal) -> Request:
    if goal is Goal.COMPANY:
        types = frozenset({"firmographics", "technographics", "workforce-trends"})
        return Request(goal=goal, keys=_KEYS, wanted=types)
    return Request(goal=goal, keys=_KEYS)


def _plan(goal: Goal) -> Plan:
    """As planned by an installation with the keys of three providers."""
    providers = [catalogue()[name] for name in ("apollo", "companies_house", "hunter")]
    request = replace(_request(goal), options=Options(strategy=Strategy.WATERFALL))
    return estimate(
        Situation(
            request=request,
            offers=tuple(offer for provider in providers for offer in provider.offers()),
            prices={one.spec.name: one.spec.credit_price for one in providers},
            keys=request.keys,
        )
    )


def _source(provider: str, days_ago: int, *, cached: bool = False) -> Source:
    observed = _NOW - timedelta(days=days_ago if cached else 0)
    as_of = (_NOW - timedelta(days=days_ago)).date()
    return Source(
        provider=provider, origin=provider, observed_at=observed, as_of=as_of, cached=cached
    )


_APOLLO = _source("apollo", 3)
_HUNTER = _source("hunter", 2, cached=True)
_REGISTER = _source("companies_house", 0)


def _field(value: Value, *sources: Source, confidence: float, verified: bool = False) -> FieldValue:
    return FieldValue(
        value=value, confidence=Confidence(confidence), sources=sources, verified=verified
    )


def _person() -> GoldenPerson:
    email = "maren.oakhurst@quillmere.test"
    return GoldenPerson(
        fields={
            "first_name": _field("Maren", _APOLLO, _HUNTER, _REGISTER, confidence=0.99),
            "last_name": _field("Oakhurst", _APOLLO, _HUNTER, _REGISTER, confidence=0.99),
            "full_name": _field("Maren Oakhurst", _APOLLO, _HUNTER, _REGISTER, confidence=0.99),
            "title": _field("Chief Executive Officer", _APOLLO, confidence=0.86),
            "role": _field("director", _REGISTER, confidence=0.99, verified=True),
            "seniority": _field("c_suite", _APOLLO, confidence=0.86),
            "appointed_on": _field("2019-04-01", _REGISTER, confidence=0.99, verified=True),
            "business_email": _field(email, _HUNTER, confidence=0.95, verified=True),
            "phone": _field("+442079460123", _APOLLO, confidence=0.71),
        },
        contact_points=(
            ContactPoint(
                kind=ContactKind.EMAIL,
                value=email,
                label="business",
                confidence=Confidence(0.95),
                sources=(_HUNTER,),
                deliverability=Deliverability.VALID,
            ),
            ContactPoint(
                kind=ContactKind.PHONE,
                value="+442079460123",
                label="direct",
                confidence=Confidence(0.71),
                sources=(_APOLLO,),
            ),
        ),
        confidence=Confidence(0.97),
        providers=("apollo", "companies_house", "hunter"),
        origins=("apollo", "companies_house", "hunter"),
    )


def _company() -> GoldenCompany:
    return GoldenCompany(
        fields={
            "name": _field("Quillmere Instruments", _APOLLO, confidence=0.98),
            "legal_name": _field("QUILLMERE INSTRUMENTS LIMITED", _REGISTER, confidence=0.99),
            "domain": _field("quillmere.test", _APOLLO, _HUNTER, confidence=0.98),
            "company_number": _field("00945781", _REGISTER, confidence=0.99, verified=True),
            "industry": _field("Scientific instruments", _APOLLO, confidence=0.8),
            "employees": _field(240, _APOLLO, confidence=0.75),
            "company_size": _field("201-500", _APOLLO, confidence=0.85),
            "technologies": _field(("PostgreSQL", "React"), _APOLLO, confidence=0.7),
        },
        confidence=Confidence(0.98),
        providers=("apollo", "companies_house", "hunter"),
        workforce={"engineering": 0.42, "sales": 0.2},
        workforce_change={"engineering": 0.05, "sales": -0.02},
    )


def _outcome(
    provider: str, capability: str, kind: OutcomeKind, *, cost: int = 0, latency_ms: int = 0
) -> ProviderOutcome:
    found = kind is OutcomeKind.FOUND
    return ProviderOutcome(
        provider=provider,
        capability=capability,
        outcome=kind,
        reason=None if found else "no reply within 2 s",
        retry_after=None,
        latency=timedelta(milliseconds=latency_ms),
        cost=MicroUsd(cost),
        calls=1 if latency_ms else 0,
        cached=None if latency_ms else CacheLevel.MEMORY,
        records=1 if found else 0,
        age=None if latency_ms else timedelta(days=2),
    )


_OUTCOMES = (
    _outcome("apollo", "find_person", OutcomeKind.FOUND, cost=25_000, latency_ms=640),
    _outcome("companies_house", "find_people", OutcomeKind.FOUND, latency_ms=310),
    _outcome("hunter", "find_email", OutcomeKind.FOUND),
    _outcome("clearbit", "find_person", OutcomeKind.TIMED_OUT, latency_ms=2_000),
)
_CHECKS = {
    "database": {"status": "up", "reason": None},
    "redis": {"status": "up", "reason": None},
}


def _resolved() -> ResolveAnswer:
    claims = (LooseRecord(full_name=it["full_name"], email=it.get("email")) for it in _RECORDS)
    resolved = resolve_records((b"", claim) for claim in claims)
    sent = [RecordBody.model_validate(it) for it in _RECORDS]
    return resolve_answer(sent, [outcome for _, outcome in resolved])


def _contacts() -> Page[StoredContact]:
    person = _person()
    contact = StoredContact(
        id=CONTACT_ID,
        fields=person.fields,
        contact_points=person.contact_points,
        company_id=COMPANY_ID,
        confidence=person.confidence,
        created_at=_NOW,
        updated_at=_NOW,
    )
    return Page(items=(contact,), next=None)


def _changes() -> Page[FieldChange]:
    change = FieldChange(
        field="title",
        old="Managing Director",
        new="Chief Executive Officer",
        changed_at=_NOW,
        enrichment_id=ENRICHMENT_ID,
    )
    return Page(items=(change,), next=None)
