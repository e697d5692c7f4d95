"""Calls under way at once, for all processes; and what a process does alone."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from redis.asyncio import Redis

from roleferry_enrich.errors import NoPermit
from roleferry_enrich.gateway.places import FleetPlaces
from roleferry_enrich.gateway.redis_guard import RedisGuard

SOON, NOW = timedelta(seconds=10), timedelta(milliseconds=60)
CALL = timedelta(seconds=1)


def fleet(shared: RedisGuard, limit: int, instances: int = 1) -> FleetPlaces:
    return FleetPlaces(shared, {"acme": limit}, random=Random(1), instances=instances)


class Counting:
    def __init__(self) -> None:
        self.inside = self.most = 0
        self.order: list[int] = []

    async def call(self, places: FleetPlaces, number: int) -> None:
        async with places.place("acme", within=SOON, at_most=CALL):
            self.order.append(number)
            self.inside += 1
            self.most = max(self.most, self.inside)
            await asyncio.sleep(0.01)
            self.inside -= 1


async def test_no_more_are_inside_than_there_are_places(shared: RedisGuard) -> None:
    processes, counting = [fleet(shared, 3) for _ in range(3)], Counting()
    async with asyncio.TaskGroup() as group:
        for number in range(18):
            group.create_task(counting.call(processes[number % 3], number))

    assert counting.most == 3
    assert await shared.redis.zcard("rfe:{acme}:places") == 0


async def test_within_a_process_they_go_in_order(shared: RedisGuard) -> None:
    places, counting = fleet(shared, 2), Counting()
    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(counting.call(places, number))

    assert counting.order == list(range(12))


async def test_who_waits_too_long_is_told(shared: RedisGuard) -> None:
    places = fleet(shared, 1)
    async with places.place("acme", within=SOON, at_most=CALL):
        with pytest.raises(NoPermit):
            async with places.place("acme", within=NOW, at_most=CALL):
                pass


async def test_who_leaves_the_line_takes_no_place(shared: RedisGuard) -> None:
    places, counting = fleet(shared, 1), Counting()
    async with places.place("acme", within=SOON, at_most=CALL):
        tasks = [asyncio.create_task(counting.call(places, n)) for n in range(5)]
        await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    assert await shared.redis.zcard("rfe:{acme}:places") == 0


async def test_without_redis_a_process_keeps_to_its_share() -> None:
    shared, counting = RedisGuard(Redis.from_url("redis://127.0.0.1:1/0")), Counting()
    places = fleet(shared, 9, instances=3)
    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(counting.call(places, number))

    assert counting.most == 3
    await shared.redis.aclose()


async def test_a_provider_without_such_a_limit_asks_nobody(shared: RedisGuard) -> None:
    async with FleetPlaces(shared, {}, random=Random(1)).place("acme", within=NOW, at_most=CALL):
        assert not await shared.redis.exists("rfe:{acme}:places")
