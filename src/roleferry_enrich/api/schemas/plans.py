"""The answer to a dry run: what a request would cost and fill, were it made now."""

from typing import Literal

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.domain.enrichments import Goal, Strategy


@with_config(DOCUMENTED)
class CostEstimate(TypedDict):
    """US dollars. Whatever is in the cache when the request is made costs nothing."""

    min_usd: float
    """What is charged whatever comes of it."""
    expected_usd: float
    max_usd: float
    """Never more, by the providers' list prices or those set for them."""


@with_config(DOCUMENTED)
class PlannedQuestion(TypedDict):
    """One question that may be asked."""

    provider: str
    capability: str
    step: int
    """From 1; the questions of one step are asked together."""
    needs: list[str]
    """What an earlier answer must bring before it can be asked."""
    chance: float
    """How likely it is asked at all, 0 to 1."""
    cost: CostEstimate
    """Of this question: expected over all requests, also those that do not come to it."""
    expected_fill: dict[str, float]
    """Wanted field to how often this provider fills it, 0 to 1."""


@with_config(DOCUMENTED)
class UnplannedQuestion(TypedDict):
    """One question that would not be asked."""

    provider: str
    capability: str
    reason: str
    """As in `meta.providers` of an answer."""


@with_config(DOCUMENTED)
class EnrichmentPlan(TypedDict):
    """Who would be asked, in which order and for how much. Nobody was asked anything.

    The shares come from hit rates counted on invented people: good to compare, no promise.
    """

    dry_run: Literal[True]
    goal: Goal
    strategy: Strategy
    waterfall: str | None
    """The named waterfall that would be followed, if one would."""
    asks: list[PlannedQuestion]
    not_asked: list[UnplannedQuestion]
    cost: CostEstimate
    """Of the whole request."""
    expected_fill: dict[str, float]
    """Wanted field to how likely it is known in the end, 0 to 1; of a list of executives
    `executives`, for as many as are wanted."""
