"""`python -m benchmarks.service PORT FAR_END_URL [--quota N]`: the product, on our providers."""

import argparse

from benchmarks.providers import channels
from roleferry_enrich.app import serve
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.embedded import servers_of
from roleferry_enrich.observability.logs import configure_logs

# Counted like any, so that counting is part of what is measured, and never refused.
_MORE_THAN_IS_ASKED = 1_000_000_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("far_end")
    parser.add_argument("--quota", type=int, default=_MORE_THAN_IS_ASKED)
    given = parser.parse_args()
    quota = dict.fromkeys(("quota_per_minute", "quota_per_hour", "quota_per_day"), given.quota)
    settings = read_settings().model_copy(update={"port": given.port, **quota})
    configure_logs(settings)
    with servers_of(settings) as servers:
        serve(settings, servers, channels=channels(given.far_end))


if __name__ == "__main__":
    main()
