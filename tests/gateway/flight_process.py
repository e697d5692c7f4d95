"""One process of a fleet: asks the same question many times at once, and says what it got.

    python flight_process.py REDIS_URL FAR_END_URL ASKERS

Not a test: test_flights.py starts several of it.
"""

import asyncio
import json
import sys

from redis.asyncio import Redis
from tests.gateway.test_gateway import PERSON, FarEnd, gateway, name_in, terms

from roleferry_enrich.gateway.redis_guard import RedisGuard


async def ask(redis_url: str, far_end: str, askers: int) -> None:
    async with Redis.from_url(redis_url) as client:
        shared = RedisGuard(client, patience=5.0)
        async with gateway(FarEnd(), shared, base_url=far_end) as (gate, _):
            reports = await asyncio.gather(*(gate.ask(PERSON, terms(30)) for _ in range(askers)))
    names = {name_in(report) for report in reports}
    cost = sum(report.cost for report in reports)
    sys.stdout.write(json.dumps({"names": sorted(map(str, names)), "cost": cost}))


if __name__ == "__main__":
    asyncio.run(ask(sys.argv[1], sys.argv[2], int(sys.argv[3])))
