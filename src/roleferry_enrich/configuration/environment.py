"""Where the text of the settings comes from: the environment, `.env`, and files for secrets.

Any secret may be given by a file, the way of Docker and Kubernetes:
`ROLEFERRY_SECRET_KEY_FILE=/run/secrets/key` stands for `ROLEFERRY_SECRET_KEY`. A name that
starts with `ROLEFERRY_` and is no setting is refused: it is a typing mistake, and silence
would run the service with what the operator thinks is set.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, EnvSettingsSource

from roleferry_enrich.errors import ConfigurationError

PREFIX = "ROLEFERRY_"
DELIMITER = "__"
_FILE = "_FILE"
_OWN_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")


class EnvironmentSource(EnvSettingsSource):
    """pydantic's reading of nested names, over texts found here instead of `os.environ`."""

    def __init__(self, settings: type[BaseSettings], texts: Mapping[str, str]) -> None:
        self._texts = texts
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): text for name, text in self._texts.items() if text}


def given_texts(
    environ: Mapping[str, str],
    *,
    env_file: Path,
    names: frozenset[str],
    secret_names: frozenset[str],
    open_ended: tuple[str, ...] = (),
) -> Mapping[str, str]:
    """What was set, by setting; the environment wins over the file.

    Behind a beginning that is `open_ended` an operator writes a name of their own.
    """
    nearer = _ours(environ)
    farther = _ours(dotenv_values(env_file, interpolate=False))
    given_names = nearer.keys() | farther.keys()
    names |= {name for name in given_names if _is_own(name, open_ended)}
    for name in given_names:
        if name not in names and name.removesuffix(_FILE) not in secret_names:
            raise ConfigurationError(_unknown(name, names))
    _refuse_both(nearer, secret_names)
    _refuse_both(farther, secret_names)
    given = {_setting(name, names) for name in nearer}
    left = {name: text for name, text in farther.items() if _setting(name, names) not in given}
    return {
        _setting(name, names): _text(name, text, names) for name, text in (left | nearer).items()
    }


def _is_own(name: str, beginnings: tuple[str, ...]) -> bool:
    return any(
        name.startswith(beginning) and _OWN_NAME.fullmatch(name.removeprefix(beginning))
        for beginning in beginnings
    )


def _setting(name: str, names: frozenset[str]) -> str:
    """Which setting a variable is for, whether it holds the text or names a file."""
    return name if name in names else name.removesuffix(_FILE)


def _text(name: str, text: str, names: frozenset[str]) -> str:
    return text if name in names else _content(name, text)


def _ours(texts: Mapping[str, str | None]) -> dict[str, str]:
    """Empty is unset, as compose files and `.env` templates have it."""
    return {
        name.upper(): text
        for name, text in texts.items()
        if name.upper().startswith(PREFIX) and text
    }


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigurationError(f"{name}: the file cannot be read ({reason})") from None


def _refuse_both(texts: Mapping[str, str], secret_names: frozenset[str]) -> None:
    for name in sorted(secret_names & texts.keys()):
        if name + _FILE in texts:
            raise ConfigurationError(f"{name} and {name}{_FILE} are both set: keep one")


def _unknown(name: str, names: frozenset[str]) -> str:
    provider = _unknown_provider(name, names)
    near = difflib.get_close_matches(provider or name, names, n=1, cutoff=0.6)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{name}: there is no such setting{hint}"


def _unknown_provider(name: str, names: frozenset[str]) -> str | None:
    """The name with the nearest provider in it, where only the provider is mistaken.

    Compared as a whole, `..HUNTR__API_KEY` is nearer to another provider with a short name.
    """
    parts = name.split(DELIMITER)
    if len(parts) != 3:
        return None
    known = {known.split(DELIMITER)[1] for known in names if DELIMITER in known}
    near = difflib.get_close_matches(parts[1], known, n=1, cutoff=0.5)
    return DELIMITER.join((parts[0], near[0], parts[2])) if near else None
