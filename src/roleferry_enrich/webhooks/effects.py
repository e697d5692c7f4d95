"""What an event changes: what is known of a mailbox, or how soon a provider is asked again.

Nothing is taken over from an event but these. A result that a webhook brings is fetched from the
provider itself, which is asked now instead of later: some senders sign no body, and one way to
read a provider is enough.
"""

from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.resolve.deliverability import BOUNCED, COMPLAINED
from roleferry_enrich.webhooks.documents import Document, text


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxReport:
    """What became of a mail that was really sent."""

    address: str
    deliverability: Deliverability
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderResult:
    """A provider is ready with what it was asked: by its own name of it, or by whom it is about."""

    reference: str | None = None
    email: str | None = None
    domain: str | None = None


Effect = MailboxReport | ProviderResult
# https://www.twilio.com/docs/sendgrid/ui/sending-email/drops
_SENDGRID_DROPS = {
    "Bounced Address": BOUNCED,
    "Invalid": BOUNCED,
    "Spam Reporting Address": COMPLAINED,
}
_MAILGUN_FAILURES = {"bounce": BOUNCED, "suppress-bounce": BOUNCED}
_FULL = ("4.", "5.2.2")
"""Enhanced status codes (RFC 3463) of what passes: temporary failures, and a full mailbox."""


def effect_of(sender: str, document: object) -> Effect | None:
    """None for what is kept and changes nothing here."""
    if not isinstance(document, dict):
        return None
    match sender:
        case "sendgrid":
            return _report(text(document, "email"), _sendgrid_reason(document))
        case "mailgun":
            return _report(text(document, "recipient"), _mailgun_reason(document))
        case "apollo":
            return _result(reference=text(document, "request_id"))
        case "clay":
            return _result(reference=text(document, "data", "routine_run_id"))
        case "clearbit":
            return _clearbit(document)
        case _:
            return None


def is_test(sender: str, document: object) -> bool:
    """Whether nothing of it was meant: Stripe sends what its users only try to the same address."""
    return sender == "stripe" and isinstance(document, dict) and document.get("livemode") is False


def _report(address: str | None, reason: str | None) -> MailboxReport | None:
    if address is None or reason is None:
        return None
    state = Deliverability.INVALID if reason == BOUNCED else Deliverability.RISKY
    return MailboxReport(address=address, deliverability=state, reason=reason)


def _sendgrid_reason(document: Document) -> str | None:
    match text(document, "event"):
        case "bounce":
            # A block is about who sends and what, not about the mailbox.
            blocked = text(document, "type") == "blocked"
            passing = (text(document, "status") or "").startswith(_FULL)
            return None if blocked or passing else BOUNCED
        case "dropped":
            return _SENDGRID_DROPS.get(text(document, "reason") or "")
        case "spamreport":
            return COMPLAINED
        case _:
            return None


def _mailgun_reason(document: Document) -> str | None:
    reason = text(document, "reason") or ""
    match text(document, "event"), text(document, "severity"):
        case "failed", "permanent" if reason == "suppress-complaint":
            return COMPLAINED
        case "failed", "permanent":
            return _MAILGUN_FAILURES.get(reason)
        case "complained", _:
            return COMPLAINED
        case _:
            return None


def _clearbit(document: Document) -> ProviderResult | None:
    """By whom it is about: its requests carry no name of ours."""
    emails = (text(document, "body", *path, "email") for path in ((), ("person",)))
    domains = (text(document, "body", *path, "domain") for path in ((), ("company",)))
    return _result(email=next(filter(None, emails), None), domain=next(filter(None, domains), None))


def _result(
    *, reference: str | None = None, email: str | None = None, domain: str | None = None
) -> ProviderResult | None:
    if reference is None and email is None and domain is None:
        return None
    return ProviderResult(reference=reference, email=email, domain=domain)
