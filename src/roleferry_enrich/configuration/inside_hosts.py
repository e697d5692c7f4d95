"""Hosts of the operator's own network, as a setting names them."""

import re
from typing import Annotated

from pydantic import BeforeValidator

_HOST = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?):([1-9][0-9]{0,4})")
_LARGEST_PORT = 65_535


def _hosts(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = [_HOST.fullmatch(part.strip().lower()) for part in text.split(",")]
    hosts = tuple(match[0] for match in found if match and int(match[3]) <= _LARGEST_PORT)
    if len(hosts) < len(found):
        raise ValueError("expected hosts with ports, such as n8n.lan:5678,10.0.0.8:443")
    return hosts


InsideHosts = Annotated[tuple[str, ...], BeforeValidator(_hosts)]
