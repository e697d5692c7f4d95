"""Every error this product raises, and what is done about each.

    RoleferryError
      RequestRefused            carries the HTTP status; the caller can do something about it
        InvalidQuery 422, Unauthenticated 401, InsufficientCredits 402 (and its CapReached),
        MissingScope 403, NotFound 404, Conflict 409, TooManyRequests 429, ServiceUnavailable and
        KeyMissing 503; of the message itself: MalformedBody 400, BodyTooSlow 408,
        BodyTooLarge 413, UrlTooLong 414, WrongMediaType 415, MisdirectedRequest 421,
        HeadersTooLarge 431; of who sends a webhook: WebhookRefused 401
      ProviderError             one provider; never fails the request
        ProviderUnavailable     no connection, 5xx: retried, counts against the breaker
          ProviderConnectionLost, ProviderTimedOut: may have been billed, so a paid call is not
                                repeated
        ProviderRateLimited     pauses the bucket for every process; not a breaker failure
        ProviderQuotaSpent      provider off until its reset, alert
        ProviderUnauthorised    provider quarantined, alert
        ProviderRefusedQuery    this question is not accepted; not the provider's fault
        ProviderContractChanged unreadable reply: breaker failure, alert, never "not found"
      CallSkipped               a gate said no before anything was sent; an outcome, not a failure
        BreakerOpen, NoPermit, BudgetSpent, NotPaidFor, BooksUnavailable, DeadlineTooNear,
        Overloaded, Quarantined, AddressRefused
      RecordsRefused            a file of records cannot be read; names the line, not its content
    ConfigurationError          outside the family on purpose: nobody may swallow it

The policy of a provider error (retryable, trips_breaker) sits on its class, so that the
gateway needs one `except`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


class RoleferryError(Exception):
    """Root of all errors a caller may catch. Messages never carry keys or personal data."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: which field, a stable code, what was expected."""

    field: str
    code: str
    message: str


class RequestRefused(RoleferryError):
    """The request cannot be served as it stands."""

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "Bad request"

    def __init__(
        self,
        detail: str,
        *,
        faults: tuple[Fault, ...] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults
        self.retry_after = retry_after


class MalformedBody(RequestRefused):
    status, slug, title = 400, "malformed-body", "The body cannot be read"


class BodyTooSlow(RequestRefused):
    status, slug, title = 408, "body-too-slow", "The body did not arrive in time"


class BodyTooLarge(RequestRefused):
    status, slug, title = 413, "body-too-large", "The body is too large"


class UrlTooLong(RequestRefused):
    status, slug, title = 414, "url-too-long", "The URL is too long"


class WrongMediaType(RequestRefused):
    status, slug, title = 415, "wrong-media-type", "The body must be JSON"


class InvalidQuery(RequestRefused):
    status, slug, title = 422, "invalid-query", "The request has invalid fields"


class Unauthenticated(RequestRefused):
    status, slug, title = 401, "unauthenticated", "A valid API key is required"


class InsufficientCredits(RequestRefused):
    status, slug, title = 402, "insufficient-credits", "The account cannot pay for this"

    @property
    def reason(self) -> str:
        """What an item of a batch says of it."""
        return self.slug.replace("-", "_")


class CapReached(InsufficientCredits):
    """A cap on what providers may be paid."""

    status, slug, title = 402, "cap-reached", "A cap on spending is reached"


class MissingScope(RequestRefused):
    """The key is good, and not for this. The scope is one of `domain.scopes`."""

    status, slug, title = 403, "missing-scope", "The API key may not do this"

    def __init__(self, scope: str, detail: str | None = None) -> None:
        super().__init__(detail or f"this needs an API key with the scope `{scope}`")
        self.scope = scope


class NotFound(RequestRefused):
    status, slug, title = 404, "not-found", "There is no such resource"


class Conflict(RequestRefused):
    status, slug, title = 409, "conflict", "The resource is in another state"


class TooManyRequests(RequestRefused):
    status, slug, title = 429, "too-many-requests", "The account's quota is used up for now"


class MisdirectedRequest(RequestRefused):
    status, slug, title = 421, "misdirected-request", "This is not who you asked for"


class HeadersTooLarge(RequestRefused):
    status, slug, title = 431, "headers-too-large", "The header fields are too large"


class WebhookRefused(RequestRefused):
    """A webhook that its provider has not signed, or too long ago.

    What is wrong with it is not for who sent it to learn.
    """

    status, slug, title = 401, "webhook-refused", "The webhook is not accepted"

    def __init__(self, fault: str) -> None:
        super().__init__("the webhook does not prove who sent it, and when")
        self.fault = fault
        """missing, unreadable, stale, signature or reused: for our own counts."""


class ServiceUnavailable(RequestRefused):
    status, slug, title = 503, "service-unavailable", "The service cannot do this just now"


class KeyMissing(ServiceUnavailable):
    """What is stored was sealed under a key that this installation had and has no more."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"what is stored was sealed under key {name}, which is not set: put it back behind "
            "the others of ROLEFERRY_SEALING_KEYS (or of ROLEFERRY_CACHE_KEYS, or restore "
            "ROLEFERRY_SECRET_KEY), then run `roleferry-enrich sealing rotate`"
        )
        self.name = name


class ProviderError(RoleferryError):
    """One provider could not answer; the request goes on without it."""

    outcome: ClassVar[str] = "failed"
    retryable: ClassVar[bool] = False
    trips_breaker: ClassVar[bool] = False

    may_be_charged: ClassVar[bool] = False
    """Whether the provider may have done, and billed, the work although we have no answer."""

    def __init__(self, reason: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class ProviderUnavailable(ProviderError):
    retryable = True
    trips_breaker = True


class ProviderConnectionLost(ProviderUnavailable):
    """The request went out and no whole reply came back."""

    may_be_charged = True


class ProviderTimedOut(ProviderConnectionLost):
    outcome = "timed_out"


class ProviderRateLimited(ProviderError):
    outcome = "rate_limited"
    retryable = True


class ProviderQuotaSpent(ProviderError):
    outcome = "quota_spent"


class ProviderUnauthorised(ProviderError):
    outcome = "unauthorised"


class ProviderRefusedQuery(ProviderError):
    outcome = "refused"


class ProviderContractChanged(ProviderError):
    outcome = "contract_changed"
    trips_breaker = True
    may_be_charged = True


class CallSkipped(RoleferryError):
    """A gate refused the call before anything was sent, so nothing was spent."""

    reason: ClassVar[str] = "skipped"


class BreakerOpen(CallSkipped):
    reason = "breaker_open"


class NoPermit(CallSkipped):
    """The next permit is free only after the deadline."""

    reason = "no_permit"


class BudgetSpent(CallSkipped):
    reason = "budget_spent"


class NotPaidFor(CallSkipped):
    """The account's plan does not allow asking anybody; the request is refused for it."""

    reason = "not_paid_for"


class BooksUnavailable(CallSkipped):
    """A paid call cannot be noted before it is made, so it is not made."""

    reason = "books_unavailable"


class DeadlineTooNear(CallSkipped):
    reason = "deadline_too_near"


class Overloaded(CallSkipped):
    """More requests came at once than this process can serve in time."""

    reason = "overloaded"


class Quarantined(CallSkipped):
    """The provider refused our key or our quota is used up, and it is too early to ask again."""

    reason = "quarantined"

    def __init__(self, why: str, *, left: timedelta | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.left = left
        """How long, where another process found out."""


class AddressRefused(CallSkipped):
    """The host resolves to an address that must not be called from here."""

    reason = "address_refused"


class RecordsRefused(RoleferryError):
    """A file of records cannot be read as it stands; the message is for who gave it."""


class ConfigurationError(Exception):
    """A setting is missing, unknown or contradictory; names the setting, never its value."""
