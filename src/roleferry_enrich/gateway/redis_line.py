"""Redis as one line on which everybody's commands travel together.

A command on its own costs 50 microseconds of our CPU, a connection and three turns of the loop;
among the others of a moment it costs a quarter of that. While one batch is under way the next
gathers, so that a lone command waits for nobody and a crowd shares its round trips.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as Disconnected

from roleferry_enrich.waiting import answer_within

_MOST = 256
"""Commands in a batch; the loop and Redis have others to serve."""


@dataclass(frozen=True, slots=True)
class _Command:
    # Any: whatever redis-py takes and gives; it has no types of its own for these.
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    answer: "asyncio.Future[Any]"


class RedisLine(Redis):
    """A Redis client whose single commands are sent in batches.

    A caller that goes away leaves its command on the line, whose connection no cancel can leave
    with somebody else's reply. Not for commands that block.
    """

    # Any: redis-py's own signature.
    def __init__(self, *arguments: Any, patience: float = 0.1, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._patience = patience
        self._waiting: list[_Command] = []
        self._under_way: list[_Command] = []
        self._sender: asyncio.Task[None] | None = None

    async def execute_command(self, *arguments: Any, **options: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(_Command(arguments, options, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._send(), name="redis-line")
            self._sender.add_done_callback(self._ended)
        return await answer

    async def aclose(self, close_connection_pool: bool | None = None) -> None:  # noqa: FBT001
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.wait([self._sender])
        await super().aclose(close_connection_pool)

    async def _send(self) -> None:
        while self._waiting:
            self._under_way, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            await self._exchange(self._under_way)
        # Here, not when the task is done: whoever comes in between starts the next.
        self._sender = None

    def _ended(self, sender: "asyncio.Task[None]") -> None:
        """Where the line was closed, perhaps before it had begun, nobody is left waiting."""
        if not sender.cancelled():
            return
        self._sender = None
        left, self._under_way, self._waiting = [*self._under_way, *self._waiting], [], []
        for command in left:
            _settle(command, Disconnected("the client is closed"))

    async def _exchange(self, batch: list[_Command]) -> None:
        """Never raises for Redis's sake: whatever happens is the commands' answer."""
        pipeline = cast("Any", self.pipeline(transaction=False))
        for command in batch:
            pipeline.execute_command(*command.arguments, **command.options)
        try:
            answers = await answer_within(self._patience, pipeline.execute(raise_on_error=False))
        # To each who waits; what is not an answer is an error of every command alike.
        except Exception as error:  # noqa: BLE001
            # Who came meanwhile has waited as long, and Redis would not do better for them.
            batch, self._waiting = [*batch, *self._waiting], []
            answers = [error] * len(batch)
        for command, answer in zip(batch, answers, strict=True):
            _settle(command, answer)


def _settle(command: _Command, answer: object) -> None:
    if command.answer.done():
        return
    if isinstance(answer, Exception):
        command.answer.set_exception(answer)
    else:
        command.answer.set_result(answer)
