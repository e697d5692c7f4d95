"""What a setting's text may be: each type refuses what cannot be right, and never shows it."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from roleferry_enrich.providers.contract import Window

_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "s": timedelta(seconds=1),
        "m": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
    }
)
_WINDOW = re.compile(r"([1-9]\d{0,8})/([1-9]\d{0,4})?([smhd])")
# What documentation and templates write where a secret belongs.
_PLACEHOLDER = re.compile(
    r"<.*>|\$\{.*\}|\{\{.*\}\}|x{3,}|\*{3,}|\.{3,}|change[-_ ]?(me|this|it).*"
    r"|replace[-_ ]?(me|this|with).*|(put|insert|enter|your)[-_ ].*"
    r"|todo|secret|password|none|null|example|placeholder|dummy|sk[-_]\.+",
    re.IGNORECASE,
)
SHORTEST_SECRET_KEY = 32


def windows(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = [_WINDOW.fullmatch(part.strip()) for part in text.split(",")]
    read = tuple(
        Window(int(match[1]), int(match[2] or 1) * _UNITS[match[3]]) for match in found if match
    )
    if len(read) < len(found):
        raise ValueError("expected limits such as 10/s,300/m or 600/5m")
    return read


def no_placeholder(secret: SecretStr) -> SecretStr:
    for part in secret.get_secret_value().split(","):
        if not part.strip() or _PLACEHOLDER.fullmatch(part.strip()):
            raise ValueError("expected a secret, found a placeholder")
        if not part.isascii() or not part.strip().isprintable():
            raise ValueError("expected printable ASCII characters")
    return secret


def postgres_url(secret: SecretStr) -> SecretStr:
    """Named for the driver we use, however the operator's platform writes it."""
    scheme, separator, rest = secret.get_secret_value().partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not separator:
        raise ValueError("expected postgresql://...")
    return SecretStr(f"postgresql+asyncpg://{rest}")


def redis_address(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("expected redis://..., rediss://... or unix://...")
    return secret


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("expected http://host or https://host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("expected no credentials, query or fragment")
    return url.rstrip("/")


def key_ring(secret: SecretStr) -> SecretStr:
    if any(len(key.strip()) < SHORTEST_SECRET_KEY for key in secret.get_secret_value().split(",")):
        raise ValueError(f"expected keys of at least {SHORTEST_SECRET_KEY} characters")
    return secret


def each_secret(secrets: SecretStr | None) -> tuple[SecretStr, ...]:
    text = secrets.get_secret_value() if secrets else ""
    return tuple(SecretStr(part.strip()) for part in text.split(",") if part.strip())


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Port = Annotated[int, Field(ge=1, le=65535)]
