"""What a provider was asked to begin and goes on with later: searches half read, runs under way.

Kept beside the views, so that whoever speaks from another view goes on with the same.
"""

import itertools
from collections import OrderedDict
from dataclasses import dataclass

from roleferry_enrich.providers.replies import Record

_MOST = 10_000


@dataclass(slots=True)
class Work:
    asked: Record
    done: int = 0
    """How far it is, in whatever its voice counts."""

    def advance(self, by: int = 1) -> int:
        """How far it was."""
        before = self.done
        self.done += by
        return before


class Begun:
    """Work by its id; the oldest is forgotten."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._serial = itertools.count(1)
        self._works: OrderedDict[str, Work] = OrderedDict()

    def begin(self, asked: Record) -> str:
        name = f"{self._prefix}_5eed{next(self._serial):08}"
        self._works[name] = Work(asked)
        if len(self._works) > _MOST:
            self._works.popitem(last=False)
        return name

    def get(self, name: str) -> Work | None:
        return self._works.get(name)
