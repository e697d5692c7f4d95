"""Chance that comes out the same every time: dice named after what they decide."""

from random import Random


def dice_for(*facts: object) -> Random:
    """The same throws for the same facts, on every Python and in any order of asking.

    Seeded with text, because `random` hashes that itself (SHA-512) and not by `hash()`.
    """
    return Random(":".join(map(str, facts)))  # noqa: S311  # invents people, guards nothing
