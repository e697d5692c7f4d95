"""Goes through every answer that the cache keeps in Redis, to forget those of one person.

Names in Redis tell nothing, so each answer is opened and read. For the rare work that must miss
nothing; processes are told of each as of anything that is forgotten.
"""

from collections.abc import Callable

from roleferry_enrich.gateway.cache import Cache, Remembered
from roleferry_enrich.in_turns import in_turns

_AT_ONCE = 200


class CacheSearch:
    """What one process's key ring can open; what it cannot, nobody is ever served."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def forget(self, names: Callable[[Remembered], bool]) -> int:
        """Forget each answer of which that is true; how many.

        Raises RedisDown, then some may be left.
        """
        count = 0
        async for keys in self._cache.pages(_AT_ONCE):
            async for key, remembered in in_turns(await self._cache.kept(keys)):
                if remembered is None or names(remembered):
                    await self._cache.forget(key)
                    count += remembered is not None
        return count
