from collections.abc import Iterator
from datetime import timedelta

import pytest

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.enrichments import Goal, Status
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.outcomes import CacheLevel, OutcomeKind
from roleferry_enrich.observability.metrics import (
    BreakerState,
    MetricsExport,
    configure_metrics,
)

TENTH = timedelta(milliseconds=100)


@pytest.fixture
def export() -> Iterator[MetricsExport]:
    export = configure_metrics(Settings())
    yield export
    export.close()


def sample(export: MetricsExport, name: str, **labels: str) -> float | None:
    """The value under exactly these labels, ours and no others."""
    for family in export.registry.collect():
        for found in family.samples:
            ours = {k: v for k, v in found.labels.items() if not k.startswith("otel_")}
            if found.name == name and ours == labels:
                return found.value
    return None


def call(export: MetricsExport, provider: str = "hunter", *, cost: int = 0) -> None:
    export.metrics.provider_called(
        provider,
        "find_email",
        outcome=OutcomeKind.FOUND,
        latency=TENTH,
        cost=MicroUsd(cost),
    )


def test_a_provider_call_is_counted_timed_and_paid(export: MetricsExport) -> None:
    call(export, cost=17_000)
    call(export, cost=17_000)
    labels = {"provider": "hunter", "capability": "find_email"}
    calls = sample(export, "roleferry_provider_calls_total", **labels, outcome="found")
    assert calls == 2
    assert sample(export, "roleferry_provider_cost_total", **labels) == 34_000
    assert sample(export, "roleferry_provider_latency_seconds_sum", **labels) == pytest.approx(0.2)


def test_a_free_call_adds_no_cost(export: MetricsExport) -> None:
    call(export)
    labels = {"provider": "hunter", "capability": "find_email"}
    assert sample(export, "roleferry_provider_cost_total", **labels) is None


def test_labels_outside_the_closed_sets_become_other(export: MetricsExport) -> None:
    call(export, "ada@acme.test")
    assert b"acme" not in export.page()
    labels = {"provider": "other", "capability": "find_email", "outcome": "found"}
    assert sample(export, "roleferry_provider_calls_total", **labels) == 1


def test_cache_lookups_are_told_apart_by_level(export: MetricsExport) -> None:
    export.metrics.cache_looked_up("hunter", CacheLevel.MEMORY)
    export.metrics.cache_looked_up("hunter", None)
    for level in ("memory", "miss"):
        labels = {"provider": "hunter", "level": level}
        assert sample(export, "roleferry_cache_lookups_total", **labels) == 1


def test_paid_calls_are_told_apart_and_a_lost_one_costs(export: MetricsExport) -> None:
    export.metrics.purchase_wanted("hunter", "made")
    export.metrics.call_lost("hunter", "find_email", MicroUsd(98_000))
    for how in ("made", "lost"):
        labels = {"provider": "hunter", "how": how}
        assert sample(export, "roleferry_provider_purchases_total", **labels) == 1
    labels = {"provider": "hunter", "capability": "find_email"}
    assert sample(export, "roleferry_provider_cost_total", **labels) == 98_000


def test_stale_answers_and_spoilt_values_are_counted(export: MetricsExport) -> None:
    export.metrics.cache_stale("hunter")
    export.metrics.cache_spoilt("hunter")
    for name in ("roleferry_cache_stale_total", "roleferry_cache_spoilt_total"):
        assert sample(export, name, provider="hunter") == 1


def test_the_breaker_shows_its_last_state(export: MetricsExport) -> None:
    export.metrics.breaker_changed("hunter", BreakerState.OPEN)
    export.metrics.breaker_changed("hunter", BreakerState.HALF_OPEN)
    assert sample(export, "roleferry_breaker_state", provider="hunter") == 1


def test_the_wait_for_a_permit_is_timed(export: MetricsExport) -> None:
    export.metrics.permit_waited("hunter", TENTH)
    assert sample(export, "roleferry_limiter_wait_seconds_count", provider="hunter") == 1


def test_enrichments_are_counted_and_timed(export: MetricsExport) -> None:
    export.metrics.enriched(Goal.PERSON, Status.PARTIAL, TENTH)
    labels = {"goal": "person", "status": "partial"}
    assert sample(export, "roleferry_enrichments_total", **labels) == 1
    assert sample(export, "roleferry_enrichment_latency_seconds_count", goal="person") == 1


def test_two_exports_in_one_process_do_not_mix(export: MetricsExport) -> None:
    call(export)
    other = configure_metrics(Settings())
    assert b"roleferry_provider_calls" not in other.page()
    other.close()


def test_the_service_is_named(export: MetricsExport) -> None:
    call(export)
    assert b'service_name="roleferry-enrich"' in export.page()
