"""An event loop whose time is counted, not measured: it jumps to the next timer and never waits.

What runs on it is ordinary asyncio. The same work takes the same steps in the same order every
time, and an hour passes as fast as its callbacks run. There is no network below it: a socket, a
thread or a lookup is a fault of the test.
"""

import asyncio
import heapq
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_START = 86_400.0  # a machine that has been up for a day: nothing may rely on time beginning at 0
_guarded_threads: set[int] = set()


_MOST_TURNS = 200_000
"""Of the loop without time going on: a run takes some hundred at its busiest moment."""
_LONGEST_S = 3_600.0


class NothingLeftToDo(AssertionError):
    """Somebody waits for what will never come."""


class NoProgress(AssertionError):
    """Work goes on and on, and time does not; or time does, and the work does not end."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Only what needs no operating system: tasks, futures, timers."""

    def __init__(self) -> None:
        super().__init__()
        self._now = _START
        # asyncio calls a timer so much too early. A clock that stands still meanwhile must show
        # its time all the same, so no more than to the next number after `_START`.
        self._clock_resolution = 1e-11
        self._selector = _Leap(self)
        self._turns = 0
        self.troubles: list[str] = []
        self.set_exception_handler(_note_trouble)

    def time(self) -> float:
        return self._now

    @property
    def elapsed(self) -> float:
        return self._now - _START

    def leap(self, timeout: float | None) -> None:
        """To the next timer that still counts; called when nothing is ready to run."""
        if timeout is not None and timeout <= 0:
            self._turns += 1
            if self._turns > _MOST_TURNS:
                raise NoProgress(f"{_MOST_TURNS} turns of the loop in one moment")
            return
        if not self._scheduled:
            raise NothingLeftToDo("no timer is set and no callback is ready")
        if self._scheduled[0].when() > self._now:
            self._now, self._turns = self._scheduled[0].when(), 0
        if self.elapsed > _LONGEST_S:
            raise NoProgress(f"the run has not ended after {_LONGEST_S:.0f} s")

    def _process_events(self, event_list: object) -> None: ...

    def _write_to_self(self) -> None: ...

    def run_in_executor(self, *_: object) -> Any:
        raise AssertionError("a thread has no place in virtual time")

    async def getaddrinfo(self, *_: object, **__: object) -> Any:
        raise AssertionError("no host is looked up in virtual time")


class _Leap:
    """Stands where the selector would wait for the network."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> tuple[()]:
        self._loop.leap(timeout)
        return ()

    def close(self) -> None: ...


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """The result of `main`, run to its end in virtual time."""
    loop = VirtualLoop()
    with _no_sockets():
        try:
            asyncio.set_event_loop(loop)
            return loop.run_until_complete(main(loop))
        finally:
            asyncio.set_event_loop(None)
            _close(loop)


def _close(loop: VirtualLoop) -> None:
    # Cleared, so that a timer of a run that failed is not reported once more by the collector.
    loop._scheduled.clear()
    heapq.heapify(loop._scheduled)
    loop._ready.clear()
    loop.close()


def _note_trouble(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    assert isinstance(loop, VirtualLoop)
    error = context.get("exception")
    loop.troubles.append(f"{context['message']}: {error!r}" if error else context["message"])


@contextmanager
def _no_sockets() -> Any:
    thread = threading.get_ident()
    _guarded_threads.add(thread)
    try:
        yield
    finally:
        _guarded_threads.discard(thread)


def _refuse_sockets(event: str, _: tuple[object, ...]) -> None:
    # An audit hook stays for the life of the interpreter, hence the check who is being watched.
    if event == "socket.__new__" and threading.get_ident() in _guarded_threads:
        raise AssertionError("a real socket was opened in virtual time")


sys.addaudithook(_refuse_sockets)
