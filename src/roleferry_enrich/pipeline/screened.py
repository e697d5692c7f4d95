"""The enricher as others know it: whoever asks for a suppressed person hears that, and no more.

Before a cache is read or a provider asked, and once more before the answer is given: the person
may have been suppressed meanwhile.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from roleferry_enrich.domain.enrichments import Enrichment, Request, Status
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.webhook_events import EventType
from roleferry_enrich.pipeline.enrichment import Enricher
from roleferry_enrich.pipeline.screening import is_refused, suppressed, without_suppressed
from roleferry_enrich.privacy.handlings import Handlings, handled
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.storage.transactions import Alongside


@dataclass(frozen=True, slots=True)
class ScreenedEnricher:
    """One per process."""

    asking: Enricher
    held: SuppressionList
    handlings: Handlings

    async def enrich(
        self,
        request: Request,
        account_id: UUID,
        came_at: float | None = None,
        alongside: Alongside[Enrichment] | None = None,
        *,
        key_id: str | None = None,
    ) -> Enrichment:
        """As the enricher. Raises ServiceUnavailable while the list could not be read."""
        if await self._refuses(request, account_id):
            refused = self._refused(request, account_id, uuid4())
            self.asking.background.start(self._keep(refused))
            return refused
        before = self.held.changes
        own = await self._own(request, account_id)
        enrichment = await self.asking.enrich(own, account_id, came_at, alongside, key_id=key_id)
        return self._as_of_now(enrichment, before)

    async def work_off(
        self,
        request: Request,
        account_id: UUID,
        enrichment_id: UUID,
        alongside: Alongside[Enrichment] | None = None,
        *,
        charge_id: UUID | None = None,
        key_id: str | None = None,
    ) -> Enrichment:
        """Likewise."""
        if await self._refuses(request, account_id):
            return await self._keep(self._refused(request, account_id, enrichment_id), alongside)
        before = self.held.changes
        own = await self._own(request, account_id)
        enrichment = await self.asking.work_off(
            own, account_id, enrichment_id, alongside, charge_id=charge_id, key_id=key_id
        )
        return self._as_of_now(enrichment, before)

    async def complete(self, earlier: Enrichment, observed: Observations) -> Enrichment:
        """Likewise. What was owed of somebody suppressed is not asked for any more."""
        await self.held.until_read()
        known = without_suppressed(self.held, earlier)
        if known.status is Status.SUPPRESSED:
            return await self._keep(known)
        own = await self._own(known.request, known.account_id)
        return await self.asking.complete(replace(known, request=own), observed)

    async def _own(self, request: Request, account_id: UUID) -> Request:
        """The request by the account's own rules."""
        options = handled(request.options, await self.handlings.of(account_id))
        return request if options is request.options else replace(request, options=options)

    async def _refuses(self, request: Request, account_id: UUID) -> bool:
        await self.held.until_read()
        return is_refused(self.held, account_id, request)

    def _refused(self, request: Request, account_id: UUID, enrichment_id: UUID) -> Enrichment:
        now = self.asking.now()
        refused = suppressed(
            Enrichment(
                id=enrichment_id,
                account_id=account_id,
                request=request,
                status=Status.SUPPRESSED,
                started_at=now,
                answered_at=now,
                outcomes=(),
                may_cost=request.options.max_cost,
            )
        )
        self.asking.onlooker.answered(refused)
        return refused

    async def _keep(
        self, refused: Enrichment, alongside: Alongside[Enrichment] | None = None
    ) -> Enrichment:
        """That it was asked for, and not of whom. Raises ServiceUnavailable."""
        event = EventType.ENRICHMENT_ANSWERED
        return await self.asking.records.store(
            refused, (), Observations(), event=event, alongside=alongside
        )

    def _as_of_now(self, enrichment: Enrichment, before: int) -> Enrichment:
        if self.held.changes == before:
            return enrichment
        return without_suppressed(self.held, enrichment)
