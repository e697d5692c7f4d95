"""Which of the possible asks a waterfall makes now: the most promising for its price, and no more.

Without a name everything free is asked first, and then of the paid offers one at a time: the one
that is expected to fill most of the missing fields for its price. A named waterfall gives the
order itself: its providers step by step, those of one step together.
"""

from collections.abc import Iterable

from roleferry_enrich.domain.enrichments import Request, Strategy
from roleferry_enrich.domain.queries import Ask
from roleferry_enrich.pipeline.hit_rates import charged_share, fill_rate
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.providers.contract import Offer

Choice = tuple[Offer, Ask]

_LEAST_PROMISE = 0.01
"""Of a field: who fills less than one in a hundred is not worth a call."""


def is_waterfall(request: Request) -> bool:
    return request.options.strategy is Strategy.WATERFALL


def in_waterfall(offer: Offer, request: Request) -> bool:
    """Whether the request's waterfall, if it names one, has the provider in it."""
    named = request.options.waterfall
    return named is None or any(offer.provider in step for step in named.steps)


def next_step(possible: list[Choice], situation: Situation) -> list[Choice]:
    """What to ask now, of what can be asked and paid for."""
    wanted = [choice for choice in possible if in_waterfall(choice[0], situation.request)]
    named = situation.request.options.waterfall
    free = [choice for choice in wanted if not choice[0].credits]
    if named is None and (free or situation.awaited):
        # What is awaited may fill the gap for nothing, or at least for what is spent already.
        return free
    if situation.awaited:
        return []
    paid = [c for c in wanted if c[0].credits and is_promising(c[0], situation)]
    if named is None:
        return best(paid, situation)
    for step in named.steps:
        together = [
            *(choice for choice in free if choice[0].provider in step),
            *(c for name in step for c in best(of_provider(name, paid), situation)),
        ]
        if together:
            return together
    return []


def is_promising(offer: Offer, situation: Situation) -> bool:
    """Whether it may be hoped to fill anything that is missing."""
    return not offer.credits or promise(offer, situation) >= _LEAST_PROMISE


def promise(offer: Offer, situation: Situation) -> float:
    """How many of the missing fields it is expected to fill."""
    return sum(fill_rate(offer, name) for name in situation.gives(offer) & situation.sought())


def of_provider(name: str, choices: Iterable[Choice]) -> list[Choice]:
    return [choice for choice in choices if choice[0].provider == name]


def best(paid: list[Choice], situation: Situation) -> list[Choice]:
    """The one that promises most for what it is expected to cost; of equals the first by name."""
    return sorted(paid, key=lambda choice: _rank(choice[0], situation))[:1]


def _rank(offer: Offer, situation: Situation) -> tuple[float, str, str]:
    expected = situation.price(offer) * charged_share(offer)
    worth = promise(offer, situation) / max(expected, 1)
    return -worth, offer.provider, offer.capability
