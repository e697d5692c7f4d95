"""A process's metrics and traces, opened together by its root and closed together."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Tracer

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.observability.loop_lag import lag_watched
from roleferry_enrich.observability.metrics import MetricsExport, configure_metrics
from roleferry_enrich.observability.traces import configure_traces, tracer_of
from roleferry_enrich.observability.watching import Watching


@dataclass(frozen=True, slots=True)
class Telemetry:
    metrics: MetricsExport
    traces: TracerProvider

    @property
    def tracer(self) -> Tracer | None:
        """None where nothing collects spans: even one that is not recorded takes 30 µs."""
        return None if self.traces.sampler is ALWAYS_OFF else tracer_of(self.traces)

    def watching(self, *, on_quarantine: Callable[[str, str], object] | None = None) -> Watching:
        return Watching(self.metrics.metrics, self.tracer, on_quarantine=on_quarantine)

    def lag_watched(self) -> AbstractAsyncContextManager[None]:
        return lag_watched(self.metrics.metrics)

    def close(self) -> None:
        """Sends what is not sent yet."""
        self.metrics.close()
        self.traces.shutdown()


def configure_telemetry(settings: Settings) -> Telemetry:
    return Telemetry(configure_metrics(settings), configure_traces(settings))
