"""Everything an operator may set, read once by a root from the environment and `.env`.

A setting that cannot be right stops the start and is named; its value never is. How the text of
the settings is found, and which names exist, is in `environment.py`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from roleferry_enrich.configuration.audit import AuditSettings
from roleferry_enrich.configuration.credits import CapSettings, CreditSettings, credit_names
from roleferry_enrich.configuration.edge import TrustedHosts, TrustedProxies
from roleferry_enrich.configuration.environment import (
    DELIMITER,
    PREFIX,
    EnvironmentSource,
    given_texts,
)
from roleferry_enrich.configuration.inside_hosts import InsideHosts
from roleferry_enrich.configuration.providers import (
    ProviderSettings,
    check_provider,
    provider_names,
)
from roleferry_enrich.configuration.quotas import QuotaSettings
from roleferry_enrich.configuration.retention import RetentionSettings, retention_names
from roleferry_enrich.configuration.sealing import SealingKeys
from roleferry_enrich.configuration.texts import (
    SHORTEST_SECRET_KEY,
    HttpUrl,
    Port,
    each_secret,
    key_ring,
    no_placeholder,
    postgres_url,
    redis_address,
)
from roleferry_enrich.configuration.waterfalls import (
    WATERFALLS,
    check_waterfalls,
    read_accounts,
    read_steps,
)
from roleferry_enrich.configuration.webhooks import WebhookSettings, check_sender, webhook_names
from roleferry_enrich.domain.waterfalls import BUILT_IN, Steps, Waterfalls, waterfalls
from roleferry_enrich.errors import ConfigurationError

_NESTED = frozenset({"caps", "credits", "keep", "providers", "waterfalls", "webhooks"})
_SECRET_FIELDS = frozenset(
    {"api_key", "cache_keys", "database_url", "redis_url", "sealing_keys", "secret", "secret_key"}
)


class Settings(QuotaSettings, AuditSettings, BaseSettings):
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
    database_url: Annotated[SecretStr, AfterValidator(postgres_url)] | None = None
    redis_url: Annotated[SecretStr, AfterValidator(redis_address)] | None = None
    secret_key: Annotated[SecretStr, AfterValidator(no_placeholder)] | None = None
    """Peppers stored API key digests and signs cursors; see `secret_key.py`."""
    host: str = "127.0.0.1"
    port: Port = 8000
    sandbox_port: Port = 8100
    sandbox_latency_scale: float = Field(default=1.0, ge=0, le=100)
    """Times the delays of the real providers: 0 answers at once."""
    instances: int = Field(default=1, ge=1, le=1000)
    """Processes that share the providers' limits; each keeps to its share while Redis is away."""
    trusted_hosts: TrustedHosts = ()
    """Names the API is asked by; any, where empty."""
    trusted_proxies: TrustedProxies = ()
    """Who is believed about a caller's address and scheme (X-Forwarded-For and -Proto)."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    otlp_endpoint: HttpUrl | None = None
    worker_metrics_port: Port | None = None
    """Where a worker shows its metrics; each on a machine needs its own."""
    usage_every_s: float = Field(default=30.0, ge=0, le=86_400)
    """Seconds between two askings what is left of a quota, where that is free; 0 is never."""
    retention_days: int | None = Field(default=None, ge=0, le=3_650)
    """Days for which an observation in our own database is served again; 0 is never. Unset: 90
    for people, 180 for companies. Nothing is deleted by it: see `keep`."""
    cache_mb: int = Field(default=64, ge=0, le=65_536)
    """Megabytes of answers that one process keeps in memory, before Redis is asked."""
    cache_keys: (
        Annotated[SecretStr, AfterValidator(no_placeholder), AfterValidator(key_ring)] | None
    ) = None
    """Seal what the cache keeps in Redis; the first seals, all open. See `gateway/sealing.py`."""
    sealing_keys: SealingKeys = None
    webhook_inside_hosts: InsideHosts = ()
    """Webhooks may be sent to these, though not public; in development over http too."""
    credits: CreditSettings = Field(default_factory=CreditSettings)
    caps: CapSettings = Field(default_factory=CapSettings)
    providers: Mapping[str, ProviderSettings] = Field(default_factory=dict)
    webhooks: Mapping[str, WebhookSettings] = Field(default_factory=dict)
    webhook_retention_days: int = Field(default=30, ge=8, le=3_650)
    """Days for which events are kept: as long a repeated one is known. Stripe tries for three."""
    keep: RetentionSettings = Field(default_factory=RetentionSettings)
    """How long personal data is kept; a worker deletes what is older."""
    waterfalls: Mapping[str, Annotated[Steps, BeforeValidator(read_steps)]] = Field(
        default_factory=dict
    )
    """By name, beside the built-in ones or in their place: `apollo>clay,hunter`."""
    default_waterfall: str | None = None
    """The one meant where a request names none."""
    account_waterfalls: Annotated[Mapping[UUID, str], BeforeValidator(read_accounts)] = Field(
        default_factory=dict
    )
    """The one meant for an account instead: `<account id>:people,...`."""

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
            check_provider(name, provider)
        for sender, webhook in self.webhooks.items():
            check_sender(sender, webhook)
        check_waterfalls(self.waterfalls, self.default_waterfall, self.account_waterfalls)
        if self.environment == "production":
            _check_production(self)
        return self

    @property
    def cache_key_ring(self) -> tuple[SecretStr, ...]:
        return each_secret(self.cache_keys)

    @property
    def sealing_key_ring(self) -> tuple[SecretStr, ...]:
        return each_secret(self.sealing_keys)

    @property
    def named_waterfalls(self) -> Waterfalls:
        return waterfalls(self.waterfalls, self.default_waterfall, self.account_waterfalls)

    def provider(self, name: str) -> ProviderSettings:
        return self.providers.get(name, ProviderSettings())


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
    if len(settings.secret_key.get_secret_value()) < SHORTEST_SECRET_KEY:
        raise ValueError(f"ROLEFERRY_SECRET_KEY: expected {SHORTEST_SECRET_KEY} characters")


def setting_names() -> frozenset[str]:
    """Every variable there is, for every provider; of waterfalls those with a built-in name."""
    plain = {PREFIX + field.upper() for field in Settings.model_fields.keys() - _NESTED}
    plain |= {WATERFALLS + name.upper() for name in BUILT_IN}
    of_providers = {name for names in provider_names().values() for name in names}
    return frozenset(plain | of_providers | webhook_names() | retention_names() | credit_names())


def secret_setting_names() -> frozenset[str]:
    """Those that may be given as a file, with `_FILE` behind the name."""
    suffixes = tuple(field.upper() for field in _SECRET_FIELDS)
    return frozenset(name for name in setting_names() if name.endswith(suffixes))


def read_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path = Path(".env")
) -> Settings:
    """The settings of this process. Raises ConfigurationError, naming the setting."""
    texts = given_texts(
        os.environ if environ is None else environ,
        env_file=env_file,
        names=setting_names(),
        open_ended=(WATERFALLS,),
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
