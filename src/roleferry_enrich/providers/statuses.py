"""What an HTTP status means, where a provider gives it no meaning of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from roleferry_enrich.errors import (
    ProviderContractChanged,
    ProviderError,
    ProviderQuotaSpent,
    ProviderRateLimited,
    ProviderRefusedQuery,
    ProviderUnauthorised,
    ProviderUnavailable,
)
from roleferry_enrich.providers.replies import Reply

_ERRORS: Mapping[int, type[ProviderError]] = MappingProxyType(
    {
        401: ProviderUnauthorised,
        402: ProviderQuotaSpent,
        403: ProviderUnauthorised,
        408: ProviderUnavailable,
        425: ProviderUnavailable,
        429: ProviderRateLimited,
    }
)


def error_of_status(reply: Reply) -> ProviderError:
    """The error that a status nobody expected stands for."""
    reason = f"status {reply.status}"
    known = _ERRORS.get(reply.status)
    if known is not None:
        return known(reason, retry_after=reply.retry_after())
    if reply.status >= 500:
        return ProviderUnavailable(reason, retry_after=reply.retry_after())
    if reply.status >= 400:
        return ProviderRefusedQuery(reason)
    return ProviderContractChanged(reason)
