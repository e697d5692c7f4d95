"""What a completion takes over from the enrichment it completes: what is owed, known and spent."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.observations import Observations
from roleferry_enrich.domain.outcomes import OutcomeKind, ProviderOutcome
from roleferry_enrich.pipeline.fanout import Resumed
from roleferry_enrich.providers.internal import Internal


def resumed(earlier: Enrichment, observed: Observations) -> Resumed:
    owed = {_question(outcome): outcome.reference for outcome in _owed(earlier)}
    return Resumed(known=observed, owed=owed, opted_out=earlier.opted_out)


def money_left(earlier: Enrichment) -> MicroUsd | None:
    cap = earlier.request.options.max_cost
    return None if cap is None else MicroUsd(max(0, cap - earlier.cost))


def with_earlier(
    earlier: Enrichment, outcomes: Iterable[ProviderOutcome]
) -> tuple[ProviderOutcome, ...]:
    """The outcomes of both; one that was owed is replaced, and what it cost goes on counting."""
    owed = {_question(outcome): outcome for outcome in _owed(earlier)}
    settled = [outcome for outcome in earlier.outcomes if _question(outcome) not in owed]
    for outcome in outcomes:
        before = owed.pop(_question(outcome), None)
        settled.append(outcome if before is None else _added(outcome, before))
    return (*settled, *map(_not_asked_again, owed.values()))


def _owed(earlier: Enrichment) -> Iterator[ProviderOutcome]:
    return filter(_is_owed, earlier.outcomes)


def _is_owed(outcome: ProviderOutcome) -> bool:
    """Who answered "later"; and our own database, whose words are not kept a second time."""
    recalled = outcome.provider == Internal.spec.name and outcome.outcome is OutcomeKind.FOUND
    return recalled or outcome.outcome is OutcomeKind.PENDING


def _question(outcome: ProviderOutcome) -> tuple[str, str]:
    return outcome.provider, outcome.capability


def _added(outcome: ProviderOutcome, before: ProviderOutcome) -> ProviderOutcome:
    cost = MicroUsd(outcome.cost + before.cost)
    return replace(outcome, cost=cost, calls=outcome.calls + before.calls)


def _not_asked_again(outcome: ProviderOutcome) -> ProviderOutcome:
    """The operator has switched the provider off meanwhile."""
    return replace(outcome, outcome=OutcomeKind.SKIPPED, reason="not_configured", retry_after=None)
