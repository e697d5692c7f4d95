"""How good an answer about executives is, and what would make the next one better. Pure.

The score looks at what a reader of the list can build on, not at how many people it has: nobody
knows how many there are.
"""

from collections.abc import Callable, Iterable

from roleferry_enrich.api.schemas.answers import Advice, Quality, Recommendation
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.domain.people import Deliverability
from roleferry_enrich.domain.records import ContactKind, GoldenPerson

_UNPROVEN = frozenset({Deliverability.GUESSED, Deliverability.UNKNOWN, Deliverability.ACCEPT_ALL})
_OUT_OF_TIME = frozenset({"deadline_too_near", "no_permit", "overloaded"})


Applies = Callable[[Enrichment], bool]


def assess(enrichment: Enrichment) -> Quality:
    return {
        "score": score(enrichment.executives),
        "recommendations": list(_recommendations(enrichment)),
    }


def score(people: tuple[GoldenPerson, ...]) -> float:
    """The mean over the executives; 0 where there is none."""
    if not people:
        return 0.0
    return round(sum(map(_of_one, people)) / len(people), 3)


def _of_one(person: GoldenPerson) -> float:
    facts = (_has_position(person), bool(person.contact_points), len(person.origins) > 1)
    return person.confidence.value / 2 + sum(facts) / 6


def _has_position(person: GoldenPerson) -> bool:
    return "title" in person.fields or "role" in person.fields


def _recommendations(enrichment: Enrichment) -> Iterable[Recommendation]:
    for code, applies, message in _ADVICE:
        if applies(enrichment):
            yield {"code": code, "message": message}


def _any(test: Callable[[ProviderOutcome], bool]) -> Applies:
    return lambda enrichment: any(map(test, enrichment.outcomes))


def _of_kind(kind: OutcomeKind) -> Applies:
    return _any(lambda outcome: outcome.outcome is kind)


def _ran_out_of_time(outcome: ProviderOutcome) -> bool:
    return outcome.outcome is OutcomeKind.TIMED_OUT or outcome.reason in _OUT_OF_TIME


def _named_only(enrichment: Enrichment) -> bool:
    keys = enrichment.request.keys
    return keys.domain is None and keys.company_number is None


def _single_sourced(enrichment: Enrichment) -> bool:
    return any(len(person.origins) < 2 for person in enrichment.executives)


def _has_unproven_email(enrichment: Enrichment) -> bool:
    return any(
        point.kind is ContactKind.EMAIL and point.deliverability in _UNPROVEN
        for person in enrichment.executives
        for point in person.contact_points
    )


_ADVICE: tuple[tuple[Advice, Applies, str], ...] = (
    (
        "ask_again",
        _of_kind(OutcomeKind.PENDING),
        "A provider will know more later: read GET /enrichments/{enrichment_id} again.",
    ),
    (
        "allow_more_time",
        _any(_ran_out_of_time),
        "A provider did not answer before the deadline: raise deadline_ms.",
    ),
    (
        "allow_more_money",
        _any(lambda outcome: outcome.reason == "budget_spent"),
        "A provider was not asked because of max_cost or the account's cap: raise it.",
    ),
    (
        "check_provider_key",
        _of_kind(OutcomeKind.UNAUTHORISED),
        "A provider refused its key: check it with `roleferry-enrich providers check`.",
    ),
    (
        "top_up_provider",
        _of_kind(OutcomeKind.QUOTA_SPENT),
        "A provider's quota is used up: top it up or wait for its reset.",
    ),
    (
        "name_the_company_exactly",
        _named_only,
        "Names are ambiguous: give the company's domain or company_number.",
    ),
    (
        "confirm_single_sources",
        _single_sourced,
        "Some executives rest on one source only: enable another provider to confirm them.",
    ),
    (
        "verify_emails",
        _has_unproven_email,
        "Some addresses are unproven: verify them before writing to them.",
    ),
)
