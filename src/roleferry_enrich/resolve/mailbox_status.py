"""Whether to send mail to an address: what its verifiers say, and what its own look tells."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from roleferry_enrich.domain.identifiers import Email
from roleferry_enrich.domain.observations import EmailObservation
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import Confidence
from roleferry_enrich.domain.verification import Judgement, MailStatus
from roleferry_enrich.normalise.emails import is_disposable, is_free_mail, is_role_account
from roleferry_enrich.resolve.confidence import Share, at_most, belief, beside, share_of
from roleferry_enrich.resolve.deliverability import latest_state
from roleferry_enrich.resolve.matters import Matter

NO_ADDRESS = Judgement(status=MailStatus.INVALID, reasons=("bad_syntax",))

_FINDINGS = frozenset(
    {
        *(Deliverability.VALID, Deliverability.INVALID),
        *(Deliverability.ACCEPT_ALL, Deliverability.DISPOSABLE),
    }
)
_WHATEVER_IS_FOUND = frozenset({"accept_all", "disposable", "spamtrap"})
"""Of these an address is risky even where a mail server would take the message."""


def is_finding(verdict: EmailObservation) -> bool:
    """Whether it tells anything of the mailbox."""
    return verdict.claim.deliverability in _FINDINGS


def judged(
    email: Email, verdicts: Sequence[EmailObservation], *, today: date, why_not: Sequence[str] = ()
) -> Judgement:
    """Of several verdicts the newest finding stands, of one day the more cautious.

    `why_not` tells why there are not more verdicts.
    """
    state = latest_state((), verdicts)
    reasons = tuple(dict.fromkeys([*_told(email, state, verdicts), *why_not]))
    return Judgement(
        status=_status(state, frozenset(reasons)),
        deliverability=state,
        confidence=_confidence(state, verdicts, today),
        reasons=reasons,
    )


def _status(state: Deliverability, reasons: frozenset[str]) -> MailStatus:
    if state is Deliverability.INVALID:
        return MailStatus.INVALID
    if reasons & _WHATEVER_IS_FOUND:
        return MailStatus.RISKY
    if state is Deliverability.VALID:
        return MailStatus.RISKY if "role" in reasons else MailStatus.VALID
    return MailStatus.UNKNOWN


def _told(
    email: Email, state: Deliverability, verdicts: Sequence[EmailObservation]
) -> Iterator[str]:
    if state in {Deliverability.ACCEPT_ALL, Deliverability.DISPOSABLE}:
        yield state.value
    for word, is_so in _LOOKS.items():
        if is_so(email):
            yield word
    for verdict in verdicts:
        yield from verdict.claim.reasons
    if len({v.claim.deliverability for v in verdicts} & _FINDINGS) > 1:
        yield "verifiers_disagree"


_LOOKS = {"role": is_role_account, "disposable": is_disposable, "webmail": is_free_mail}
"""What can be told without asking anybody, in the words of verdicts."""


def _confidence(
    state: Deliverability, verdicts: Sequence[EmailObservation], today: date
) -> Confidence | None:
    if state not in _FINDINGS:
        return None
    shares: dict[Deliverability, list[Share]] = defaultdict(list)
    for verdict in verdicts:
        if is_finding(verdict):
            share = share_of(verdict, today, Matter.MAILBOX)
            shares[verdict.claim.deliverability].append(share)
    believed = {found: belief(each, Matter.MAILBOX) for found, each in shares.items()}
    against = tuple(sorted(odds for found, odds in believed.items() if found is not state))
    # Unlike two mailboxes, two findings on one are never both true.
    return at_most(beside(believed[state], against, rivalry=1.0))
