import socket

import pytest

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.ports import require_free_port


def test_a_free_port_is_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    require_free_port("127.0.0.1", port, "ROLEFERRY_PORT")


def test_a_port_in_use_is_refused_by_its_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"port {port}.*ROLEFERRY_PORT"):
            require_free_port("127.0.0.1", port, "ROLEFERRY_PORT")


def test_a_host_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ROLEFERRY_HOST"):
        require_free_port("no such host", 8000, "ROLEFERRY_HOST")
