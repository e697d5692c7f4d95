"""What fails unexpectedly, told by type and place alone.

An error's message and the values in its frames may hold the person who was asked for, or a key;
where it happened and of what kind it was is all that is needed to find the fault.
"""

import asyncio
import sys
import threading
from collections.abc import Iterator, MutableMapping
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import structlog

from roleferry_enrich.errors import ConfigurationError

if TYPE_CHECKING:
    # A name of the type checker's alone; see `sys.unraisablehook`.
    from sys import UnraisableHookArgs

_MOST_LINES, _MOST_PLACES = 30, 20
_log = structlog.get_logger("roleferry_enrich")


def place_of(error: BaseException) -> str:
    """Module and line of the innermost frame."""
    return next((place.partition(" ")[0] for place in _places(error)), "unknown")


def told(error: BaseException) -> str:
    """The error and those it came from, a line each: its type and where it passed, from within."""
    return "\n".join(islice(_lines(error, "", set()), _MOST_LINES))


# Any: structlog's own type.
def without_values(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line's error as it may be told, whichever library logs it."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


def report_crashes() -> None:
    """From now on what nobody catches in this process is logged, and printed nowhere."""
    sys.excepthook = _ended
    threading.excepthook = _thread_ended
    sys.unraisablehook = _lost


def report_failed_tasks() -> None:
    """The same for what nobody awaits in the running loop, whose own word shows the whole task."""
    asyncio.get_running_loop().set_exception_handler(_unawaited)


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _say("process.crashed", error)


def _thread_ended(arguments: threading.ExceptHookArgs) -> None:
    _say("thread.crashed", arguments.exc_value)


def _lost(arguments: "UnraisableHookArgs") -> None:
    _say("error.lost", arguments.exc_value)


# Any: asyncio's own type.
def _unawaited(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    _say("task.failed", context.get("exception"))


def _say(event: str, error: BaseException | None) -> None:
    if error is None:
        _log.error(event)
    else:
        _log.error(event, error=type(error).__name__, exception=told(error))


def _lines(error: BaseException, before: str, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    # What is wrong with the settings is said to be read, and echoes none of them.
    said = f" ({error})" if isinstance(error, ConfigurationError) else ""
    yield f"{before}{type(error).__name__}{said} at {' < '.join(_places(error)) or 'unknown'}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _lines(each, f"{before}- ", seen)
    origin = error.__cause__
    if origin is None and not error.__suppress_context__:
        origin = error.__context__
    if origin is not None:
        yield from _lines(origin, f"{before}from ", seen)


def _places(error: BaseException) -> list[str]:
    """The innermost first."""
    found: list[str] = []
    here = error.__traceback__
    while here is not None:
        code = here.tb_frame.f_code
        found.append(f"{Path(code.co_filename).name}:{here.tb_lineno} {code.co_name}")
        here = here.tb_next
    return found[: -_MOST_PLACES - 1 : -1]
