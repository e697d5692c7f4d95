"""What the HTTP layer needs done for it: the one seam between routers and the rest.

The composition root gives an object of this shape; tests give a fake. Routers know nothing of
pools, sessions or providers beyond it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.audit import Deed
from roleferry_enrich.accounts.quotas import QuotaLeft
from roleferry_enrich.api.billing_desk import BillingDesk
from roleferry_enrich.api.job_services import Jobs
from roleferry_enrich.api.key_desk import KeyDesk
from roleferry_enrich.api.rights_desk import RightsDesk
from roleferry_enrich.api.suppression_desk import SuppressionDesk
from roleferry_enrich.api.webhook_desk import WebhookDesk
from roleferry_enrich.domain.audits import AuditEntry
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.health import Health
from roleferry_enrich.domain.loose_records import LooseRecord, RecordOutcome
from roleferry_enrich.domain.plans import Plan
from roleferry_enrich.domain.stored import FieldChange, Page, StoredCompany, StoredContact
from roleferry_enrich.domain.verification import (
    Verification,
    VerificationPlan,
    VerificationRequest,
)
from roleferry_enrich.domain.waterfalls import Waterfalls
from roleferry_enrich.privacy.handlings import Handlings
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.profile import Profile
from roleferry_enrich.storage.idempotency import About, Claim, KeptAnswer, KeyPlace
from roleferry_enrich.storage.transactions import Alongside
from roleferry_enrich.webhooks.inbox import Receipt


class Quotas(Protocol):
    async def admit(self, account_id: UUID) -> QuotaLeft:
        """Count one request. Raises QuotaExceeded, counting none."""
        ...


class KeptAnswers(Protocol):
    async def claim(self, scope: KeyPlace, fingerprint: bytes) -> Claim | KeptAnswer:
        """Raises InvalidQuery where the key was used for something else, and KeyInUse."""
        ...

    async def keep(
        self, connection: AsyncConnection, claim: Claim, answer: KeptAnswer, about: About
    ) -> None:
        """In the transaction of what was done. Raises Conflict where another does it now."""
        ...

    async def settle(self, claim: Claim, answer: KeptAnswer, about: About) -> None:
        """The answer as it is given. Raises likewise."""
        ...

    async def release(self, claim: Claim) -> None: ...

    async def drop(self, place: KeyPlace) -> None:
        """Forget an answer that must not be given again."""
        ...


class Subjects(Protocol):
    """People as nobody can read who they are."""

    def digests(self, forms: Iterable[NormalForm]) -> list[bytes]: ...

    def has_any(self, account_id: UUID, digests: Iterable[bytes]) -> bool:
        """Whether one is suppressed for the account. Raises ServiceUnavailable."""
        ...


class AuditLog(Protocol):
    def note(self, deed: Deed, status: int) -> None:
        """To be written within a second. Never raises."""
        ...

    async def write(
        self, connection: AsyncConnection, entry_id: UUID, deed: Deed, status: int
    ) -> None:
        """In the transaction of what was done."""
        ...

    async def page(self, account_id: UUID, *, after: str | None, limit: int) -> Page[AuditEntry]:
        """The newest first. Raises InvalidQuery for a cursor that we did not give out."""
        ...


class Services(Protocol):
    @property
    def catalogue(self) -> Mapping[str, Provider]:
        """The providers that a request may include or exclude, by name."""
        ...

    @property
    def kept_answers(self) -> KeptAnswers:
        """What was answered to requests with a key of their own."""
        ...

    @property
    def subjects(self) -> Subjects: ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def quotas(self) -> Quotas: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def keys(self) -> KeyDesk: ...

    @property
    def handlings(self) -> Handlings: ...

    @property
    def suppressions(self) -> SuppressionDesk: ...

    @property
    def webhooks(self) -> WebhookDesk: ...

    @property
    def billing(self) -> BillingDesk: ...

    @property
    def rights(self) -> RightsDesk: ...

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """What there is to know of each provider, as it is set up here."""
        ...

    @property
    def waterfalls(self) -> Waterfalls:
        """Those that a request may name."""
        ...

    async def authenticate(self, token: str) -> Account:
        """Whose key this is. Raises Unauthenticated for any key that may not be used."""
        ...

    async def on_behalf(self, operator: Account, account_id: UUID) -> Account:
        """That account, with what the operator's key may do. Raises NotFound where it is none."""
        ...

    async def enrich(
        self,
        request: Request,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Enrichment] | None = None,
    ) -> Enrichment:
        """The answer at the request's deadline, counted from when it came (loop time).

        Paid work goes on when the caller is gone. `alongside` writes in the transaction that
        records the answer, where that is recorded now.
        """
        ...

    async def plan(self, request: Request, account: Account) -> Plan:
        """What the account's request would cost and fill. Asks nobody and keeps nothing."""
        ...

    async def verify(
        self,
        request: VerificationRequest,
        account: Account,
        came_at: float,
        *,
        alongside: Alongside[Verification] | None = None,
    ) -> Verification:
        """What is known of each address at the deadline, counted likewise.

        Raises ServiceUnavailable where too many are under way. There is no transaction to write
        `alongside` in: each call is in the books by itself.
        """
        ...

    async def plan_verification(
        self, request: VerificationRequest, account: Account
    ) -> VerificationPlan:
        """What the account's list would cost. Asks nobody and keeps nothing."""
        ...

    async def enrichment(self, account_id: UUID, enrichment_id: UUID) -> Enrichment | None:
        """An earlier enrichment of this account as known now; None also for another's."""
        ...

    async def contacts(
        self,
        account_id: UUID,
        *,
        after: str | None,
        limit: int,
        company_id: UUID | None = None,
    ) -> Page[StoredContact]:
        """Raises InvalidQuery for a cursor that we did not give out."""
        ...

    async def contact(self, account_id: UUID, contact_id: UUID) -> StoredContact | None: ...

    async def contact_history(
        self, account_id: UUID, contact_id: UUID, *, after: str | None, limit: int
    ) -> Page[FieldChange] | None:
        """The contact's changes, the newest first; None where there is no such contact."""
        ...

    async def company(self, account_id: UUID, company_id: UUID) -> StoredCompany | None: ...

    async def resolve(self, records: Sequence[LooseRecord]) -> Sequence[RecordOutcome]:
        """Whose each record is, in order. Raises ServiceUnavailable where too many ask at once."""
        ...

    def require_sender(self, sender: str, *, has_token: bool) -> None:
        """Raises NotFound, as for any path that is none, where this sender is not listened to."""
        ...

    async def receive_webhook(
        self, sender: str, body: bytes, headers: Mapping[str, str], token: str | None
    ) -> Receipt:
        """Kept when it returns. Raises WebhookRefused, MalformedBody, ServiceUnavailable."""
        ...

    async def health(self) -> Health:
        """Never raises: what is down is told in the answer."""
        ...
