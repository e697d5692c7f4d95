"""What is Meta's Graph API and not a page's: keys and their proof, error numbers, usage.

https://developers.facebook.com/docs/graph-api: guides "Securing requests", "Handling errors" and
"Rate limits".
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import timedelta

import orjson

from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.providers.replies import Record, Reply
from roleferry_enrich.providers.statuses import error_of_status

_TRANSIENT = frozenset({1, 2})
_TOO_MANY = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
_PERMISSION = frozenset({3, 10, *range(200, 300)})
_TOKEN = frozenset({102, 104, 190})
_PARAMETER_OR_OBJECT = 100
_SHARES = ("call_count", "total_time", "total_cputime")
_USAGE_HEADERS = ("x-app-usage", "x-page-usage")
_BUSINESS_USAGE = "x-business-use-case-usage"
# Calling on while throttled prolongs it, and no header says for how long an app is.
_WHILE_THROTTLED = timedelta(minutes=5)
_PAUSES = (
    (100, _WHILE_THROTTLED),
    (95, timedelta(minutes=1)),
    (80, timedelta(seconds=5)),
)


def bearer(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {_parts(key)[0]}"}


def proof(key: str) -> Mapping[str, str]:
    """That whoever holds the token holds the app's secret too; nothing without the secret."""
    token, secret = _parts(key)
    if not secret:
        return {}
    signed = hmac.new(secret.encode(), token.encode(), hashlib.sha256)
    return {"appsecret_proof": signed.hexdigest()}


def error_in(reply: Reply) -> ProviderError:
    """The error by its number, else by the status. Texts are not passed on: they may name pages."""
    error = _error(reply)
    code = error.integer("code")
    reason = f"status {reply.status}, error {code}"
    if code in _TOO_MANY:
        wait = reply.retry_after() or _regained_in(reply) or _WHILE_THROTTLED
        return ProviderRateLimited(reason, retry_after=wait)
    if code in _TRANSIENT or error.flag("is_transient"):
        return ProviderUnavailable(reason, retry_after=reply.retry_after())
    if code in _PERMISSION:
        return ProviderUnauthorised(f"{reason}: the app is not approved to read pages")
    if code in _TOKEN:
        return ProviderUnauthorised(f"{reason}: the token is not valid, or no longer")
    if code == _PARAMETER_OR_OBJECT:
        return _parameter_or_object(error.text("message") or "", reason)
    return error_of_status(reply)


def pause_for_usage(reply: Reply) -> timedelta | None:
    """The nearer to the limit, the longer between two calls."""
    used = max(_shares(reply), default=0.0)
    pause = next((pause for share, pause in _PAUSES if used >= share), None)
    return _regained_in(reply) or pause


def _parts(key: str) -> tuple[str, str]:
    """Token and secret of `token|secret`. `number|secret` is an app's own token, as a whole."""
    token, _, secret = key.rpartition("|")
    if not token:
        return key, ""
    return (key, secret) if token.isdigit() else (token, secret)


def _error(reply: Reply) -> Record:
    try:
        return reply.record().record("error")
    except ProviderContractChanged:
        return Record({})


def _parameter_or_object(message: str, reason: str) -> ProviderError:
    """One number for three things. A page that is not there and one we may not read look alike."""
    said = message.lower()
    if "app secret" in said or "appsecret" in said:
        return ProviderUnauthorised(f"{reason}: the app's secret is needed, or is another")
    if "does not exist" in said:
        return ProviderRefusedQuery(f"{reason}: no such page, or this app may not read it")
    return ProviderRefusedQuery(f"{reason}: a parameter is not accepted")


def _shares(reply: Reply) -> Iterator[float]:
    """Percent of each limit that is used up, wherever it stands."""
    tables = (_json(reply, name) for name in _USAGE_HEADERS)
    for table in (*tables, *_by_business(reply)):
        yield from (used for share in _SHARES if (used := table.number(share)) is not None)


def _by_business(reply: Reply) -> Iterator[Record]:
    usage = _json(reply, _BUSINESS_USAGE)
    return (row for business in usage.names() for row in usage.records(business))


def _regained_in(reply: Reply) -> timedelta | None:
    """The longest that any of the limits takes to serve us again, in minutes."""
    rows = _by_business(reply)
    minutes = [m for row in rows if (m := row.number("estimated_time_to_regain_access"))]
    longest = max(minutes, default=0.0)
    return timedelta(minutes=min(longest, 60.0)) if longest > 0 else None


def _json(reply: Reply, header: str) -> Record:
    try:
        document = orjson.loads(reply.headers.get(header, "{}"))
    except orjson.JSONDecodeError:
        return Record({})
    return Record(document if isinstance(document, dict) else {})
