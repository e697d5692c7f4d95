"""Traces: one span per provider call, below one per request. Personal data is no attribute."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, Sampler, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Tracer

from roleferry_enrich import __version__
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.observability.metrics import resource

PROVIDER_CALL = "provider.call"


@dataclass(frozen=True, slots=True)
class CallSpan:
    """The span of one provider call, told what became known."""

    _span: Span

    def sent(self, *, attempt: int, permit_wait: timedelta) -> None:
        self._span.set_attribute("roleferry.attempt", attempt)
        self._span.set_attribute("roleferry.permit_wait_ms", permit_wait.total_seconds() * 1000)

    def finished(self, outcome: OutcomeKind, cache: CacheLevel | None) -> None:
        self._span.set_attribute("roleferry.outcome", outcome.value)
        self._span.set_attribute("roleferry.cache", "miss" if cache is None else cache.value)


@contextmanager
def provider_call(tracer: Tracer, provider: str, capability: str) -> Iterator[CallSpan]:
    """Without the exception that may end it: its message and its frames could carry anything."""
    with tracer.start_as_current_span(
        PROVIDER_CALL,
        kind=SpanKind.CLIENT,
        attributes={"roleferry.provider": provider, "roleferry.capability": capability},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield CallSpan(span)


def configure_traces(settings: Settings) -> TracerProvider:
    """Where nothing collects them no span is recorded, which makes one all but free."""
    exported = settings.otlp_endpoint is not None
    sampler: Sampler = ParentBased(TraceIdRatioBased(1.0)) if exported else ALWAYS_OFF
    provider = TracerProvider(sampler=sampler, resource=resource(settings))
    if exported:
        provider.add_span_processor(BatchSpanProcessor(_exporter(settings)))
    return provider


def _exporter(settings: Settings) -> SpanExporter:
    # Brings protobuf and an HTTP client, which few services need.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )

    return OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces")


def tracer_of(provider: TracerProvider) -> Tracer:
    return provider.get_tracer("roleferry_enrich", __version__)
