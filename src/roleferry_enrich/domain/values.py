"""Dataclasses that only the type checker keeps frozen, for values made by the dozen in each call.

A dataclass frozen at run time sets every member by a call around its own refusal, so that one takes
three times as long to make as a plain one. mypy refuses to change these as it refuses any other.
"""

from collections.abc import Callable
from dataclasses import dataclass as _plain
from typing import TYPE_CHECKING, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, **options: bool) -> Callable[[type[T]], type[T]]:
        """Used as the one it stands for; equal and hashed by its members, as a frozen one is."""
        return _plain(unsafe_hash=frozen, **options)


__all__ = ["dataclass"]
