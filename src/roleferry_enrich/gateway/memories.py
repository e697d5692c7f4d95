"""What an answer was made from, as long as memory holds it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from roleferry_enrich.gateway.cache import Cache


@dataclass(slots=True)
class Memories:
    """Cached answers that something was made from, to be asked whether they still stand."""

    cache: Cache
    held: Mapping[str, object]
    fresh_until: float
    """In the running loop's time: that of the first which is not."""
    looked_at: int = -1
    """Since which change of the cache nothing can have happened to them."""

    @property
    def still_stand(self) -> bool:
        """Whether each is what memory holds just now, and fresh: not replaced, not forgotten."""
        if asyncio.get_running_loop().time() >= self.fresh_until:
            return False
        if self.looked_at == self.cache.changes:
            return True
        self.looked_at = self.cache.changes
        return all(self.cache.held(key) is answer for key, answer in self.held.items())
