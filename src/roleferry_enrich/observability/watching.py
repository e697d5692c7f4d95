"""Turns what the gateway and the pipeline report into metrics, spans and log lines."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import structlog
from opentelemetry.trace import Tracer

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.health import BreakerState
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, CallRecord
from roleferry_enrich.domain.verification import Verification
from roleferry_enrich.observability.metrics import Metrics
from roleferry_enrich.observability.traces import CallSpan, provider_call

_log = structlog.get_logger("roleferry_enrich")


class Watching:
    """What a process watches itself with. Built by its root."""

    def __init__(
        self,
        metrics: Metrics,
        tracer: Tracer | None,
        *,
        on_quarantine: Callable[[str, str], object] | None = None,
    ) -> None:
        """Without a tracer no span is made."""
        self._on_quarantine = on_quarantine
        self._metrics = metrics
        self._tracer = tracer

    def calling(
        self, provider: str, capability: str, attempt: int
    ) -> AbstractContextManager["_Call"]:
        if self._tracer is None:
            return nullcontext(_Call(self._metrics))
        return self._traced(self._tracer, provider, capability, attempt)

    @contextmanager
    def _traced(
        self, tracer: Tracer, provider: str, capability: str, attempt: int
    ) -> Iterator["_Call"]:
        with provider_call(tracer, provider, capability) as span:
            yield _TracedCall(self._metrics, span, attempt)

    def cache_looked(self, provider: str, level: CacheLevel | None) -> None:
        self._metrics.cache_looked_up(provider, level)

    def cache_stale(self, provider: str) -> None:
        self._metrics.cache_stale(provider)

    def cache_spoilt(self, provider: str) -> None:
        self._metrics.cache_spoilt(provider)
        _log.warning("cache.value.spoilt", provider=provider)

    def breaker_seen(self, provider: str, state: str) -> None:
        self._metrics.breaker_changed(provider, BreakerState(state))

    def quarantined(self, provider: str, reason: str) -> None:
        _log.error("provider.quarantined", provider=provider, reason=reason)
        if self._on_quarantine is not None:
            self._on_quarantine(provider, reason)

    def quarantine_ended(self, provider: str) -> None:
        _log.info("provider.quarantine.ended", provider=provider)

    def quarantine_seen(self, provider: str, *, is_off: bool) -> None:
        self._metrics.standing.quarantined(provider, is_off=is_off)

    def key_refused(self, provider: str, position: int, of: int) -> None:
        """Named by its place in the setting alone."""
        self._metrics.standing.key_refused(provider)
        _log.error("provider.key.refused", provider=provider, position=position, of=of)

    def key_served(self, provider: str, position: int, of: int) -> None:
        _log.info("provider.key.served", provider=provider, position=position, of=of)

    def quota_told(self, provider: str, remaining: float) -> None:
        self._metrics.standing.quota_told(provider, remaining)

    def bought(self, provider: str, how: str) -> None:
        self._metrics.purchase_wanted(provider, how)

    def lost(self, provider: str, capability: str, cost: MicroUsd) -> None:
        self._metrics.call_lost(provider, capability, cost)
        _log.error("provider.call.lost", provider=provider, capability=capability, cost=cost)

    def books_closed(self, reason: str) -> None:
        """Paid calls are refused from here on, until `books_opened`."""
        _log.error("books.unavailable", reason=reason)

    def books_opened(self) -> None:
        _log.info("books.available")

    def contract_changed(self, provider: str, capability: str) -> None:
        _log.error("provider.contract.changed", provider=provider, capability=capability)

    def permits_kept_locally(self, provider: str, count: int) -> None:
        self._metrics.permits_kept_locally(provider, count)

    def limit_rebuilt(self, provider: str) -> None:
        _log.error("limit.rebuilt", provider=provider)

    def rate_lowered(self, provider: str, rate: float) -> None:
        _log.warning("limit.rate.lowered", provider=provider, rate=rate)

    def quota_refused(self, window: str) -> None:
        self._metrics.quota_refused(window)

    def quota_kept_locally(self, count: int) -> None:
        self._metrics.quota_kept_locally(count)

    def quota_rebuilt(self) -> None:
        _log.error("quota.rebuilt")

    def retry_refused(self, provider: str) -> None:
        self._metrics.retry_refused(provider)

    def answered(self, enrichment: Enrichment) -> None:
        took = enrichment.answered_at - enrichment.started_at
        goal, status = enrichment.request.goal, enrichment.status
        self._metrics.enriched(goal, status, took)
        _log.info(
            "enrichment.answered",
            enrichment_id=str(enrichment.id),
            account_id=str(enrichment.account_id),
            goal=goal.value,
            status=status.value,
            latency_ms=round(took.total_seconds() * 1000),
            cost=enrichment.cost,
        )

    def recalled(self, enrichment: Enrichment) -> None:
        """Counted like any; its one line in the log is that of the answer it repeats."""
        self._metrics.recalled(enrichment.request.goal, enrichment.status)

    def verified(self, verification: Verification) -> None:
        took = verification.answered_at - verification.started_at
        _log.info(
            "verification.answered",
            enrichment_id=str(verification.id),  # as its calls are booked
            account_id=str(verification.account_id),
            count=len(verification.request.emails),
            pending=sum(bool(each.awaited) for each in verification.checked.values()),
            latency_ms=round(took.total_seconds() * 1000),
            cost=verification.cost,
        )

    def record_failed(self, enrichment: Enrichment, reason: str) -> None:
        """An answer could not be stored: it was given, but `GET` will not show it."""
        _log.error("enrichment.unrecorded", enrichment_id=str(enrichment.id), reason=reason)


class _Call:
    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def ended(self, record: CallRecord) -> None:
        self._metrics.permit_waited(record.provider, record.permit_wait)
        self._metrics.provider_called(
            record.provider,
            record.capability,
            outcome=record.outcome,
            latency=record.latency,
            cost=record.cost,
        )


class _TracedCall(_Call):
    def __init__(self, metrics: Metrics, span: CallSpan, attempt: int) -> None:
        super().__init__(metrics)
        self._span = span
        self._attempt = attempt

    def ended(self, record: CallRecord) -> None:
        self._span.sent(attempt=self._attempt, permit_wait=record.permit_wait)
        self._span.finished(record.outcome, None)
        super().ended(record)
