"""Every instrument there is, and the only place where one is declared or labelled.

Label values come from closed sets, so that no provider's words and no person's can become a
time series.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricReader,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry, generate_latest

from roleferry_enrich import __version__
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.capabilities import CAPABILITIES
from roleferry_enrich.domain.enrichments import Goal, Status
from roleferry_enrich.domain.health import BreakerState
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.observability.standing import StandingMetrics
from roleferry_enrich.observability.tallies import Level, Tally
from roleferry_enrich.observability.work_metrics import WorkMetrics
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.quota import USAGE

# Provider calls take 50 ms to 30 s; a wait for a permit or an answer from memory far less.
_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_OTHER = "other"


_BREAKER_VALUE: Mapping[BreakerState, int] = MappingProxyType(
    {BreakerState.CLOSED: 0, BreakerState.HALF_OPEN: 1, BreakerState.OPEN: 2}
)


class Metrics:
    """What happened, in numbers. One per process, built by its root over its meter."""

    def __init__(self, meter: Meter) -> None:
        self._providers = frozenset(catalogue())
        self.standing = StandingMetrics(meter, self._known)
        self.work = WorkMetrics(meter)
        tally = partial(Tally, meter)
        self._calls = tally("roleferry.provider.calls", "Calls to providers, by what came of them")
        self._latency = meter.create_histogram(
            "roleferry.provider.latency", unit="s", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._cost = tally(
            "roleferry.provider.cost", "Micro-dollars spent, also on useless answers"
        )
        self._cache = tally("roleferry.cache.lookups", "Questions, by where their answer was found")
        self._purchases = tally(
            "roleferry.provider.purchases", "Paid calls wanted, by what became of them"
        )
        self._stale = tally(
            "roleferry.cache.stale", "Answers past their time that were served, marked"
        )
        self._spoilt = tally(
            "roleferry.cache.spoilt", "Cached values that could not be opened; deleted"
        )
        self._breaker = Level(
            meter, "roleferry.breaker.state", description="0 closed, 1 half open, 2 open"
        )
        self._wait = meter.create_histogram(
            "roleferry.limiter.wait", unit="s", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._enrichments = tally("roleferry.enrichments")
        self._local_permits = tally(
            "roleferry.limiter.local_permits", "Permits given while Redis was away"
        )
        self._quota = tally(
            "roleferry.quota.refused", "Requests beyond their account's quota, by window"
        )
        self._local_quota = tally("roleferry.quota.local", "Requests let in while Redis was away")
        self._refused_retries = tally(
            "roleferry.retry.refused", "Failed calls not made again: too many were"
        )
        self._enrichment_latency = meter.create_histogram(
            "roleferry.enrichment.latency", unit="s", explicit_bucket_boundaries_advisory=_SECONDS
        )
        self._lag = meter.create_histogram(
            "roleferry.loop.lag",
            unit="s",
            description="How late timers are: as long, nobody was served",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )

    def provider_called(
        self,
        provider: str,
        capability: str,
        *,
        outcome: OutcomeKind,
        latency: timedelta,
        cost: MicroUsd,
    ) -> None:
        labels = {"provider": self._known(provider), "capability": _capability(capability)}
        self._calls.add(1, {**labels, "outcome": outcome.value})
        self._latency.record(latency.total_seconds(), labels)
        if cost:
            self._cost.add(cost, labels)

    def cache_looked_up(self, provider: str, found: CacheLevel | None) -> None:
        """None is a miss."""
        level = "miss" if found is None else found.value
        self._cache.add(1, {"provider": self._known(provider), "level": level})

    def purchase_wanted(self, provider: str, how: str) -> None:
        """`how` is one of `gateway.watch.Purchase`."""
        self._purchases.add(1, {"provider": self._known(provider), "how": how})

    def call_lost(self, provider: str, capability: str, cost: MicroUsd) -> None:
        """A paid call whose process died: the money counts, though nothing came."""
        known = self._known(provider)
        self._purchases.add(1, {"provider": known, "how": "lost"})
        self._cost.add(cost, {"provider": known, "capability": _capability(capability)})

    def cache_stale(self, provider: str) -> None:
        self._stale.add(1, {"provider": self._known(provider)})

    def cache_spoilt(self, provider: str) -> None:
        self._spoilt.add(1, {"provider": self._known(provider)})

    def breaker_changed(self, provider: str, state: BreakerState) -> None:
        self._breaker.set(_BREAKER_VALUE[state], {"provider": self._known(provider)})

    def permit_waited(self, provider: str, wait: timedelta) -> None:
        self._wait.record(wait.total_seconds(), {"provider": self._known(provider)})

    def permits_kept_locally(self, provider: str, count: int) -> None:
        self._local_permits.add(count, {"provider": self._known(provider)})

    def quota_refused(self, window: str) -> None:
        self._quota.add(1, {"window": window})

    def quota_kept_locally(self, count: int) -> None:
        self._local_quota.add(count, {})

    def retry_refused(self, provider: str) -> None:
        self._refused_retries.add(1, {"provider": self._known(provider)})

    def enriched(self, goal: Goal, status: Status, latency: timedelta) -> None:
        self._enrichments.add(1, {"goal": goal.value, "status": status.value})
        self._enrichment_latency.record(latency.total_seconds(), {"goal": goal.value})

    def recalled(self, goal: Goal, status: Status) -> None:
        """An answer given once more from memory; its latency would say nothing."""
        self._enrichments.add(1, {"goal": goal.value, "status": status.value})

    def loop_lagged(self, lag: timedelta) -> None:
        self._lag.record(lag.total_seconds())

    def _known(self, provider: str) -> str:
        return provider if provider in self._providers else _OTHER


def _capability(name: str) -> str:
    return name if name in CAPABILITIES or name == USAGE else _OTHER


@dataclass(frozen=True, slots=True)
class MetricsExport:
    """What a root keeps: the instruments, the page for Prometheus, and the end of it all."""

    metrics: Metrics
    provider: MeterProvider
    registry: CollectorRegistry

    def page(self) -> bytes:
        """The text that /metrics answers, of this process alone."""
        return generate_latest(self.registry)

    def close(self) -> None:
        self.provider.shutdown()


def configure_metrics(settings: Settings) -> MetricsExport:
    registry = CollectorRegistry()
    readers: list[MetricReader] = [PrometheusMetricReader(registry=registry)]
    if settings.otlp_endpoint is not None:
        readers.append(PeriodicExportingMetricReader(_exporter(settings)))
    provider = MeterProvider(
        metric_readers=readers,
        resource=resource(settings),
        # No exporter of ours sends exemplars, and each measurement would look for its span.
        exemplar_filter=AlwaysOffExemplarFilter(),
    )
    metrics = Metrics(provider.get_meter("roleferry_enrich", __version__))
    return MetricsExport(metrics, provider, registry)


def _exporter(settings: Settings) -> MetricExporter:
    # Brings protobuf and an HTTP client, which few services need.
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415
        OTLPMetricExporter,
    )

    return OTLPMetricExporter(endpoint=f"{settings.otlp_endpoint}/v1/metrics")


def resource(settings: Settings) -> Resource:
    """Who speaks, in OpenTelemetry's words."""
    return Resource.create(
        {
            "service.name": "roleferry-enrich",
            "service.version": __version__,
            "deployment.environment.name": settings.environment,
        }
    )
