"""Turns at getting an answer are kept while Redis is there and let go silently while it is not."""

import asyncio
import gc
from typing import Any

from redis.asyncio import Redis

from roleferry_enrich.gateway.redis_guard import RedisGuard
from roleferry_enrich.gateway.turns import Turns


async def test_a_turn_that_is_held_is_renewed(redis: Redis, shared: RedisGuard) -> None:
    turns = Turns(shared)
    await redis.set("turn", "token", px=500)
    turns.hold("turn")
    await turns._renew()
    turns.drop("turn")

    assert await redis.pttl("turn") > 500


async def test_without_redis_a_renewal_ends_and_leaves_no_error_unseen() -> None:
    unseen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
    nowhere = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0"))
    turns = Turns(nowhere)
    turns.hold("one")
    turns.hold("two")

    await turns._renew()
    assert not nowhere.is_up
    await turns._renew()
    turns.drop("one")
    turns.drop("two")
    await asyncio.sleep(0.01)
    gc.collect()

    assert not unseen
    await nowhere.redis.aclose()
