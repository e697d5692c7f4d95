from collections.abc import Iterator
from datetime import timedelta

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.observability.traces import configure_traces, provider_call, tracer_of


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def provider(spans: InMemorySpanExporter) -> Iterator[TracerProvider]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    yield provider
    provider.shutdown()


def test_a_provider_call_is_one_span(provider: TracerProvider, spans: InMemorySpanExporter) -> None:
    with provider_call(tracer_of(provider), "hunter", "find_email") as span:
        span.sent(attempt=2, permit_wait=timedelta(milliseconds=30))
        span.finished(OutcomeKind.FOUND, None)
    (finished,) = spans.get_finished_spans()
    assert finished.name == "provider.call"
    assert dict(finished.attributes) == {
        "roleferry.provider": "hunter",
        "roleferry.capability": "find_email",
        "roleferry.attempt": 2,
        "roleferry.permit_wait_ms": 30.0,
        "roleferry.outcome": "found",
        "roleferry.cache": "miss",
    }


def test_a_hit_names_its_level(provider: TracerProvider, spans: InMemorySpanExporter) -> None:
    with provider_call(tracer_of(provider), "hunter", "find_email") as span:
        span.finished(OutcomeKind.FOUND, CacheLevel.REDIS)
    assert spans.get_finished_spans()[0].attributes["roleferry.cache"] == "redis"


def test_an_error_passes_and_leaves_nothing_of_itself_in_the_span(
    provider: TracerProvider, spans: InMemorySpanExporter
) -> None:
    with (
        pytest.raises(ValueError, match=r"ada@acme\.test"),
        provider_call(tracer_of(provider), "hunter", "find_email"),
    ):
        raise ValueError("ada@acme.test")
    assert "acme.test" not in spans.get_finished_spans()[0].to_json()


def test_without_a_collector_nothing_is_recorded() -> None:
    provider = configure_traces(Settings())
    with tracer_of(provider).start_as_current_span("any") as span:
        assert not span.is_recording()
        assert span.get_span_context().is_valid
    provider.shutdown()


def test_with_a_collector_spans_are_recorded() -> None:
    provider = configure_traces(Settings(otlp_endpoint="http://127.0.0.1:9"))
    span = tracer_of(provider).start_span("any")
    assert span.is_recording()
    provider.shutdown()
