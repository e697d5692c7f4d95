"""Refuses requests for names that are not ours.

A page elsewhere can point a name of its own at our address; a browser then takes it for one site
with us. Whoever asks by such a name is turned away before anything is read.
"""

import re
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from roleferry_enrich.errors import MisdirectedRequest

_HOST = re.compile(r"(\[[0-9a-f:]+\]|[^:\[\]]+)(:[0-9]{1,5})?")
# Asked by address: orchestrators know no name of a process that they look after.
_PROBES = frozenset({"/health/live", "/health/ready"})


class NamedOnly:
    """ASGI middleware that lets in who asks for one of `names`; `*.` stands for any before it."""

    def __init__(self, app: ASGIApp, names: Sequence[str]) -> None:
        self._app = app
        self._names = frozenset(name for name in names if not name.startswith("*"))
        self._ends = tuple(name.removeprefix("*") for name in names if name.startswith("*"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asked = scope["type"] == "http" and scope["path"] not in _PROBES
        if is_asked and not self._is_ours(scope["headers"]):
            raise MisdirectedRequest("this service is not known by the name it was asked for")
        await self._app(scope, receive, send)

    def _is_ours(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        found = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        return found is not None and (found[1] in self._names or found[1].endswith(self._ends))
