"""What the HTTP layer asks for, done over the process's resources."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.audit import AuditTrail
from roleferry_enrich.accounts.desk import LocalKeyDesk
from roleferry_enrich.accounts.opening import open_kept_answers
from roleferry_enrich.batches.desk import JobDesk
from roleferry_enrich.domain.credits import lowest
from roleferry_enrich.domain.enrichments import Enrichment, Options, Request
from roleferry_enrich.domain.health import Health, LimiterState, ProviderHealth
from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.domain.plans import Plan
from roleferry_enrich.domain.stored import FieldChange, Page, StoredCompany, StoredContact
from roleferry_enrich.domain.verification import (
    Verification,
    VerificationPlan,
    VerificationRequest,
)
from roleferry_enrich.domain.waterfalls import Waterfalls
from roleferry_enrich.gateway.healths import provider_healths
from roleferry_enrich.pipeline.estimate import estimate
from roleferry_enrich.pipeline.screening import without_suppressed
from roleferry_enrich.pipeline.situations import first_situation
from roleferry_enrich.pipeline.verifiers import plan_of
from roleferry_enrich.privacy.contacts import ScreenedContacts
from roleferry_enrich.privacy.desk import LocalSuppressionDesk
from roleferry_enrich.privacy.handlings import handled
from roleferry_enrich.privacy.opening import open_rights
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.profile import Profile
from roleferry_enrich.records.desk import ResolvingDesk
from roleferry_enrich.resources import Resources
from roleferry_enrich.storage.audits import AuditRepository
from roleferry_enrich.storage.companies import CompanyRepository
from roleferry_enrich.storage.transactions import Alongside
from roleferry_enrich.webhooks.inbox import Receipt
from roleferry_enrich.webhooks.opening import open_inbox
from roleferry_enrich.webhooks.outgoing.opening import endpoint_desk
from roleferry_enrich.webhooks.signatures.delivery import Delivery

_HEALTH_PATIENCE_S = 1.0


class LocalServices:
    """`api.services.Services`, in this process."""

    def __init__(self, resources: Resources, desk: ResolvingDesk, jobs: JobDesk) -> None:
        self._resources = resources
        self.jobs = jobs
        self.quotas = resources.quotas
        self.kept_answers = open_kept_answers(resources.settings, resources.engine)
        self.subjects = resources.suppressions.held
        self.audit = AuditTrail(AuditRepository(resources.engine), self.subjects, _now)
        self._desk = desk
        self.keys = LocalKeyDesk(resources.accounts)
        self.handlings = resources.handlings
        self.suppressions = LocalSuppressionDesk(resources.suppressions, _now)
        self.rights = open_rights(resources.erasure, resources.settings)
        self.webhooks = endpoint_desk(resources.engine, resources.settings)
        self.billing = resources.billing
        self._contacts = ScreenedContacts(resources.engine, resources.suppressions.held)
        self._companies = CompanyRepository(resources.engine)
        self._inbox = open_inbox(resources.settings, resources.engine)
        self.catalogue: Mapping[str, Provider] = {
            name: channel.provider for name, channel in resources.gateway.channels.items()
        }
        self.waterfalls: Waterfalls = resources.settings.named_waterfalls

    @property
    def profiles(self) -> Mapping[str, Profile]:
        channels = self._resources.gateway.channels
        return {name: channel.profile() for name, channel in channels.items()}

    async def authenticate(self, token: str) -> Account:
        return await self._resources.accounts.authenticate(token)

    async def on_behalf(self, operator: Account, account_id: UUID) -> Account:
        return await self._resources.accounts.on_behalf(operator, account_id)

    async def enrich(
        self,
        request: Request,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        return await self._resources.enricher.enrich(
            request, account.id, came_at, alongside, key_id=account.key_id
        )

    async def plan(self, request: Request, account: Account) -> Plan:
        options = await self._capped(request.options, account.id)
        own = replace(request, options=options)
        return estimate(first_situation(self._resources.gateway.channels, own))

    async def verify(
        self,
        request: VerificationRequest,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Verification] | None = None,  # noqa: ARG002 - it has no transaction
    ) -> Verification:
        own = replace(request, options=await self._handled(request.options, account.id))
        return await self._resources.verifier.verify(
            own, account.id, came_at, key_id=account.key_id
        )

    async def plan_verification(
        self, request: VerificationRequest, account: Account
    ) -> VerificationPlan:
        own = replace(request, options=await self._capped(request.options, account.id))
        return plan_of(own, self._resources.gateway.channels)

    async def _capped(self, options: Options, account_id: UUID) -> Options:
        """As the request would be asked: by the account's own rules, and within its cap."""
        cap = (await self.billing.plan(account_id)).caps.request
        own = await self._handled(options, account_id)
        return replace(own, max_cost=lowest(own.max_cost, cap))

    async def _handled(self, options: Options, account_id: UUID) -> Options:
        return handled(options, await self.handlings.of(account_id))

    async def enrichment(self, account_id: UUID, enrichment_id: UUID) -> Enrichment | None:
        found = await self._resources.enrichments.get(account_id, enrichment_id)
        return found and without_suppressed(self._resources.suppressions.held, found)

    async def contacts(
        self,
        account_id: UUID,
        *,
        after: str | None,
        limit: int,
        company_id: UUID | None = None,
    ) -> Page[StoredContact]:
        return await self._contacts.page(
            account_id, after=after, limit=limit, company_id=company_id
        )

    async def contact(self, account_id: UUID, contact_id: UUID) -> StoredContact | None:
        return await self._contacts.get(account_id, contact_id)

    async def contact_history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None, limit: int
    ) -> Page[FieldChange] | None:
        if await self._contacts.get(account_id, contact_id) is None:
            return None
        return await self._contacts.history(account_id, contact_id, after=after, limit=limit)

    async def company(self, account_id: UUID, company_id: UUID) -> StoredCompany | None:
        return await self._companies.get(account_id, company_id)

    async def resolve(self, records: Sequence[LooseRecord]) -> Sequence[RecordOutcome]:
        return await self._desk.resolve(records)

    def require_sender(self, sender: str, *, has_token: bool) -> None:
        self._inbox.endpoint(sender, has_token=has_token)

    async def receive_webhook(
        self, sender: str, body: bytes, headers: Mapping[str, str], token: str | None
    ) -> Receipt:
        delivery = Delivery(
            body=body, headers=headers, token=token, arrived_at=datetime.now(UTC).timestamp()
        )
        endpoint = self._inbox.endpoint(sender, has_token=token is not None)
        return await self._inbox.receive(endpoint, delivery)

    async def health(self) -> Health:
        database, redis = await asyncio.gather(self._database_trouble(), self._redis_trouble())
        limiter = LimiterState.SHARED if redis is None else LimiterState.LOCAL
        return Health(database=database, redis=redis, providers=await self._providers(limiter))

    async def _database_trouble(self) -> str | None:
        try:
            async with (
                asyncio.timeout(_HEALTH_PATIENCE_S),
                self._resources.engine.connect() as connection,
            ):
                await connection.execute(text("SELECT 1"))
        except (SQLAlchemyError, OSError, TimeoutError):
            return "PostgreSQL does not answer"
        return None

    async def _redis_trouble(self) -> str | None:
        try:
            async with asyncio.timeout(_HEALTH_PATIENCE_S):
                await self._resources.shared.redis.ping()
        except (RedisError, OSError, TimeoutError):
            return "Redis does not answer"
        return None

    async def _providers(self, limiter: LimiterState) -> tuple[ProviderHealth, ...]:
        gateway = self._resources.gateway
        return await provider_healths(
            gateway.channels, gateway.gates, limiter=limiter, now=datetime.now(UTC)
        )


def _now() -> datetime:
    return datetime.now(UTC)
