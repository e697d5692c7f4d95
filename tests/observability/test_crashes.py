"""What nobody catches is told by type and place, and by no word that it says."""

import asyncio
import gc
import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
import structlog
from tests.polling import becomes

from roleferry_enrich.batches.queue import Queue, Work
from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.observability.crashes import report_failed_tasks, told
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.worker import _end

CANARY = "Zz Canary"
Lines = Callable[[], list[dict]]
# As it ends: with an error that came from another, in a thread, and in what nobody can catch.
DYING = """
import sys, threading
from roleferry_enrich.observability.crashes import report_crashes
from roleferry_enrich.observability.logs import configure_logs
from roleferry_enrich.configuration.settings import Settings

class Lost:
    def __del__(self):
        raise KeyError(sys.argv[1])

def fail():
    token = sys.argv[1]
    try:
        raise KeyError(token)
    except KeyError as error:
        raise ValueError(f"not {token}") from error

configure_logs(Settings(log_format="json"))
report_crashes()
Lost()
thread = threading.Thread(target=fail, name=sys.argv[1])
thread.start()
thread.join()
fail()
"""


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except type(error) as it:
        return it


def test_an_error_is_told_with_all_it_came_from_and_none_of_its_words():
    together = [ValueError(CANARY), raised(OSError(CANARY))]

    def fail() -> None:
        try:
            int(CANARY)
        except ValueError:
            raise ExceptionGroup(CANARY, together) from None

    try:
        try:
            fail()
        except ExceptionGroup as group:
            raise RuntimeError(CANARY) from group
    except RuntimeError as error:
        said = told(error)
    assert CANARY not in said
    kinds = [line.partition(" at ")[0] for line in said.splitlines()]
    assert kinds == [
        "RuntimeError", "from ExceptionGroup", "from - ValueError", "from - OSError"
    ]  # fmt: skip
    assert said.startswith("RuntimeError at test_crashes.py:")
    assert "fail" in said.splitlines()[1]


def test_what_is_wrong_with_the_settings_is_said_and_a_ring_of_errors_ends():
    error = ConfigurationError("ROLEFERRY_PORT is taken")
    error.__context__ = other = ValueError(CANARY)
    other.__context__ = error
    assert told(error).splitlines() == [
        "ConfigurationError (ROLEFERRY_PORT is taken) at unknown",
        "from ValueError at unknown",
    ]


def test_a_process_ends_without_a_word_of_whom_it_was_about():
    ended = subprocess.run(
        [sys.executable, "-c", DYING, CANARY], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert CANARY not in ended.stdout + ended.stderr
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(line["event"], line["error"]) for line in lines] == [
        ("error.lost", "KeyError"),
        ("thread.crashed", "ValueError"),
        ("process.crashed", "ValueError"),
    ]
    assert all("<string>:" in line["exception"] for line in lines)


@pytest.fixture
def lines() -> Iterator[Lines]:
    root, stream = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    configure_logs(Settings(log_format="json"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, level = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_task_that_nobody_awaits_is_told_likewise(lines: Lines):
    async def failing(_: str) -> None:
        raise KeyError(CANARY)

    def called(_: str) -> None:
        raise ValueError(CANARY)

    report_failed_tasks()
    task = asyncio.create_task(failing(CANARY), name=CANARY)
    asyncio.get_running_loop().call_soon(called, CANARY)
    await asyncio.wait({task})
    del task
    gc.collect()

    async def both() -> bool:
        return len(lines()) == 2

    await becomes(both)
    assert CANARY not in str(lines())
    assert [(line["event"], line["error"]) for line in lines()] == [
        ("task.failed", "ValueError"),
        ("task.failed", "KeyError"),
    ]


async def test_what_fails_when_a_worker_is_woken_is_told_likewise(lines: Lines, redis_url: str):
    looked = threading.Event()

    async def look() -> None:
        looked.set()
        raise KeyError(CANARY)

    queue = Queue(redis_url, Work.COMPLETIONS)
    listening = asyncio.create_task(queue.listen(look))
    try:
        await queue.wake()

        async def told_of() -> bool:
            return any(line["event"] == "worker.look.failed" for line in lines())

        await becomes(told_of)
    finally:
        await _end([listening])
        await queue.close()
    assert CANARY not in str(lines())
