"""Named waterfalls: the order in which an operator wants providers asked."""

from roleferry_enrich.domain.values import dataclass

Steps = tuple[tuple[str, ...], ...]
"""Providers by name; those of one step are asked together, the next when fields are missing."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    name: str
    steps: Steps

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(provider for step in self.steps for provider in step)


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
