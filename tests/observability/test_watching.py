from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CallRecord, OutcomeKind
from roleferry_enrich.observability.metrics import MetricsExport, configure_metrics
from roleferry_enrich.observability.telemetry import configure_telemetry
from roleferry_enrich.observability.traces import tracer_of
from roleferry_enrich.observability.watching import Watching

RECORD = CallRecord(
    id=UUID(int=1),
    conversation=UUID(int=2),
    provider="hunter",
    capability="find_email",
    attempt=2,
    status=200,
    outcome=OutcomeKind.FOUND,
    cost=MicroUsd(17_000),
    sent_at=datetime(2026, 3, 2, tzinfo=UTC),
    latency=timedelta(milliseconds=80),
    permit_wait=timedelta(milliseconds=30),
)


@pytest.fixture
def export() -> Iterator[MetricsExport]:
    export = configure_metrics(Settings())
    yield export
    export.close()


def watch_one_call(export: MetricsExport, tracer: Tracer | None) -> bytes:
    with Watching(export.metrics, tracer).calling("hunter", "find_email", 2) as call:
        call.ended(RECORD)
    return export.page()


def test_a_call_is_measured_whether_or_not_it_is_traced(export: MetricsExport) -> None:
    assert b"roleferry_provider_cost_total" in watch_one_call(export, None)


def test_where_spans_are_collected_a_call_is_one(export: MetricsExport) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    assert b"roleferry_provider_cost_total" in watch_one_call(export, tracer_of(provider))
    provider.shutdown()
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["roleferry.attempt"] == 2
    assert span.attributes["roleferry.permit_wait_ms"] == 30.0
    assert span.attributes["roleferry.outcome"] == "found"


def test_without_a_collector_no_call_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    telemetry = configure_telemetry(Settings())
    started: list[str] = []
    tracer = tracer_of(telemetry.traces)
    monkeypatch.setattr(type(tracer), "start_as_current_span", started.append)
    with telemetry.watching().calling("hunter", "find_email", 1) as call:
        call.ended(RECORD)
    assert not started
    telemetry.close()


def test_how_a_provider_stands_is_measured(export: MetricsExport) -> None:
    watching = Watching(export.metrics, None)

    watching.key_refused("hunter", 1, 2)
    watching.quarantine_seen("hunter", is_off=True)
    watching.quota_told("hunter", 12.5)
    watching.key_served("hunter", 1, 2)
    watching.quarantine_ended("hunter")

    told = {
        line.partition("{")[0]: line.rpartition(" ")[2]
        for line in export.page().decode().splitlines()
        if 'provider="hunter"' in line
    }
    assert told["roleferry_provider_keys_refused_total"] == "1.0"
    assert told["roleferry_provider_quarantined"] == "1.0"
    assert told["roleferry_provider_quota_remaining"] == "12.0"
