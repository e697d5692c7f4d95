"""Claims on a file, held by the kernel, so that a process killed at any moment claims nothing.

A list of process ids would have to be corrected after every crash, and a reused id would be
taken for a living user. A file lock is neither: it ends with the process that holds it.
"""

import fcntl
import os
import time
from datetime import timedelta
from pathlib import Path

_RETRY_S = 0.01


class Claim:
    """A file that one process claims alone, or several claim together."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, within: timedelta = timedelta(0)) -> bool:
        """Whether the claim was got in time. A claim already held is exchanged."""
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        until = time.monotonic() + within.total_seconds()
        while not self._try(mode):
            if time.monotonic() >= until:
                return False
            time.sleep(_RETRY_S)
        return True

    def release(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release for good."""
        os.close(self._descriptor)

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self._descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
