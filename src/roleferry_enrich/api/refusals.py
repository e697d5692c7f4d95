"""The refusals each operation documents: status, problem, headers and an example of each."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from roleferry_enrich.accounts.quotas import Quota, QuotaExceeded, QuotaLeft, WindowLeft
from roleferry_enrich.api.problems import MEDIA_TYPE, UNEXPECTED, Refusal, refusal_of
from roleferry_enrich.errors import (
    BodyTooLarge,
    BodyTooSlow,
    Fault,
    HeadersTooLarge,
    InsufficientCredits,
    InvalidQuery,
    MalformedBody,
    MissingScope,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
    UrlTooLong,
    WrongMediaType,
)
from roleferry_enrich.storage.idempotency import KeyInUse

PROBLEM_REF = "#/components/schemas/Problem"
_EXAMPLE_ID = "5f0c6a3e9b1d4c7f8a2e6d1b0c9f8e7a"
_RETRY = {
    "Retry-After": {
        "description": "Seconds after which asking again makes sense.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_CHALLENGE = {
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}}
}
_HEADERS: Mapping[int, Mapping[str, Any]] = MappingProxyType(
    {401: _CHALLENGE, 403: _CHALLENGE, 409: _RETRY, 429: _RETRY, 503: _RETRY}
)
_WINDOWS = Quota(per_minute=100, per_hour=1_000, per_day=10_000).windows
QUOTA_USED_UP = QuotaLeft(
    tuple(
        WindowLeft(window, left, timedelta(seconds=reset))
        for window, left, reset in zip(_WINDOWS, (0, 620, 9_480), (17, 41, 72_003), strict=True)
    )
)
_SOON = timedelta(seconds=1)
_FAULT = Fault("deadline_ms", "out_of_range", "must be at least 100")
_REFUSALS: Mapping[int, Refusal] = MappingProxyType(
    {
        refusal.status: refusal
        for refusal in (
            refusal_of(MalformedBody("the body must be a JSON object")),
            refusal_of(Unauthenticated("send the API key as `Authorization: Bearer <key>`")),
            refusal_of(InsufficientCredits("the account's cap on spending is reached")),
            refusal_of(MissingScope("enrich")),
            refusal_of(NotFound("there is no such contact")),
            refusal_of(BodyTooSlow("the body did not arrive in time")),
            refusal_of(KeyInUse("a request with this key is under way", retry_after=_SOON)),
            refusal_of(BodyTooLarge("the body is larger than 262144 bytes")),
            refusal_of(UrlTooLong("the URL is longer than 8192 bytes")),
            refusal_of(WrongMediaType("the Content-Type must be application/json")),
            refusal_of(InvalidQuery("see `errors`", faults=(_FAULT,))),
            refusal_of(QuotaExceeded(QUOTA_USED_UP)),
            refusal_of(HeadersTooLarge("the header fields are larger than 8192 bytes")),
            UNEXPECTED,
            refusal_of(ServiceUnavailable("the database cannot be reached")),
        )
    }
)

# The bounds of a body hold also where none is expected.
PUBLIC = (400, 413, 414, 431, 500)
READS = (401, 422, 429, 503, *PUBLIC)
READS_ONE = (404, *READS)
TAKES_IN = (401, 404, 408, 415, 503, *PUBLIC)
COMPUTES = (408, 415, *READS)
CHANGES = (404, *COMPUTES)
CREATES = (409, *COMPUTES)
ACTS = (408, 409, *READS_ONE)
ROTATES = (409, *CHANGES)
PAYS = (402, 408, 409, 415, *READS)


def documented(statuses: tuple[int, ...]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI response objects, an open format, for FastAPI's `responses`."""
    return {status: _response(_REFUSALS[status]) for status in sorted(statuses)}


def _response(refusal: Refusal) -> dict[str, Any]:
    content = {
        "schema": {"$ref": PROBLEM_REF},
        "example": refusal.problem(_EXAMPLE_ID),
    }
    headers = dict(_HEADERS.get(refusal.status, {}))
    return {"description": refusal.title, "content": {MEDIA_TYPE: content}, "headers": headers}
