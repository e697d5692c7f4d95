"""Child commands of one command: started in order, watched, stopped in reverse, never left behind.

For `demo`, which is sandbox, worker and API at once. Each child leads a process group of its own,
so that Ctrl-C reaches only us and we decide the order of the end.
"""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import FrameType
from typing import IO

import httpx

from roleferry_enrich.private_servers.privileges import before_exec

_LOOK_S = 0.05
_LAST_LINES = 20
# A worker drains for 30 s at most after the first signal.
_GRACE = timedelta(seconds=35)


class ChildEnded(Exception):
    """A child ended though nobody stopped it, or never became ready; says its last lines."""


class Stopped(BaseException):
    """SIGINT or SIGTERM came. No Exception: only the root and `finally` have to do with it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    output: IO[bytes] | None
    """Where it writes, if not to our own streams."""

    def last_lines(self) -> str:
        if self.output is None:
            return ""
        self.output.seek(0)
        lines = self.output.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:])


class Supervisor:
    """Use as `with supervised() as supervisor`; the end of the block stops every child."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._held = False
        self._came: int | None = None
        self._cancel: Callable[[], object] | None = None

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        quiet: bool = False,
    ) -> Child:
        """`quiet` keeps its output for the case that it fails. `env` is added to ours."""
        with self._uninterrupted():
            output = tempfile.TemporaryFile() if quiet else None  # noqa: SIM115  # see `stop`
            process = subprocess.Popen(  # noqa: S603  # our own commands
                command,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                # So that on Linux not even a kill -9 of us leaves it running. The kernel means
                # the thread that starts it: this must be the main one.
                preexec_fn=before_exec(on_death=signal.SIGTERM),  # noqa: PLW1509
            )
            child = Child(name, process, output)
            self._children.append(child)
        return child

    def interrupt(self, number: int) -> None:
        """A signal came: raises Stopped, at once or when a child being started is known."""
        if not self._held and self._cancel is None:
            raise Stopped(number)
        self._came = number
        if not self._held and self._cancel is not None:
            self._cancel()

    @contextmanager
    def cancelling(self) -> Iterator[None]:
        """In an event loop: a signal cancels the current task, and the block ends with Stopped.

        Raised where the signal comes, it would be lost in whichever callback runs just then.
        """
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._cancel = partial(loop.call_soon_threadsafe, task.cancel)
        try:
            yield
        finally:
            self._cancel = None
            self._raise_what_came()

    @contextmanager
    def _uninterrupted(self) -> Iterator[None]:
        # A child between its birth and our list of children would be left behind.
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self._raise_what_came()

    def _raise_what_came(self) -> None:
        if self._came is not None:
            number, self._came = self._came, None
            raise Stopped(number)

    def wait_ready(
        self, child: Child, url: str, *, within: timedelta = timedelta(seconds=30)
    ) -> None:
        """Until the URL answers with a success; raises ChildEnded if any child ends first."""
        until = time.monotonic() + within.total_seconds()
        with httpx.Client(timeout=1, trust_env=False) as client:
            while not _answers(client, url):
                self.check()
                if time.monotonic() > until:
                    raise ChildEnded(_complaint(child, f"did not answer at {url} in time"))
                time.sleep(_LOOK_S)

    def check(self) -> None:
        """Raises ChildEnded if a child is no longer there."""
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                raise ChildEnded(_complaint(child, f"ended with code {code}"))

    def watch(self) -> None:
        """Until a child ends (ChildEnded) or a signal comes (Stopped)."""
        while True:
            self.check()
            time.sleep(_LOOK_S * 4)

    def stop(self, grace: timedelta = _GRACE) -> None:
        """Last started, first stopped: who asks others ends before those it asks."""
        while self._children:
            child = self._children[-1]
            _end(child.process, grace)
            if child.output is not None:
                child.output.close()
            self._children.pop()


@contextmanager
def supervised() -> Iterator[Supervisor]:
    """Raises Stopped in the block at the first SIGINT or SIGTERM; later ones hasten the end."""
    supervisor = Supervisor()
    with _signals_reach(supervisor):
        try:
            yield supervisor
        finally:
            _stop_despite_signals(supervisor)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).is_success
    except httpx.HTTPError:
        return False


def _complaint(child: Child, what: str) -> str:
    said = child.last_lines()
    return f"{child.name} {what}" + (f"; it said last:\n{said}" if said else "")


def _end(process: subprocess.Popen[bytes], grace: timedelta) -> None:
    """The child first, which stops its own children; then whatever is left of its group."""
    try:
        process.terminate()
        process.wait(grace.total_seconds())
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _signals_reach(supervisor: Supervisor) -> Iterator[None]:
    def stop(number: int, _: FrameType | None) -> None:
        supervisor.interrupt(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop_despite_signals(supervisor: Supervisor) -> None:
    """An impatient second Ctrl-C shortens the wait and must not leave children behind."""
    grace = _GRACE
    while True:
        try:
            supervisor.stop(grace)
        except Stopped:
            grace = timedelta(0)
            continue
        return
