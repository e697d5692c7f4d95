"""`python -m benchmarks.service PORT FAR_END_URL`: the product, with the benchmark's providers."""

import sys

from benchmarks.providers import channels
from roleferry_enrich.app import serve
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.settings import read_settings


def main() -> None:
    port, far_end = int(sys.argv[1]), sys.argv[2]
    settings = read_settings().model_copy(update={"port": port})
    configure_logs(settings)
    with servers_of(settings) as servers:
        serve(settings, servers, channels=channels(far_end))


if __name__ == "__main__":
    main()
