"""Lets processes take turns on as many cores, so that they are measured on the same machine.

The neighbours of a shared machine slow one of its cores down by a fifth, for seconds or minutes.
What runs beside each other and changes places is slowed down alike.
"""

import threading
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import psutil

from benchmarks.stage import Child

_TURN_S = 0.5


@contextmanager
def taking_turns(children: Collection[Child]) -> Iterator[bool]:
    """For as long as the block lasts; whether they do, which not every system can."""
    processes = [psutil.Process(child.pid) for child in children]
    cores = _cores(len(processes))
    if not cores:
        yield False
        return
    usual = [process.cpu_affinity() for process in processes]
    done = threading.Event()
    turning = threading.Thread(target=_turn, args=(processes, cores, done))
    turning.start()
    try:
        yield True
    finally:
        done.set()
        turning.join()
        for process, own in zip(processes, usual, strict=True):
            process.cpu_affinity(own)


def _cores(count: int) -> Sequence[int]:
    if not hasattr(psutil.Process, "cpu_affinity"):
        return ()
    ours = psutil.Process().cpu_affinity() or ()
    return ours[:count] if len(ours) >= count else ()


def _turn(processes: Sequence[psutil.Process], cores: Sequence[int], done: threading.Event) -> None:
    next_cores = deque(cores)
    while not done.wait(_TURN_S):
        for process, core in zip(processes, next_cores, strict=True):
            process.cpu_affinity([core])
        next_cores.rotate()
