"""The far side of `Services`, in memory: one account, and what it was asked."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection
from tests.api.fake_billing import FakeBilling
from tests.api.fake_keys import FakeKeys
from tests.api.fake_rights import FakeRights
from tests.api.fake_suppressions import FakeSuppressions, KeptHandlings
from tests.api.fake_webhooks import FakeWebhooks

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.audit import Deed
from roleferry_enrich.accounts.quotas import Quota, QuotaExceeded, QuotaLeft, WindowLeft
from roleferry_enrich.api import examples
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.domain.batches import ItemResult, ItemState, Job, NewJob
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.health import BreakerState, Health, LimiterState, ProviderHealth
from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.domain.outgoing_webhooks import Callback
from roleferry_enrich.domain.plans import Plan
from roleferry_enrich.domain.scopes import ISSUABLE
from roleferry_enrich.domain.stored import FieldChange, Page, StoredCompany, StoredContact
from roleferry_enrich.domain.verification import (
    CheckedEmail,
    Judgement,
    MailStatus,
    Verification,
    VerificationPlan,
    VerificationRequest,
)
from roleferry_enrich.domain.waterfalls import Waterfalls, waterfalls
from roleferry_enrich.errors import InvalidQuery, NotFound, RequestRefused, Unauthenticated
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.pipeline.estimate import estimate
from roleferry_enrich.pipeline.situations import first_situation
from roleferry_enrich.pipeline.verifiers import plan_of
from roleferry_enrich.privacy.handlings import Handlings
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.profile import Profile, profile_of
from roleferry_enrich.records.resolution import resolve_records
from roleferry_enrich.storage.idempotency import About, Claim, KeptAnswer, KeyInUse, KeyPlace
from roleferry_enrich.storage.transactions import Alongside
from roleferry_enrich.webhooks.inbox import Receipt

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = "test-key-of-the-account"
OTHER_KEY = "test-key-of-another"
SCOPES = frozenset(ISSUABLE)
ACCOUNT = Account(id=UUID(int=1), name="Testing", scopes=SCOPES, key_id="k1")
OTHER = Account(id=UUID(int=2), name="Another", scopes=SCOPES, key_id="k2")
KNOWN = {KEY: ACCOUNT, OTHER_KEY: OTHER}


class FakeJobs:
    """Jobs in memory; none of them is ever run."""

    def __init__(self) -> None:
        self.made: list[tuple[UUID, NewJob]] = []
        self.known: dict[tuple[UUID, UUID], Job] = {}
        self.ended: list[ItemResult] = []
        self.retried: list[UUID] = []
        self.looks = 0
        self.refusal: RequestRefused | None = None

    async def create(
        self, account_id: UUID, new: NewJob, alongside: Alongside[Job] | None = None
    ) -> Job:
        if self.refusal is not None:
            raise self.refusal
        self.made.append((account_id, new))
        job = Job(
            id=UUID(int=len(self.made)),
            account_id=account_id,
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            priority=new.priority,
            max_cost=new.max_cost,
            callback_url=new.callback_url,
            total=len(new.items),
            faults=new.faults,
            refused=new.refused,
            columns=new.columns,
            counts={ItemState.QUEUED: len(new.items)},
        )
        self.known[account_id, job.id] = job
        await _write(alongside, job)
        return job

    async def callback(self, account_id: UUID, url: str | None) -> Callback | None:
        if url is None:
            return None
        return Callback(endpoint_id=account_id, secret="whsec_of_this_account")

    async def get(self, account_id: UUID, job_id: UUID) -> Job | None:
        """A job that is looked at goes on: its third look is its end."""
        self.looks += 1
        job = self.known.get((account_id, job_id))
        if job is not None and self.looks == 3:
            job = replace(job, finished_at=job.created_at, counts={ItemState.DONE: job.total})
            self.known[account_id, job_id] = job
        return job

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[Job]:
        mine = tuple(job for (owner, _), job in self.known.items() if owner == account_id)
        return Page(items=mine[:limit], next="cursor-2" if len(mine) > limit else None)

    async def cancel(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        job = self.known.get((account_id, job_id))
        if job is None:
            return None
        job = replace(job, cancelled_at=job.created_at, finished_at=job.created_at)
        await _write(alongside, job)
        return job

    async def retry(
        self, account_id: UUID, job_id: UUID, alongside: Alongside[Job] | None = None
    ) -> Job | None:
        if self.refusal is not None:
            raise self.refusal
        job = self.known.get((account_id, job_id))
        if job is not None:
            self.retried.append(job_id)
            await _write(alongside, job)
        return job

    async def results(
        self, account_id: UUID, job_id: UUID, *, after: str | None, limit: int
    ) -> Page[ItemResult]:
        start = int(after or 0)
        mine = tuple(self.ended[start : start + limit])
        more = len(self.ended) > start + limit
        return Page(items=mine, next=str(start + limit) if more else None)


async def _write(alongside: Alongside[Any] | None, made: object) -> None:
    if alongside is not None:
        await alongside(cast("AsyncConnection", None), made)


class FakeKeptAnswers:
    """Answers in memory; what is written alongside counts as committed."""

    def __init__(self) -> None:
        self.claims: dict[KeyPlace, tuple[bytes, Claim]] = {}
        self.kept: dict[KeyPlace, tuple[KeptAnswer, About]] = {}
        self.begun: set[KeyPlace] = set()
        self.written = 0

    async def claim(self, place: KeyPlace, fingerprint: bytes) -> Claim | KeptAnswer:
        known, _ = self.claims.setdefault(place, (fingerprint, Claim(place, uuid4())))
        if known != fingerprint:
            raise InvalidQuery("the Idempotency-Key belongs to another request")
        if place in self.kept:
            return self.kept[place][0]
        if place in self.begun:
            raise KeyInUse("under way", retry_after=timedelta(seconds=1))
        self.begun.add(place)
        return self.claims[place][1]

    async def keep(self, _: object, claim: Claim, answer: KeptAnswer, about: About) -> None:
        self.written += 1
        self.kept.setdefault(claim.place, (answer, about))

    async def settle(self, claim: Claim, answer: KeptAnswer, about: About) -> None:
        self.kept[claim.place] = replace(answer, subjects=about.subjects), about

    async def release(self, claim: Claim) -> None:
        del self.claims[claim.place]
        self.begun.discard(claim.place)

    async def drop(self, place: KeyPlace) -> None:
        del self.claims[place], self.kept[place]
        self.begun.discard(place)


class FakeSubjects:
    def __init__(self) -> None:
        self.suppressed: set[bytes] = set()

    def digests(self, forms: Iterable[NormalForm]) -> list[bytes]:
        return [f"{form.kind} {form.value}".encode() for form in forms]

    def has_any(self, _: UUID, digests: Iterable[bytes]) -> bool:
        return bool(self.suppressed.intersection(digests))


class FakeAudit:
    """Remembers deeds; what is written in a transaction apart from what is noted."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str | None, list[NormalForm], int]] = []
        self.written: list[tuple[str, int]] = []
        self.entries: list[AuditEntry] = []

    def note(self, deed: Deed, status: int) -> None:
        self.noted.append((deed.operation, deed.resource, list(deed.whom()), status))

    async def write(self, _: object, __: UUID, deed: Deed, status: int) -> None:
        self.written.append((deed.operation, status))

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[AuditEntry]:
        start = int(after or 0)
        mine = [entry for entry in self.entries if entry.account_id == account_id]
        more = str(start + limit) if len(mine) > start + limit else None
        return Page(items=tuple(mine[start : start + limit]), next=more)


class FakeQuotas:
    """Lets everybody in, or nobody."""

    def __init__(self) -> None:
        self.counted: list[UUID] = []
        self.left = QuotaLeft(
            tuple(
                WindowLeft(window, window.requests - 1, window.length)
                for window in Quota(per_minute=100, per_hour=1_000).windows
            )
        )
        self.refusal: QuotaExceeded | None = None

    async def admit(self, account_id: UUID) -> QuotaLeft:
        self.counted.append(account_id)
        if self.refusal is not None:
            raise self.refusal
        return self.left


@dataclass
class FakeServices:
    quotas: FakeQuotas = field(default_factory=FakeQuotas)
    kept_answers: FakeKeptAnswers = field(default_factory=FakeKeptAnswers)
    subjects: FakeSubjects = field(default_factory=FakeSubjects)
    audit: FakeAudit = field(default_factory=FakeAudit)
    records: bool = True
    """Whether answers are recorded while somebody waits for them."""
    jobs: FakeJobs = field(default_factory=FakeJobs)
    asked: list[tuple[Request, Account]] = field(default_factory=list)
    to_verify: list[VerificationRequest] = field(default_factory=list)
    checked: Mapping[str, CheckedEmail] = field(default_factory=dict)
    resolved: list[Sequence[LooseRecord]] = field(default_factory=list)
    delivered: list[tuple[str, bytes, Mapping[str, str], str | None]] = field(default_factory=list)
    named: Waterfalls = field(default_factory=lambda: waterfalls({}))
    tokens: list[str] = field(default_factory=list)
    failure: Exception | None = None
    answer: Enrichment | None = None
    stored: dict[tuple[UUID, UUID], Enrichment] = field(default_factory=dict)
    owned: dict[tuple[UUID, UUID], StoredContact] = field(default_factory=dict)
    companies: dict[tuple[UUID, UUID], StoredCompany] = field(default_factory=dict)
    changes: tuple[FieldChange, ...] = ()
    pages_asked: list[tuple[UUID, str | None, int, UUID | None]] = field(default_factory=list)
    keys: FakeKeys = field(default_factory=FakeKeys)
    handlings: Handlings = field(default_factory=lambda: Handlings(KeptHandlings()))
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    rights: FakeRights = field(default_factory=FakeRights)
    webhooks: FakeWebhooks = field(default_factory=FakeWebhooks)
    billing: FakeBilling = field(default_factory=FakeBilling)
    state: Health = field(
        default_factory=lambda: Health(
            database=None,
            redis=None,
            providers=(
                ProviderHealth(
                    name="hunter",
                    enabled=True,
                    breaker=BreakerState.CLOSED,
                    quarantined_until=None,
                    limiter=LimiterState.SHARED,
                ),
            ),
        )
    )

    @property
    def catalogue(self) -> Mapping[str, Provider]:
        return MappingProxyType({"hunter": Hunter()})

    @property
    def profiles(self) -> Mapping[str, Profile]:
        return {name: profile_of(provider) for name, provider in self.catalogue.items()}

    @property
    def waterfalls(self) -> Waterfalls:
        return self.named

    async def authenticate(self, token: str) -> Account:
        self.tokens.append(token)
        if token not in KNOWN:
            raise Unauthenticated("the API key is not valid")
        return KNOWN[token]

    async def on_behalf(self, operator: Account, account_id: UUID) -> Account:
        for account in KNOWN.values():
            if account.id == account_id:
                return replace(operator, id=account.id, name=account.name)
        raise NotFound("there is no such account")

    async def enrich(
        self,
        request: Request,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        self.asked.append((request, account))
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        found = self.answer or examples.enrichment(request.goal)
        await _write(alongside if self.records else None, found)
        return found

    async def plan(self, request: Request, account: Account) -> Plan:
        return estimate(first_situation(self._channels(), request))

    async def verify(
        self,
        request: VerificationRequest,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Verification] | None = None,
    ) -> Verification:
        self.to_verify.append(request)
        if self.failure is not None:
            raise self.failure
        nothing = CheckedEmail(judgement=Judgement(status=MailStatus.UNKNOWN))
        return Verification(
            id=UUID(int=9),
            account_id=account.id,
            request=request,
            checked={it: self.checked.get(it, nothing) for it in request.emails if it},
            unasked=(),
            started_at=NOW,
            answered_at=NOW,
        )

    async def plan_verification(
        self, request: VerificationRequest, account: Account
    ) -> VerificationPlan:
        return plan_of(request, self._channels())

    def _channels(self) -> Mapping[str, Channel]:
        return {
            name: Channel(provider=one, key=Credential("test"))
            for name, one in self.catalogue.items()
        }

    async def enrichment(self, account_id: UUID, enrichment_id: UUID) -> Enrichment | None:
        return self.stored.get((account_id, enrichment_id))

    async def contacts(
        self, account_id: UUID, *, after: str | None, limit: int, company_id: UUID | None = None
    ) -> Page[StoredContact]:
        self.pages_asked.append((account_id, after, limit, company_id))
        items = tuple(c for (owner, _), c in self.owned.items() if owner == account_id)
        return Page(items=items[:limit], next="cursor-2" if len(items) > limit else None)

    async def contact(self, account_id: UUID, contact_id: UUID) -> StoredContact | None:
        return self.owned.get((account_id, contact_id))

    async def contact_history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None, limit: int
    ) -> Page[FieldChange] | None:
        if (account_id, contact_id) not in self.owned:
            return None
        return Page(items=self.changes[:limit], next=None)

    async def company(self, account_id: UUID, company_id: UUID) -> StoredCompany | None:
        return self.companies.get((account_id, company_id))

    async def resolve(self, records: Sequence[LooseRecord]) -> Sequence[RecordOutcome]:
        self.resolved.append(records)
        if self.failure is not None:
            raise self.failure
        return [outcome for _, outcome in resolve_records((b"", record) for record in records)]

    def require_sender(self, sender: str, *, has_token: bool) -> None:
        if sender != "stripe" or has_token:
            raise NotFound("there is nothing at this path")

    async def receive_webhook(
        self, sender: str, body: bytes, headers: Mapping[str, str], token: str | None
    ) -> Receipt:
        self.delivered.append((sender, body, dict(headers), token))
        if self.failure is not None:
            raise self.failure
        return Receipt(events=1, new=1)

    async def health(self) -> Health:
        return self.state
