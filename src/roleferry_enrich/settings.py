"""Everything an operator may set, read once by a root from the environment and `.env`.

A setting that cannot be right stops the start and is named; its value never is. How the text of
the settings is found, and which names exist, is in `environment.py`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from roleferry_enrich.environment import DELIMITER, PREFIX, EnvironmentSource, given_texts
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.routines import ROUTINE_ID, Routine, RunsRoutine, inputs_named
from roleferry_enrich.secret_texts import Secret, each
from roleferry_enrich.webhook_settings import SENDERS, WebhookSettings, check_sender

_UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "s": timedelta(seconds=1),
        "m": timedelta(minutes=1),
        "h": timedelta(hours=1),
        "d": timedelta(days=1),
    }
)
_WINDOW = re.compile(r"([1-9]\d{0,8})/([1-9]\d{0,4})?([smhd])")
_SHORTEST_SECRET_KEY = 32
_OF_ROUTINES = frozenset({"routine", "routine_inputs"})
_SECRET_FIELDS = frozenset(
    {"api_key", "cache_keys", "database_url", "redis_url", "secret", "secret_key"}
)


def _windows(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = [_WINDOW.fullmatch(part.strip()) for part in text.split(",")]
    windows = tuple(
        Window(int(match[1]), int(match[2] or 1) * _UNITS[match[3]]) for match in found if match
    )
    if len(windows) < len(found):
        raise ValueError("expected limits such as 10/s,300/m or 600/5m")
    return windows


def _database_url(secret: SecretStr) -> SecretStr:
    """Named for the driver we use, however the operator's platform writes it."""
    scheme, separator, rest = secret.get_secret_value().partition("://")
    if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"} or not separator:
        raise ValueError("expected postgresql://...")
    return SecretStr(f"postgresql+asyncpg://{rest}")


def _redis_url(secret: SecretStr) -> SecretStr:
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


def _key_ring(secret: SecretStr) -> SecretStr:
    if any(len(key.strip()) < _SHORTEST_SECRET_KEY for key in secret.get_secret_value().split(",")):
        raise ValueError(f"expected keys of at least {_SHORTEST_SECRET_KEY} characters")
    return secret


HttpUrl = Annotated[str, AfterValidator(_http_url)]
Port = Annotated[int, Field(ge=1, le=65535)]


class ProviderSettings(BaseModel):
    """What may be set for any one provider; unset means what its adapter says."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    api_key: Secret | None = None
    base_url: HttpUrl | None = None
    enabled: bool | None = None
    """Unset: enabled if its key is set or it needs none."""
    permits: Annotated[tuple[InstanceOf[Window], ...] | None, BeforeValidator(_windows)] = None
    price: int | None = Field(default=None, ge=0)
    """Micro-dollars per credit."""
    timeout_s: float | None = Field(default=None, gt=0, le=120)
    concurrency: int | None = Field(default=None, ge=1, le=10_000)
    """Calls under way at once, from all processes together."""
    routine: Annotated[str, Field(pattern=ROUTINE_ID)] | None = None
    """Which of the customer's own routines is run; only where the adapter runs one."""
    routine_inputs: Annotated[tuple[tuple[str, str], ...] | None, BeforeValidator(inputs_named)] = (
        None
    )
    """The routine's own names of its inputs, each with the key that goes there."""

    @property
    def keys(self) -> tuple[SecretStr, ...]:
        """Two may be given, with a comma, so that one can be replaced while both work."""
        return each(self.api_key)

    @property
    def timeout(self) -> timedelta | None:
        return None if self.timeout_s is None else timedelta(seconds=self.timeout_s)

    @property
    def own_routine(self) -> Routine | None:
        if self.routine is None:
            return None
        if self.routine_inputs is None:
            return Routine(self.routine)
        return Routine(self.routine, self.routine_inputs)


class Settings(BaseSettings):
    """Build it with `read_settings`, which refuses unknown names; a test may call the class."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        enable_decoding=False,
    )

    environment: Literal["development", "production"] = "development"
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path(".roleferry")
    database_url: Annotated[SecretStr, AfterValidator(_database_url)] | None = None
    redis_url: Annotated[SecretStr, AfterValidator(_redis_url)] | None = None
    secret_key: Secret | None = None
    """Peppers stored API key digests and signs cursors; see `secret_key.py`."""
    host: str = "127.0.0.1"
    port: Port = 8000
    sandbox_port: Port = 8100
    sandbox_latency_scale: float = Field(default=1.0, ge=0, le=100)
    """Times the delays of the real providers: 0 answers at once."""
    instances: int = Field(default=1, ge=1, le=1000)
    """Processes that share the providers' limits; each keeps to its share while Redis is away."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    otlp_endpoint: HttpUrl | None = None
    retention_days: int | None = Field(default=None, ge=0, le=3_650)
    """Days for which an observation in our own database is served again; 0 is never. Unset: 90
    for people, 180 for companies. Nothing is deleted by it."""
    cache_mb: int = Field(default=64, ge=0, le=65_536)
    """Megabytes of answers that one process keeps in memory, before Redis is asked."""
    cache_keys: Annotated[Secret, AfterValidator(_key_ring)] | None = None
    """Seal what the cache keeps in Redis; the first seals, all open. See `gateway/sealing.py`."""
    providers: Mapping[str, ProviderSettings] = Field(default_factory=dict)
    webhooks: Mapping[str, WebhookSettings] = Field(default_factory=dict)
    webhook_retention_days: int = Field(default=30, ge=8, le=3_650)
    """Days for which events are kept: as long a repeated one is known. Stripe tries for three."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is called with, nothing else: `read_settings` finds the rest, once."""
        return (init_settings,)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.port == self.sandbox_port:
            raise ValueError("ROLEFERRY_PORT and ROLEFERRY_SANDBOX_PORT are the same")
        for name, provider in self.providers.items():
            _check_provider(name, provider)
        for name, webhook in self.webhooks.items():
            check_sender(f"{PREFIX}WEBHOOKS{DELIMITER}{name.upper()}{DELIMITER}", name, webhook)
        if self.environment == "production":
            _check_production(self)
        return self

    @property
    def cache_key_ring(self) -> tuple[SecretStr, ...]:
        return each(self.cache_keys)

    def provider(self, name: str) -> ProviderSettings:
        return self.providers.get(name, ProviderSettings())


def _check_provider(name: str, provider: ProviderSettings) -> None:
    adapter = catalogue().get(name)
    setting = f"{PREFIX}PROVIDERS{DELIMITER}{name.upper()}{DELIMITER}"
    if adapter is None:
        raise ValueError(f"{setting}*: there is no such provider")
    if not isinstance(adapter, RunsRoutine) and (provider.routine or provider.routine_inputs):
        raise ValueError(f"{setting}ROUTINE: this provider runs none")
    if provider.enabled and adapter.spec.authenticate is not None and not provider.keys:
        raise ValueError(f"{setting}ENABLED is true, but {setting}API_KEY is not set")


def _check_production(settings: Settings) -> None:
    needed = {
        "ROLEFERRY_DATABASE_URL": settings.database_url,
        "ROLEFERRY_REDIS_URL": settings.redis_url,
        "ROLEFERRY_SECRET_KEY": settings.secret_key,
    }
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        raise ValueError(f"production needs {', '.join(missing)}")
    assert settings.secret_key is not None
    if len(settings.secret_key.get_secret_value()) < _SHORTEST_SECRET_KEY:
        raise ValueError(f"ROLEFERRY_SECRET_KEY: expected {_SHORTEST_SECRET_KEY} characters")


def setting_names() -> frozenset[str]:
    """Every variable there is, for every provider."""
    nested = {"providers", "webhooks"}
    plain = {PREFIX + field.upper() for field in Settings.model_fields if field not in nested}
    of_providers = {name for names in _provider_names().values() for name in names}
    return frozenset(plain | of_providers | set(_webhook_names()))


def secret_setting_names() -> frozenset[str]:
    """Those that may be given as a file, with `_FILE` behind the name."""
    suffixes = tuple(field.upper() for field in _SECRET_FIELDS)
    return frozenset(name for name in setting_names() if name.endswith(suffixes))


def _provider_names() -> Mapping[str, frozenset[str]]:
    return {
        name: frozenset(
            DELIMITER.join((f"{PREFIX}PROVIDERS", name.upper(), field.upper()))
            for field in ProviderSettings.model_fields
            if isinstance(adapter, RunsRoutine) or field not in _OF_ROUTINES
        )
        for name, adapter in catalogue().items()
    }


def _webhook_names() -> Iterator[str]:
    for sender, fields in SENDERS.items():
        for field in fields:
            yield DELIMITER.join((f"{PREFIX}WEBHOOKS", sender.upper(), field.upper()))


def read_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path = Path(".env")
) -> Settings:
    """The settings of this process. Raises ConfigurationError, naming the setting."""
    texts = given_texts(
        os.environ if environ is None else environ,
        env_file=env_file,
        names=setting_names(),
        secret_names=secret_setting_names(),
    )
    try:
        return Settings.model_validate(EnvironmentSource(Settings, texts)())
    except ValidationError as error:
        raise ConfigurationError(_readable(error)) from None  # the cause would show the input


def _readable(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        setting = DELIMITER.join(str(part) for part in fault["loc"]).upper()
        message = fault["msg"].removeprefix("Value error, ")
        lines.append(f"{PREFIX}{setting}: {message}" if setting else message)
    return "\n".join(lines)
