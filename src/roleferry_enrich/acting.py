"""For which account the current task works, which decides what rows the database shows it.

Tasks that it begins work for the same. Who works for nobody in particular (a worker that looks
for what is due, the look-up of a key) sees the rows of all.
"""

from contextvars import ContextVar
from uuid import UUID

_account: ContextVar[UUID | None] = ContextVar("account", default=None)


def acting_account() -> UUID | None:
    return _account.get()


def act_for(account_id: UUID) -> None:
    """From now on, until the innermost `acting_for` around it ends."""
    _account.set(account_id)


class acting_for:  # noqa: N801 - read as a verb; a generator costs each request three times this
    """For that account, or with None for nobody in particular, while the block lasts."""

    __slots__ = ("_account_id", "_before")

    def __init__(self, account_id: UUID | None) -> None:
        self._account_id = account_id

    def __enter__(self) -> None:
        self._before = _account.set(self._account_id)

    def __exit__(self, *_: object) -> None:
        _account.reset(self._before)
