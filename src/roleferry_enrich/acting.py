"""For which account the current task works, which decides what rows the database shows it.

Tasks that it begins work for the same. Who works for nobody in particular (a worker that looks
for what is due, the look-up of a key) sees the rows of all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

_account: ContextVar[UUID | None] = ContextVar("account", default=None)


def acting_account() -> UUID | None:
    return _account.get()


def act_for(account_id: UUID) -> None:
    """From now on, until the innermost `acting_for` around it ends."""
    _account.set(account_id)


@contextmanager
def acting_for(account_id: UUID | None) -> Iterator[None]:
    """For that account, or with None for nobody in particular, while the block lasts."""
    before = _account.set(account_id)
    try:
        yield
    finally:
        _account.reset(before)
