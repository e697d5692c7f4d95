"""Who may stand before the service: names it is asked by, and proxies that are believed."""

import re
from ipaddress import ip_network
from typing import Annotated

from pydantic import BeforeValidator

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(\*\.)?{_LABEL}(\.{_LABEL})*|\[[0-9a-f:]+\]")


def _hosts(text: object) -> object:
    if not isinstance(text, str):
        return text
    names = tuple(part.strip().lower() for part in text.split(","))
    if not all(len(name) <= 255 and _NAME.fullmatch(name) for name in names):
        raise ValueError("expected names without ports, such as api.acme.com,*.acme.net")
    return names


def _proxies(text: object) -> object:
    if not isinstance(text, str):
        return text
    addresses = tuple(part.strip() for part in text.split(","))
    for address in addresses:
        try:
            everybody = ip_network(address).prefixlen == 0
        except ValueError:
            everybody = True
        if everybody:
            raise ValueError("expected addresses or networks, such as 10.0.0.7,10.1.0.0/16")
    return addresses


TrustedHosts = Annotated[tuple[str, ...], BeforeValidator(_hosts)]
TrustedProxies = Annotated[tuple[str, ...], BeforeValidator(_proxies)]
