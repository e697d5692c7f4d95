"""Providers that run what the customer has built there, and so must be told what that is.

An id of a routine is good in one workspace only: no adapter can know it. The operator sets
`ROLEFERRY_PROVIDERS__<NAME>__ROUTINE`; without it, what needs a routine is not offered.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Offer, Provider

ROUTINE_KEYS = ("full_name", "first_name", "last_name", "domain", "company_name", "linkedin_url")
"""What a routine may be given of a person, and how its inputs are named unless set otherwise."""
ROUTINE_ID = r"^[A-Za-z0-9][A-Za-z0-9_:.\-]{0,63}$"
_AS_THEY_ARE = tuple((key, key) for key in ROUTINE_KEYS)


@dataclass(frozen=True, slots=True)
class Routine:
    """One of the customer's own routines."""

    id: str
    inputs: tuple[tuple[str, str], ...] = _AS_THEY_ARE
    """The routine's name of each input, and which of `ROUTINE_KEYS` goes there."""
    webhook: str | None = None
    """What the workspace calls the webhook by which it tells us that a run is done."""

    def given(self, keys: Keys) -> Mapping[str, str]:
        """The inputs that are known. A profile goes as the address a browser shows."""
        known = {name: _text(keys, key) for name, key in self.inputs}
        return {name: text for name, text in known.items() if text is not None}


class RunsRoutine(Provider):
    """An adapter of which some capabilities need a routine."""

    by_routine: ClassVar[frozenset[str]]
    """The capabilities that do."""

    def __init__(self, routine: Routine | None = None) -> None:
        self.routine = routine

    def offers(self) -> Iterator[Offer]:
        for offer in super().offers():
            if self.routine is not None or offer.capability not in self.by_routine:
                yield offer


def inputs_named(text: object) -> object:
    """The inputs of a setting such as `Name=full_name, Website=domain`. Raises ValueError."""
    if not isinstance(text, str):
        return text
    parts = [part.rpartition("=") for part in text.split(",")]
    inputs = tuple((name.strip(), key.strip()) for name, _, key in parts)
    if not all(name and key in ROUTINE_KEYS for name, key in inputs):
        raise ValueError(f"expected Name=key,...; the keys are {', '.join(ROUTINE_KEYS)}")
    return inputs


def _text(keys: Keys, key: str) -> str | None:
    known: str | None = getattr(keys, key)
    return f"https://www.{known}" if known and key == "linkedin_url" else known
