"""What a server process gives up and takes with it between fork and exec.

PostgreSQL refuses to run as root, which is who one is in most containers. It then runs as
`nobody`, keeping one right, to pass directories that only root may enter: a data directory below
/root needs no change to anybody's permissions.
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Who a server that refuses root runs as; None where we are not root."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def before_exec(
    *, account: Account | None = None, on_death: signal.Signals | None = None
) -> Callable[[], None] | None:
    """For `preexec_fn`: become the account, and be sent `on_death` when the parent dies."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if account is not None:
            _become(account, libc)
        # After the change of account, which clears it.
        if libc is not None and on_death is not None:
            libc.prctl(_PR_SET_PDEATHSIG, int(on_death), 0, 0, 0)

    return prepare


def _become(account: Account, libc: ctypes.CDLL | None) -> None:
    if libc is not None:
        libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    if libc is not None:
        _keep_one_capability(libc)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _keep_one_capability(libc: ctypes.CDLL) -> None:
    """Best effort: where the kernel refuses, directories open to all still work."""
    right = 1 << _CAP_DAC_OVERRIDE
    header = _Header(_CAPABILITY_VERSION_3, 0)
    low_and_high = (_Capabilities * 2)(_Capabilities(right, right, right))
    libc.capset(ctypes.byref(header), ctypes.byref(low_and_high))
    libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)
