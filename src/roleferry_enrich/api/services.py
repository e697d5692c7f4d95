"""What the HTTP layer needs done for it: the one seam between routers and the rest.

The composition root gives an object of this shape; tests give a fake. Routers know nothing of
pools, sessions or providers beyond it.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.quotas import QuotaLeft
from roleferry_enrich.api.billing_desk import BillingDesk
from roleferry_enrich.api.job_services import Jobs
from roleferry_enrich.api.key_desk import KeyDesk
from roleferry_enrich.api.rights_desk import RightsDesk
from roleferry_enrich.api.suppression_desk import SuppressionDesk
from roleferry_enrich.api.webhook_desk import WebhookDesk
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
from roleferry_enrich.providers.contract import Provider
from roleferry_enrich.providers.profile import Profile
from roleferry_enrich.webhooks.inbox import Receipt


class Quotas(Protocol):
    async def admit(self, account_id: UUID) -> QuotaLeft:
        """Count one request. Raises QuotaExceeded, counting none."""
        ...


class Services(Protocol):
    @property
    def catalogue(self) -> Mapping[str, Provider]:
        """The providers that a request may include or exclude, by name."""
        ...

    @property
    def quotas(self) -> Quotas: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def keys(self) -> KeyDesk: ...

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

    async def enrich(self, request: Request, account: Account, came_at: float) -> Enrichment:
        """The answer at the request's deadline, counted from when it came (loop time).

        Paid work goes on when the caller is gone.
        """
        ...

    def plan(self, request: Request) -> Plan:
        """What the request would cost and fill. Asks nobody and keeps nothing."""
        ...

    async def verify(
        self, request: VerificationRequest, account: Account, came_at: float
    ) -> Verification:
        """What is known of each address at the deadline, counted likewise.

        Raises ServiceUnavailable where too many are under way.
        """
        ...

    def plan_verification(self, request: VerificationRequest) -> VerificationPlan:
        """What the list would cost. Asks nobody and keeps nothing."""
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
