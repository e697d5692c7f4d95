"""`python -m benchmarks.batch_worker PORT FAR_END_URL`: a worker with the bench's providers."""

import sys

from benchmarks.providers import channels
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.worker import run

# Small, so that it is full early and what grows after that is something else.
_CACHE_MB = 16


def main() -> None:
    port, far_end = int(sys.argv[1]), sys.argv[2]
    changed = {"worker_metrics_port": port, "cache_mb": _CACHE_MB}
    settings = read_settings().model_copy(update=changed)
    configure_logs(settings)
    with servers_of(settings) as servers:
        run(settings, servers, channels=channels(far_end))


if __name__ == "__main__":
    main()
