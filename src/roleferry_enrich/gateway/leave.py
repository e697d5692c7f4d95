"""Leave to ask providers anything at all, taken when it is first needed.

What a cache answers needs none, so that an answer that costs nothing waits for nobody.
"""

from typing import Protocol


class Leave(Protocol):
    async def take(self) -> None:
        """Once for all of a request's asks. Raises NotPaidFor."""


class _Free:
    async def take(self) -> None:
        return


FREE: Leave = _Free()
