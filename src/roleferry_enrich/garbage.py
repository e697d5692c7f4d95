"""Keeps the garbage collector from looking through what lives as long as the process does.

With its own thresholds a fifth of a busy process's time went there: modules, compiled statements
and cached answers were searched again and again. Nearly all else is in no cycle and freed at once.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 50_000
"""Made and not freed between two looks: some ten megabytes at most."""


@contextmanager
def long_lived() -> Iterator[None]:
    """What is made in the block is never searched for garbage, neither meanwhile nor later.

    For imports: to look through all they make takes a tenth of a start, and afterwards holds up
    every request for some 50 ms, time and again, to find nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def look_seldom() -> None:
    """To be called by a root, once what lives as long as the process is there."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
