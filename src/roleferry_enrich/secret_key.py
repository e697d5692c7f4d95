"""The key that peppers stored digests: given in production, made once per data directory else."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.settings import Settings

_FILE_NAME = "secret_key"


def secret_key(settings: Settings) -> SecretStr:
    """Stable over restarts: with another key, no stored API key would be recognised."""
    if settings.secret_key is not None:
        return settings.secret_key
    if settings.environment == "production":
        raise ConfigurationError("production needs ROLEFERRY_SECRET_KEY")
    path = settings.data_dir / _FILE_NAME
    if not path.exists():
        _make(path)
    return SecretStr(path.read_text().strip())


def _make(path: Path) -> None:
    """Of two commands that start at once, one writes the key and both read that one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{_FILE_NAME}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
