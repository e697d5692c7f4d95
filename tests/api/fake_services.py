"""The far side of `Services`, in memory: one account, and what it was asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from uuid import UUID

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api import examples
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.health import BreakerState, Health, LimiterState, ProviderHealth
from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.domain.plans import Plan
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
from roleferry_enrich.errors import Unauthenticated
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.pipeline.estimate import estimate
from roleferry_enrich.pipeline.situations import first_situation
from roleferry_enrich.pipeline.verifiers import plan_of
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.hunter import Hunter
from roleferry_enrich.providers.profile import Profile, profile_of
from roleferry_enrich.records.resolution import resolve_records

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KEY = "test-key-of-the-account"
OTHER_KEY = "test-key-of-another"
ACCOUNT = Account(id=UUID(int=1), name="Testing", scopes=frozenset(), key_id="k1")
OTHER = Account(id=UUID(int=2), name="Another", scopes=frozenset(), key_id="k2")


@dataclass
class FakeServices:
    asked: list[tuple[Request, Account]] = field(default_factory=list)
    to_verify: list[VerificationRequest] = field(default_factory=list)
    checked: Mapping[str, CheckedEmail] = field(default_factory=dict)
    resolved: list[Sequence[LooseRecord]] = field(default_factory=list)
    named: Waterfalls = field(default_factory=lambda: waterfalls({}))
    tokens: list[str] = field(default_factory=list)
    failure: Exception | None = None
    answer: Enrichment | None = None
    stored: dict[tuple[UUID, UUID], Enrichment] = field(default_factory=dict)
    owned: dict[tuple[UUID, UUID], StoredContact] = field(default_factory=dict)
    companies: dict[tuple[UUID, UUID], StoredCompany] = field(default_factory=dict)
    changes: tuple[FieldChange, ...] = ()
    pages_asked: list[tuple[UUID, str | None, int, UUID | None]] = field(default_factory=list)
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
        known = {KEY: ACCOUNT, OTHER_KEY: OTHER}
        if token not in known:
            raise Unauthenticated("the API key is not valid")
        return known[token]

    async def enrich(self, request: Request, account: Account, came_at: float) -> Enrichment:
        self.asked.append((request, account))
        if self.failure is not None:
            raise self.failure
        return self.answer or examples.enrichment(request.goal)

    def plan(self, request: Request) -> Plan:
        return estimate(first_situation(self._channels(), request))

    async def verify(
        self, request: VerificationRequest, account: Account, came_at: float
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

    def plan_verification(self, request: VerificationRequest) -> VerificationPlan:
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

    async def health(self) -> Health:
        return self.state
