"""Limits that hold for a fleet: real processes, one Redis, counted at the far end of the wire."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from redis.asyncio import Redis
from tests.far_end import served

ROOT = Path(__file__).parents[2]
MEMBER = Path(__file__).with_name("fleet_member.py")


class Member:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def said(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(30):
            return (await self._process.stdout.readline()).decode().strip()

    async def does(self, **order: object) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        return int(await self.said())

    async def goes_home(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


@pytest.fixture
async def fleet(redis: Redis, redis_url: str) -> AsyncIterator[list[Member]]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    members = [
        Member(
            await asyncio.create_subprocess_exec(
                sys.executable,
                MEMBER,
                redis_url,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )
        for _ in range(4)
    ]
    assert [await member.said() for member in members] == ["ready"] * 4
    yield members
    for member in members:
        await member.goes_home()


async def all_do(members: list[Member], **order: object) -> int:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(member.does(**order)) for member in members]
    return sum(task.result() for task in tasks)


async def test_four_processes_get_exactly_the_limit_a_hundred_times(fleet: list[Member]) -> None:
    admitted = [await all_do(fleet, rush=f"run-{n}", callers=50) for n in range(100)]

    assert admitted == [10] * 100


class Provider:
    """Asks for a pause once, and notes who calls when and how many at once."""

    def __init__(self, *, refuse_call: int, retry_after_s: int, takes_s: float = 0.0) -> None:
        self._refuse_call = refuse_call
        self._retry_after_s = retry_after_s
        self._takes_s = takes_s
        self._under_way = 0
        self.most_at_once = 0
        self.calls: list[float] = []
        self.refused_at: float | None = None

    async def answer(self, _: web.Request) -> web.StreamResponse:
        now = asyncio.get_running_loop().time()
        self.calls.append(now)
        if len(self.calls) == self._refuse_call:
            self.refused_at = now
            return web.Response(status=429, headers={"Retry-After": str(self._retry_after_s)})
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        await asyncio.sleep(self._takes_s)
        self._under_way -= 1
        return web.json_response({})

    def calls_between(self, start: float, end: float) -> int:
        return sum(start <= call < end for call in self.calls)


async def test_after_retry_after_nobody_calls_before_its_time(fleet: list[Member]) -> None:
    provider = Provider(refuse_call=30, retry_after_s=4)
    async with served(provider.answer) as url:
        await all_do(fleet, call=url, callers=10, seconds=6.0)

    assert provider.refused_at is not None
    # What was on the wire when the refusal was, arrives; on a busy machine it is long on the wire.
    assert provider.calls_between(provider.refused_at + 2, provider.refused_at + 4) == 0
    assert provider.calls_between(provider.refused_at + 4, provider.refused_at + 60) > 0


async def test_a_limit_on_calls_at_once_holds_for_the_fleet(fleet: list[Member]) -> None:
    provider = Provider(refuse_call=0, retry_after_s=0, takes_s=0.3)
    async with served(provider.answer) as url:
        await all_do(fleet, call=url, callers=15, seconds=2)

    assert 12 <= provider.most_at_once <= 25
