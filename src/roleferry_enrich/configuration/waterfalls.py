"""What may be set of named waterfalls; part of `settings.py`."""

from collections.abc import Mapping
from uuid import UUID

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX
from roleferry_enrich.domain.waterfalls import Steps, parse_steps, waterfalls
from roleferry_enrich.providers.catalogue import catalogue

WATERFALLS = f"{PREFIX}WATERFALLS{DELIMITER}"


def read_steps(text: object) -> object:
    return parse_steps(text) if isinstance(text, str) else text


def read_accounts(text: object) -> object:
    """`<account id>:<waterfall>`, several with commas."""
    if not isinstance(text, str):
        return text
    pairs = [part.partition(":") for part in text.split(",")]
    if not all(separator for _, separator, _ in pairs):
        raise ValueError("expected accounts with their waterfalls such as <account id>:people")
    return {account.strip(): name.strip() for account, _, name in pairs}


def check_waterfalls(
    own: Mapping[str, Steps], default: str | None, of_accounts: Mapping[UUID, str]
) -> None:
    """Raises ValueError for providers, and for defaults, that there are not."""
    known = catalogue()
    for name, steps in own.items():
        for position, step in enumerate(steps, start=1):
            if not known.keys() >= set(step):
                raise ValueError(
                    f"{WATERFALLS}{name.upper()}: step {position} names no provider that there "
                    f"is; there are {', '.join(known)}"
                )
    named = waterfalls(own).named
    if default is not None and default not in named:
        raise ValueError(f"{PREFIX}DEFAULT_WATERFALL: there are {', '.join(named)}")
    if not set(of_accounts.values()) <= named.keys():
        raise ValueError(f"{PREFIX}ACCOUNT_WATERFALLS: there are {', '.join(named)}")
