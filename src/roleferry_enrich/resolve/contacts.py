"""A person's contact points: each mailbox, number and profile once, labelled, with its proof."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from roleferry_enrich.domain.identifiers import Domain, Email
from roleferry_enrich.domain.observations import EmailObservation, PersonObservation
from roleferry_enrich.domain.people import (
    Deliverability,
    EmailClaim,
    EmailKind,
    PhoneKind,
)
from roleferry_enrich.domain.records import ContactKind, ContactPoint, Source
from roleferry_enrich.normalise.emails import (
    domain_of,
    identity_key,
    is_disposable,
    is_free_mail,
    is_role_account,
    parse_email,
)
from roleferry_enrich.normalise.phones import parse_phone
from roleferry_enrich.resolve.confidence import (
    Share,
    belief,
    scaled,
    share_of,
    sources_of,
    together,
)
from roleferry_enrich.resolve.deliverability import latest_state, tells_of_delivery, weighed
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.traits import profile_urls

_ELSEWHERE = 0.6
"""What is left of a business mailbox that is not at the present employer."""

_PHONE_LABELS = (PhoneKind.DIRECT, PhoneKind.MOBILE, PhoneKind.SWITCHBOARD, PhoneKind.UNKNOWN)
_NETWORK_LABELS = {"linkedin.com": "linkedin", "x.com": "x"}


@dataclass(frozen=True, slots=True)
class _Mailbox:
    address: Email
    claim: EmailClaim
    observation: PersonObservation


def contact_points(
    people: Sequence[PersonObservation],
    verdicts: Mapping[str, Sequence[EmailObservation]],
    *,
    employer: Domain | None,
    today: date,
) -> tuple[ContactPoint, ...]:
    """Every way to reach one person, the surest of each kind first.

    `verdicts` are by identity key of the mailbox; `employer` is the present one's domain.
    """
    points = [
        *_mailboxes(people, verdicts, employer, today),
        *_phones(people, today),
        *_profiles(people, today),
    ]
    return tuple(sorted(points, key=_surest_first))


def verdicts_by_mailbox(
    verdicts: Iterable[EmailObservation],
) -> dict[str, list[EmailObservation]]:
    found: dict[str, list[EmailObservation]] = defaultdict(list)
    for verdict in verdicts:
        address = parse_email(verdict.claim.address)
        if address is not None:
            found[identity_key(address)].append(verdict)
    return found


def _surest_first(point: ContactPoint) -> tuple[str, float, str]:
    return point.kind, -point.confidence.value, point.value


def _mailboxes(
    people: Sequence[PersonObservation],
    verdicts: Mapping[str, Sequence[EmailObservation]],
    employer: Domain | None,
    today: date,
) -> Iterator[ContactPoint]:
    grouped: dict[str, list[_Mailbox]] = defaultdict(list)
    for observation in people:
        for claim in observation.claim.emails:
            address = parse_email(claim.address)
            if address is not None:
                grouped[identity_key(address)].append(_Mailbox(address, claim, observation))
    for key, said in grouped.items():
        yield _mailbox(said, verdicts.get(key, ()), employer, today)


def _mailbox(
    said: Sequence[_Mailbox],
    verdicts: Sequence[EmailObservation],
    employer: Domain | None,
    today: date,
) -> ContactPoint:
    address = min(box.address for box in said)
    label = _email_label(address, {box.claim.kind for box in said})
    state = latest_state(((box.claim, box.observation) for box in said), verdicts)
    if is_disposable(address) and state is not Deliverability.INVALID:
        state = Deliverability.DISPOSABLE
    elsewhere = label == "business" and employer is not None and domain_of(address) != employer
    believed = scaled(
        together(_mailbox_shares(said, today), Matter.MAILBOX), _ELSEWHERE if elsewhere else 1.0
    )
    return ContactPoint(
        kind=ContactKind.EMAIL,
        value=address,
        label=label,
        confidence=weighed(believed, state),
        sources=_with_verifiers(said, verdicts),
        deliverability=state,
    )


def _mailbox_shares(said: Iterable[_Mailbox], today: date) -> Iterator[Share]:
    for box in said:
        share = share_of(box.observation, today, Matter.MAILBOX)
        score = box.claim.score
        # A provider's own doubt counts, but not to the last: its scale is unknown to us.
        belief = 1.0 if score is None else 0.4 + 0.6 * min(max(score, 0), 100) / 100
        yield Share(share.origin, share.likely * belief)


def _with_verifiers(
    said: Iterable[_Mailbox], verdicts: Iterable[EmailObservation]
) -> tuple[Source, ...]:
    confirmed = (
        v
        for v in verdicts
        if v.claim.deliverability is Deliverability.VALID or tells_of_delivery(v)
    )
    own = sources_of(box.observation for box in said)
    named = {source.provider for source in own}
    checks = tuple(s for s in sources_of(confirmed) if s.provider not in named)
    return tuple(sorted(own + checks, key=lambda s: s.observed_at, reverse=True))


def _email_label(address: Email, kinds: set[EmailKind]) -> str:
    if is_role_account(address) or kinds == {EmailKind.ROLE}:
        return "role"
    if is_free_mail(address) or kinds - {EmailKind.UNKNOWN} == {EmailKind.PERSONAL}:
        return "personal"
    return "business"


def _phones(people: Sequence[PersonObservation], today: date) -> Iterator[ContactPoint]:
    grouped: dict[str, list[tuple[PhoneKind, PersonObservation]]] = defaultdict(list)
    for observation in people:
        for claim in observation.claim.phones:
            number = parse_phone(claim.number, observation.claim.country)
            if number is not None:
                grouped[number].append((claim.kind, observation))
    for value, said in grouped.items():
        yield ContactPoint(
            kind=ContactKind.PHONE,
            value=value,
            label=_phone_label(said, today),
            confidence=together((share_of(o, today, Matter.PHONE) for _, o in said), Matter.PHONE),
            sources=sources_of(observation for _, observation in said),
        )


def _phone_label(said: Iterable[tuple[PhoneKind, PersonObservation]], today: date) -> str:
    """The kind best supported; "unknown" only where nobody knew better."""
    support: dict[PhoneKind, list[Share]] = defaultdict(list)
    for kind, observation in said:
        support[kind].append(share_of(observation, today, Matter.PHONE))
    if len(support) > 1:
        support.pop(PhoneKind.UNKNOWN, None)
    known = [kind for kind in _PHONE_LABELS if kind in support]
    return max(known, key=lambda kind: belief(support[kind], Matter.PHONE)).value


def _profiles(people: Sequence[PersonObservation], today: date) -> Iterator[ContactPoint]:
    grouped: dict[str, list[PersonObservation]] = defaultdict(list)
    for observation in people:
        for url in profile_urls(observation.claim):
            grouped[url].append(observation)
    for value, said in grouped.items():
        yield ContactPoint(
            kind=ContactKind.PROFILE,
            value=value,
            label=_NETWORK_LABELS[value.partition("/")[0]],
            confidence=together((share_of(o, today, Matter.PROFILE) for o in said), Matter.PROFILE),
            sources=sources_of(said),
        )
