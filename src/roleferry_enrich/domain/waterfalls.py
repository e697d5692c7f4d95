"""Named waterfalls: the order in which an operator wants providers asked."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from uuid import UUID

from roleferry_enrich.domain.values import dataclass

Steps = tuple[tuple[str, ...], ...]
"""Providers by name; those of one step are asked together, the next when fields are missing."""

BUILT_IN: Mapping[str, str] = MappingProxyType(
    {"people": "apollo>clay>hunter", "companies": "explorium>clearbit>internal"}
)


@dataclass(frozen=True, slots=True)
class Waterfall:
    name: str
    steps: Steps

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(provider for step in self.steps for provider in step)


@dataclass(frozen=True, slots=True)
class Waterfalls:
    """The named waterfalls of an installation."""

    named: Mapping[str, Waterfall]
    default: str | None = None
    """The one meant where a request names none; None orders by what is promised for the price."""
    of_accounts: Mapping[UUID, "Waterfalls"] = field(default_factory=lambda: MappingProxyType({}))
    """For accounts that mean another by default."""

    def of(self, account_id: UUID) -> "Waterfalls":
        """Those of one account: the same names, perhaps another default."""
        return self.of_accounts.get(account_id, self)

    def meant(self, name: str | None) -> Waterfall | None:
        """The waterfall of that name, or the default. Raises KeyError for an unknown name."""
        wanted = name or self.default
        return None if wanted is None else self.named[wanted]


def parse_steps(text: str) -> Steps:
    """`apollo>clay,hunter`: Apollo alone, then Clay and Hunter together.

    Raises ValueError for what is no such order.
    """
    steps = tuple(tuple(name.strip() for name in step.split(",")) for step in text.split(">"))
    names = [name for step in steps for name in step]
    if not all(names):
        raise ValueError("expected providers in order such as apollo>clay,hunter")
    if len(set(names)) < len(names):
        raise ValueError("expected each provider once")
    return steps


def waterfalls(
    own: Mapping[str, Steps],
    default: str | None = None,
    of_accounts: Mapping[UUID, str] = MappingProxyType({}),
) -> Waterfalls:
    """The built-in ones and an operator's own, which go before built-in ones of the same name."""
    steps = {name: parse_steps(text) for name, text in BUILT_IN.items()} | dict(own)
    named = {name: Waterfall(name, order) for name, order in sorted(steps.items())}
    theirs = {who: Waterfalls(MappingProxyType(named), name) for who, name in of_accounts.items()}
    return Waterfalls(MappingProxyType(named), default, MappingProxyType(theirs))
