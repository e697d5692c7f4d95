"""One process of a fleet, told on its standard input what to do: a JSON object a line.

`{"rush": bucket, "callers": n}` answers how many got a permit at once; `{"call": url, "callers": n,
"seconds": s}` keeps calling and answers how many calls were answered with 200.
"""

import asyncio
import json
import sys
from datetime import timedelta

import aiohttp
from redis.asyncio import Redis
from tests.acme import Acme
from tests.gates import gates_of
from tests.watcher import Watcher

from roleferry_enrich.errors import CallSkipped, NoPermit, ProviderError
from roleferry_enrich.gateway.buckets import Bucket
from roleferry_enrich.gateway.channels import Channel, Credential
from roleferry_enrich.gateway.errand import Errand, Terms
from roleferry_enrich.gateway.limiter import Limiter
from roleferry_enrich.gateway.purse import Purse
from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.providers.contract import Call, Window


async def rush(shared: RedisGuard, lane: str, callers: int) -> int:
    limiter = Limiter(shared)
    bucket = Bucket("acme", lane, (Window(10, timedelta(hours=1)),))

    async def one() -> int:
        try:
            await limiter.acquire(bucket, within=timedelta(0))
        except NoPermit:
            return 0
        return 1

    return sum(await asyncio.gather(*(one() for _ in range(callers))))


async def call(shared: RedisGuard, url: str, callers: int, seconds: float) -> int:
    loop, answered = asyncio.get_running_loop(), 0
    ends = loop.time() + seconds
    channel = Channel(
        provider=Acme(),
        key=Credential("test-key-acme"),
        base_url=url,
        permits=(Window(100, timedelta(seconds=1)),),
    )

    async def keep_calling(gates) -> None:
        nonlocal answered
        while loop.time() < ends:
            terms = Terms(deadline=ends, purse=Purse(None))
            errand = Errand(channel=channel, capability="find_company", terms=terms)
            try:
                await gates.send(Call.get("/company"), errand)
                answered += 1
            except (ProviderError, CallSkipped):
                await asyncio.sleep(0.005)

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        gates = gates_of(shared, session, Watcher())
        for _ in range(callers):
            group.create_task(keep_calling(gates))
    return answered


def say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def main(redis_url: str) -> None:
    loop = asyncio.get_running_loop()
    client = Redis.from_url(redis_url)
    shared = RedisGuard(client, patience=30.0)
    await client.ping()
    say("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        if "rush" in order:
            result = await rush(shared, order["rush"], order["callers"])
        else:
            result = await call(shared, order["call"], order["callers"], order["seconds"])
        say(result)
    await client.aclose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
