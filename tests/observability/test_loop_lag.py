"""An event loop held by CPU work is seen in the metrics and said in the log (H82)."""

import asyncio
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.gateway.wire import comes_true
from tests.observability.test_metrics import sample

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.observability.loop_lag import lag_watched
from roleferry_enrich.observability.metrics import MetricsExport, configure_metrics

OFTEN = timedelta(milliseconds=10)


@pytest.fixture
def export() -> Iterator[MetricsExport]:
    export = configure_metrics(Settings())
    yield export
    export.close()


def measured(export: MetricsExport) -> tuple[float, float]:
    """How often, and how much in all."""
    count = sample(export, "roleferry_loop_lag_seconds_count") or 0
    return count, sample(export, "roleferry_loop_lag_seconds_sum") or 0


async def measured_again(export: MetricsExport) -> float:
    before, _ = measured(export)
    assert await comes_true(lambda: measured(export)[0] > before)
    return measured(export)[1]


async def test_h82_a_held_loop_is_measured_and_said(export: MetricsExport) -> None:
    with capture_logs() as said:
        async with lag_watched(export.metrics, OFTEN):
            before = await measured_again(export)
            time.sleep(1.2)  # noqa: ASYNC251  # what must not happen, happens
            after = await measured_again(export)

    assert after - before >= 1
    blocked = [line for line in said if line["event"] == "loop.blocked"]
    assert blocked
    assert blocked[0]["duration_ms"] >= 1_000


async def test_a_loop_that_is_free_is_measured_all_the_same(export: MetricsExport) -> None:
    async with lag_watched(export.metrics, OFTEN):
        await measured_again(export)

    assert measured(export)[0] >= 1


async def test_nothing_of_watching_is_left_behind(export: MetricsExport) -> None:
    before = asyncio.all_tasks()
    with pytest.raises(ZeroDivisionError):
        async with lag_watched(export.metrics, OFTEN):
            raise ZeroDivisionError

    assert asyncio.all_tasks() == before
