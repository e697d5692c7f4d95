"""A Redis that a test may starve, flush, kill and start again, because it is nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from redis.asyncio import Redis
from redis.exceptions import RedisError
from tests.gateway.wire import comes_true

from roleferry_enrich.private_servers.redis_program import _redis_binary


class OwnRedis:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._directory / 'own.sock'}"

    async def start(self) -> None:
        socket = str(self._directory / "own.sock")
        self._process = await asyncio.create_subprocess_exec(
            *(_redis_binary(), "--port", "0", "--unixsocket", socket, "--dir", self._directory),
            *("--save", "", "--appendonly", "no"),
            stdout=asyncio.subprocess.DEVNULL,
        )
        assert await comes_true(self._answers)

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _answers(self) -> bool:
        async with Redis.from_url(self.url) as client:
            try:
                return bool(await client.ping())
            except (RedisError, OSError):
                return False


@asynccontextmanager
async def own_redis() -> AsyncIterator[OwnRedis]:
    # Not tmp_path: a socket's path may have no more than about a hundred bytes.
    with TemporaryDirectory() as directory:
        server = OwnRedis(Path(directory))
        await server.start()
        try:
            yield server
        finally:
            await server.kill()
