"""Who is calling: the bearer key of a request, the account it stands for, and what it may do.

An operation says which scope it needs by the type of its `caller`. That alone decides who is let
in, and what the OpenAPI document says of it.
"""

from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.accounts.quotas import QuotaExceeded
from roleferry_enrich.acting import act_for
from roleferry_enrich.api.services import Services
from roleferry_enrich.domain.scopes import Scope
from roleferry_enrich.errors import Fault, InvalidQuery, MissingScope, Unauthenticated

_KEY_PARAMETERS = frozenset(
    {"api_key", "apikey", "api-key", "key", "token", "access_token", "authorization", "auth"}
)
_KEY_MARK = "rfe_"
"""How every key of ours begins."""
_LONGEST_KEY = 512


_ON_BEHALF = "x-account-id"


class ApiKey(SecurityBase):
    """`Authorization: Bearer <key>`, as FastAPI documents and injects it."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope
        """What the key must have been given; None where any key will do."""
        self.model = HTTPBearer(
            description="An API key, as `roleferry-enrich keys create` shows it once. One with the"
            " scope `operator` acts for the account that the header `X-Account-ID` names."
        )
        self.scheme_name = "apiKey"

    async def __call__(self, request: Request) -> Account:
        """Raises Unauthenticated, MissingScope."""
        account = await account_of(request)
        if self.scope is not None and self.scope not in account.scopes:
            raise MissingScope(self.scope)
        return account


# Coroutines for FastAPI, which would run a plain function in a thread.
async def services_of(request: Request) -> Services:
    return services_behind(request)


async def arrival_of(request: Request) -> float:
    return came_at(request)


def services_behind(request: Request) -> Services:
    return cast("Services", request.app.state.services)


def came_at(request: Request) -> float:
    """When the request came, in the running loop's time: before anything was done for it."""
    return cast("float", request.scope["state"]["came_at"])


async def account_of(request: Request) -> Account:
    """Whose key the request carries, counted once. Raises Unauthenticated and QuotaExceeded."""
    state = request.scope["state"]
    known: Account | None = state.get("account")
    if known is not None:
        return known
    if request.scope["query_string"]:
        _refuse_key_in_url(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("send the API key as `Authorization: Bearer <key>`")
    if len(token) > _LONGEST_KEY or not token.isascii() or not token.isprintable():
        raise Unauthenticated("the API key is not valid")
    services = services_behind(request)
    account = await services.authenticate(token)
    if Scope.OPERATOR in account.scopes and _ON_BEHALF in request.headers:
        account = await services.on_behalf(account, _account_named(request))
    await _count(request, services, account)
    act_for(account.id)
    state["account"] = account
    return account


def _account_named(request: Request) -> UUID:
    """By an operator; what anybody else says there is not even looked at."""
    try:
        (named,) = request.headers.getlist(_ON_BEHALF)
        return UUID(named)
    except ValueError:
        fault = Fault("X-Account-ID", "wrong_type", "must be a UUID, once")
        raise InvalidQuery("see `errors`", faults=(fault,)) from None


async def _count(request: Request, services: Services, account: Account) -> None:
    """Raises QuotaExceeded; the answer tells what is left, whatever it is (`accounting.py`)."""
    try:
        request.scope["state"]["quota"] = await services.quotas.admit(account.id)
    except QuotaExceeded as refused:
        request.scope["state"]["quota"] = refused.standing
        raise


def _refuse_key_in_url(request: Request) -> None:
    """A URL ends up in logs, histories and referrers, so a key seen there is burnt."""
    for name, value in request.query_params.multi_items():
        if name.lower() in _KEY_PARAMETERS or value.startswith(_KEY_MARK):
            # The server's access log reads this very scope when the answer begins.
            request.scope["query_string"] = b"redacted"
            raise Unauthenticated(
                "an API key must not be in the URL: send it as a header, and replace this one"
            )


# Any: FastAPI gives its markers no type.
def _needing(scope: Scope) -> Any:
    return Security(ApiKey(scope), scopes=[scope.value])


Caller = Annotated[Account, Depends(ApiKey())]
"""Whoever has a key."""
EnrichCaller = Annotated[Account, _needing(Scope.ENRICH)]
ReadCaller = Annotated[Account, _needing(Scope.READ)]
WebhooksCaller = Annotated[Account, _needing(Scope.WEBHOOKS)]
PrivacyCaller = Annotated[Account, _needing(Scope.PRIVACY)]
KeysCaller = Annotated[Account, _needing(Scope.KEYS)]
AdminCaller = Annotated[Account, _needing(Scope.ADMIN)]
Provided = Annotated[Services, Depends(services_of)]
Arrival = Annotated[float, Depends(arrival_of)]
