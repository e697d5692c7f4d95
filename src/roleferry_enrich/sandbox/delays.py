"""How long a provider takes to answer: log-normal around its median, with a rare long tail."""

import asyncio
import math
from random import Random

from roleferry_enrich.sandbox.lenses import Latency

_P95 = 1.6449
"""Standard deviations from the median to the 95th percentile."""


class Delays:
    def __init__(self, dice: Random, scale: float) -> None:
        self._dice = dice
        self._scale = scale

    async def wait(self, latency: Latency, scale: str | None) -> None:
        """`scale` is a request's own wish: `0` for none, `2` for twice as long."""
        factor = self._scale if scale is None else _number(scale, default=self._scale)
        if factor > 0:
            await asyncio.sleep(self.seconds(latency) * factor)

    def seconds(self, latency: Latency) -> float:
        spread = math.log(latency.p95_ms / latency.median_ms) / _P95
        usual = self._dice.lognormvariate(math.log(latency.median_ms), spread) / 1_000
        return usual * latency.tail_factor if self._dice.random() < latency.tail else usual


def _number(text: str, *, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default
