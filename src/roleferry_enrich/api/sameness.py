"""Remembering what was made of an object by the object itself, not by comparing its fields."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Same(Generic[T]):
    """Equals only what holds the very same object; for `lru_cache` over what is slow to hash."""

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it
