import asyncio
from statistics import median, quantiles

import pytest

from roleferry_enrich.sandbox.delays import Delays
from roleferry_enrich.sandbox.dice import dice_for
from roleferry_enrich.sandbox.lenses import LENSES, Latency


@pytest.mark.parametrize("lens", LENSES.values(), ids=lambda lens: lens.name)
def test_delays_follow_the_lens(lens):
    delays = Delays(dice_for("test"), 1.0)

    drawn = [delays.seconds(lens.latency) * 1_000 for _ in range(5_000)]

    assert median(drawn) == pytest.approx(lens.latency.median_ms, rel=0.1)
    assert quantiles(drawn, n=20)[-1] == pytest.approx(lens.latency.p95_ms, rel=0.2)
    assert max(drawn) > 2 * lens.latency.p95_ms


async def test_scale_of_the_request_overrides_the_scale_of_the_house():
    an_hour = Latency(median_ms=3_600_000, p95_ms=3_600_001)

    async with asyncio.timeout(60):
        await Delays(dice_for("test"), 1.0).wait(an_hour, "0")
        await Delays(dice_for("test"), 0.0).wait(an_hour, None)
        await Delays(dice_for("test"), 0.0).wait(an_hour, "unreadable")
