"""What a request does, as the audit log is told of it."""

import re
from collections.abc import Sequence
from functools import lru_cache, partial

from starlette.types import Scope

from roleferry_enrich.accounts.audit import Deed
from roleferry_enrich.api.sameness import Same
from roleferry_enrich.api.schemas.fields import Body
from roleferry_enrich.api.schemas.requests import EnrichBody
from roleferry_enrich.api.schemas.verification import VerifyBody
from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, ProfileUrl
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.privacy.normal_forms import NormalForm, of_email, of_keys

# Ours, of a row or of a key: people are asked for by what is none, too.
_ID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Za-z]{24}")
# They tell of no person, and are asked again and again while somebody waits.
_UNTOLD = frozenset(
    {
        *("getAccount", "listKeys", "listProviders", "listJobs", "getJob", "watchJob"),
        *("listWebhookEndpoints", "getWebhookEndpoint", "listWebhookDeliveries"),
        "resolveRecords",
    }
)


def deed_of(scope: Scope) -> Deed | None:
    """None where nobody is known to ask, or nothing is to be told of it."""
    state = scope["state"]
    account, route = state.get("account"), scope.get("route")
    operation = getattr(route, "operation_id", None)
    if account is None or operation is None or operation in _UNTOLD:
        return None
    ids = scope.get("path_params") or {}
    body: Body | None = state.get("body")
    return Deed(
        account=account,
        operation=operation,
        resource=next(filter(_ID.fullmatch, map(str, ids.values())), None),
        whom=tuple if body is None else partial(whom, body),
    )


def whom(body: Body) -> Sequence[NormalForm]:
    """Whom a body names."""
    match body:
        case EnrichBody():
            return _named(Same(body))
        case VerifyBody():
            return [form for email in body.emails for form in of_email(email)]
        case _:
            return ()


@lru_cache(maxsize=512)
def _named(body: Same[EnrichBody]) -> Sequence[NormalForm]:
    """A body that was sent again is the same object (`api/bodies.py`)."""
    it = body.it
    return of_keys(
        Keys(
            email=Email(it.email) if it.email else None,
            full_name=it.full_name,
            first_name=it.first_name,
            last_name=it.last_name,
            linkedin_url=ProfileUrl(it.linkedin_url) if it.linkedin_url else None,
            domain=Domain(it.domain) if it.domain else None,
            company_name=it.company_name,
            company_number=CompanyNumber(it.company_number) if it.company_number else None,
            country=it.country,
        )
    )
