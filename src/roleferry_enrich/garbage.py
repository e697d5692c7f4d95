"""How often Python looks for garbage in cycles: seldom, since nearly all of ours is freed at once.

With its own thresholds a fifth of a busy process's time went there, looking again and again at
modules, compiled statements and cached answers that live as long as the process.
"""

import gc

_NEW_OBJECTS = 50_000
"""Made and not freed between two looks: some ten megabytes at most."""


def look_seldom() -> None:
    """To be called by a root, once what lives as long as the process is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
