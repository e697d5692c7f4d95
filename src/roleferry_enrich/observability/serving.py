"""The page of metrics of a process that otherwise serves nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from roleferry_enrich.errors import ConfigurationError


@contextmanager
def metrics_served(registry: CollectorRegistry, host: str, port: int | None) -> Iterator[None]:
    """At `/metrics`, from a thread, for as long as the block lasts; without a port nowhere.

    Raises ConfigurationError where the port is taken.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=host, registry=registry)
    except OSError:
        raise ConfigurationError("ROLEFERRY_WORKER_METRICS_PORT cannot be listened on") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
