"""From a validated body to whom it is about, and in whose data."""

from uuid import UUID

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.schemas.subjects import SubjectBody
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.errors import MissingScope
from roleferry_enrich.privacy.somebody import Somebody


def somebody_of(body: SubjectBody) -> Somebody:
    return Somebody(**{name: getattr(body, name) for name in Somebody.__slots__})


def whose(caller: Account, *, everywhere: bool) -> UUID | None:
    """The caller's, or None for all accounts. Raises MissingScope."""
    if not everywhere:
        return caller.id
    if Scope.OPERATOR not in caller.scopes:
        raise MissingScope(Scope.OPERATOR)
    return None
