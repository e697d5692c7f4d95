"""Does a batch in this process's own installation: with a worker beside us while it lasts.

Apart from `run.py`, as `asking_here.py` is from `asking.py`.
"""

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from roleferry_enrich.errors import RoleferryError
from roleferry_enrich.supervision import ChildEnded, Stopped, supervised
from roleferry_enrich.terminal.asking_here import work_here
from roleferry_enrich.terminal.batches.interruption import Interrupted
from roleferry_enrich.terminal.service import Service

T = TypeVar("T")
Check = Callable[[], None]


class WorkerEnded(RoleferryError):
    """The worker beside us ended by itself; the message has its last words."""


def work_with_a_worker(work: Callable[[Service, Check], Awaitable[T]]) -> T:
    """What comes of the work; it is given a check that raises when the worker is gone."""
    try:
        with supervised() as supervisor:

            async def working(service: Service) -> T:
                # Not before: it wants the schema. It finds our servers as we did.
                command = [sys.executable, "-m", "roleferry_enrich", "worker"]
                supervisor.start("worker", command, quiet=True)
                return await work(service, supervisor.check)

            return work_here(working, around=supervisor.cancelling)
    except ChildEnded as error:
        raise WorkerEnded(str(error)) from error
    except Stopped as stopped:
        raise Interrupted(stopped.number) from None
