"""What is done in the background, in numbers whose labels are known beforehand."""

from datetime import timedelta

import httpx
import pytest
from tests.e2e.installation import free_ports
from tests.observability.test_metrics import export, sample  # noqa: F401 - a fixture

from roleferry_enrich.domain.batches import ItemState
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.observability.metrics import MetricsExport
from roleferry_enrich.observability.serving import metrics_served
from roleferry_enrich.observability.work_metrics import Sent, Waiting


def test_items_are_told_by_their_ends(export: MetricsExport) -> None:  # noqa: F811
    work = export.metrics.work
    for state in (ItemState.DONE, ItemState.DONE, ItemState.DEAD):
        work.item_ended(state)
    work.item_fenced()
    work.items_orphaned(3)
    assert sample(export, "roleferry_items_ended_total", state="done") == 2
    assert sample(export, "roleferry_items_ended_total", state="dead") == 1
    assert sample(export, "roleferry_items_fenced_total") == 1
    assert sample(export, "roleferry_items_orphaned_total") == 3


def test_h71_what_came_of_a_message_is_one_of_few_words(export: MetricsExport) -> None:  # noqa: F811
    for failure in (None, "status", "https://receiver.test/secret"):
        export.metrics.work.webhook_sent(failure)
    for outcome in ("delivered", "status", "other"):
        assert sample(export, "roleferry_webhooks_sent_total", outcome=outcome) == 1
    assert b"secret" not in export.page()
    assert {"delivered", "other"} < set(Sent)


def test_what_nobody_knows_any_more_is_not_shown(export: MetricsExport) -> None:  # noqa: F811
    work = export.metrics.work
    for what in Waiting:
        work.waiting(what, 7, timedelta(seconds=90))
    work.running(4)
    assert sample(export, "roleferry_waiting", what="items") == 7
    assert sample(export, "roleferry_waiting_age_seconds", what="webhooks_out") == 90
    work.unknown()
    assert sample(export, "roleferry_waiting", what="items") is None
    assert sample(export, "roleferry_items_running") is None


def test_a_worker_shows_them_where_it_is_told_to(export: MetricsExport) -> None:  # noqa: F811
    (port,) = free_ports(1)
    export.metrics.work.item_fenced()
    url = f"http://127.0.0.1:{port}/metrics"
    with metrics_served(export.registry, "127.0.0.1", port):
        assert "roleferry_items_fenced_total" in httpx.get(url, trust_env=False).text
        with (
            pytest.raises(ConfigurationError),
            metrics_served(export.registry, "127.0.0.1", port),
        ):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
