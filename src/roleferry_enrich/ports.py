"""Whether a server can listen where the settings say, found out before anything is started."""

import socket

from roleferry_enrich.errors import ConfigurationError


def require_free_port(host: str, port: int, setting: str) -> None:
    """Raises ConfigurationError naming the setting, before anything is started."""
    family, kind, protocol, _, address = _address(host, port)
    with socket.socket(family, kind, protocol) as probe:
        # As the servers do: a port in TIME_WAIT after a restart is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise ConfigurationError(
                f"port {port} on {host} cannot be used ({error.strerror}): "
                f"stop what listens there, or set {setting} to another port"
            ) from error


_AddressInfo = tuple[
    socket.AddressFamily,
    socket.SocketKind,
    int,
    str,
    tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes],
]


def _address(host: str, port: int) -> _AddressInfo:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise ConfigurationError("ROLEFERRY_HOST is no address to listen on") from error
