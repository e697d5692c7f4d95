"""The key that peppers stored digests: given in production, made once per data directory else."""

import secrets

from pydantic import SecretStr

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.private_files import read_private, write_private

_FILE_NAME = "secret_key"


def secret_key(settings: Settings) -> SecretStr:
    """Stable over restarts: with another key, no stored API key would be recognised."""
    if settings.secret_key is not None:
        return settings.secret_key
    if settings.environment == "production":
        raise ConfigurationError("production needs ROLEFERRY_SECRET_KEY")
    path = settings.data_dir / _FILE_NAME
    if not path.exists():
        # Of two commands that start at once, one writes the key and both read that one.
        write_private(path, secrets.token_urlsafe(48), replace=False)
    key = read_private(path)
    if key is None:
        raise ConfigurationError(
            f"{path} holds no secret key: restore it, delete it (which makes every API key "
            "invalid), or set ROLEFERRY_SECRET_KEY"
        )
    return SecretStr(key)


def pepper(settings: Settings) -> bytes:
    """The key as digests and derived keys take it."""
    return secret_key(settings).get_secret_value().encode()
