"""One request under way: who asked what when, on which terms, and the enrichment it becomes."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from roleferry_enrich.domain.credits import lowest
from roleferry_enrich.domain.enrichments import Enrichment, Request, Status
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.gateway.books import Payer
from roleferry_enrich.gateway.buckets import Priority
from roleferry_enrich.gateway.errand import Terms
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.pipeline.charging import Charge
from roleferry_enrich.pipeline.progress import Result, status_of
from roleferry_enrich.pipeline.resuming import money_left, with_earlier
from roleferry_enrich.storage.transactions import Alongside


@dataclass(frozen=True, slots=True)
class Begun:
    id: UUID
    account_id: UUID
    request: Request
    started_at: datetime
    charge: Charge
    earlier: Enrichment | None = None
    """The one that this completes."""
    alongside: Alongside[Enrichment] | None = None

    def terms(self, deadline: float, priority: Priority = Priority.INTERACTIVE) -> Terms:
        options = self.request.options
        own = money_left(self.earlier) if self.earlier else options.max_cost
        return Terms(
            deadline=deadline,
            purse=Purse(lowest(own, self.charge.most)),
            max_age=options.max_age,
            priority=priority,
            payer=Payer(self.account_id, self.id),
            leave=self.charge.leave,
        )

    def enrichment(
        self, result: Result, outcomes: tuple[ProviderOutcome, ...], now: datetime
    ) -> Enrichment:
        if self.earlier is not None:
            outcomes = with_earlier(self.earlier, outcomes)
        enrichment = Enrichment(
            id=self.id,
            account_id=self.account_id,
            request=self.request,
            status=status_of(result, outcomes),
            started_at=self.started_at,
            answered_at=now,
            outcomes=outcomes,
            may_cost=lowest(self.request.options.max_cost, self.charge.most),
        )
        return filled(enrichment, result, sample=False)


def needs_sample(enrichment: Enrichment) -> bool:
    """Only where the caller asked for it, and providers failed rather than found nothing."""
    if not enrichment.request.options.sample_fallback or enrichment.status is not Status.PARTIAL:
        return False
    found = enrichment.person or enrichment.company or enrichment.executives
    opted_out = any(o.outcome is OutcomeKind.OPTED_OUT for o in enrichment.outcomes)
    return not found and not opted_out


def filled(enrichment: Enrichment, result: Result, *, sample: bool) -> Enrichment:
    return replace(
        enrichment,
        person=result.person,
        company=result.company,
        executives=result.executives,
        sample=sample,
    )
