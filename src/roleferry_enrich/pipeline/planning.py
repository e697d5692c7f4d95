"""Decides who can be asked what just now. Pure: the same situation gives the same asks.

There are no waves: this is asked again after every answer, and each new key (a domain from a
company name, a number from a footer) may make further asks possible.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from types import MappingProxyType

from roleferry_enrich.domain.enrichments import Goal, Request, Strategy
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import (
    KNOWN_EXECUTIVES,
    Ask,
    CompanyQuery,
    EmailQuery,
    Keys,
    PersonQuery,
    Query,
)
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Offer

_CAPABILITIES: Mapping[Goal, frozenset[str]] = MappingProxyType({
    Goal.PERSON: frozenset({
        "find_person", "find_email", "verify_email", "find_company", "find_people",
    }),
    Goal.EXECUTIVES: frozenset({"find_company", "find_people"}),
    Goal.COMPANY: frozenset({"find_company", "find_technologies", "find_workforce"}),
})  # fmt: skip
_OF_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "firmographics": "find_company",
        "technographics": "find_technologies",
        "workforce-trends": "find_workforce",
    }
)
_COMPANY_KEYS = frozenset({"domain", "company_number", "company_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that planning looks at."""

    request: Request
    offers: tuple[Offer, ...]
    """Of the providers that may be asked at all."""
    prices: Mapping[str, MicroUsd]
    """A credit's price by provider."""
    keys: Keys
    asked: tuple[Ask, ...] = ()
    under_way: tuple[Ask, ...] = ()
    came_to_nothing: tuple[Ask, ...] = ()
    filled: frozenset[str] = frozenset()
    """Wanted fields known at the wanted confidence; looked at by a waterfall only."""
    opted_out: bool = False
    """The person asked not to be processed: nobody is asked anything more."""
    money_left: MicroUsd | None = None
    """Of `max_cost`, less what is under way; None without a cap."""
    begun: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """What providers began and were paid for earlier, by provider and capability."""

    def price(self, offer: Offer) -> int:
        return offer.credits * self.prices[offer.provider]


def next_asks(situation: Situation) -> tuple[Ask, ...]:
    """The asks to start now: all that are possible, or a waterfall's next step."""
    if situation.opted_out:
        return ()
    settled = _settled(situation)
    possible = [
        (offer, ask)
        for offer in situation.offers
        # Looked at first: it is true of nearly every offer, and nothing else is quicker to see.
        if (offer.provider, offer.capability) not in settled and (ask := _ask(offer, situation))
    ]
    if situation.request.options.strategy is Strategy.WATERFALL:
        possible = _waterfall_step(possible, situation)
    return (*_continued(situation), *(ask for _, ask in _affordable(possible, situation)))


def _continued(situation: Situation) -> Iterator[Ask]:
    """What was begun and paid for is gone on with, whatever it would cost to begin it now."""
    asked = {(ask.provider, ask.capability) for ask in situation.asked}
    for offer in situation.offers:
        who = offer.provider, offer.capability
        query = _query(offer, situation) if who in situation.begun and who not in asked else None
        if query is not None:
            yield Ask(
                provider=offer.provider,
                capability=offer.capability,
                query=query,
                reference=situation.begun[who],
            )


def unasked(situation: Situation) -> Iterator[tuple[Offer, str]]:
    """The useful offers nobody took up, each with the reason."""
    asked = {(ask.provider, ask.capability) for ask in situation.asked}
    for offer in situation.offers:
        if (offer.provider, offer.capability) in asked or not is_useful(offer, situation.request):
            continue
        if _query(offer, situation) is None:
            yield offer, "missing_key"
        elif _would_add_nothing(offer, situation):
            yield offer, "already_filled"
        elif situation.opted_out:
            yield offer, "opted_out"
        elif not _fits(situation.price(offer), situation.money_left):
            yield offer, "budget_spent"
        else:
            yield offer, "deadline_too_near"


def _settled(situation: Situation) -> frozenset[tuple[str, str]]:
    """The capabilities asked that have not come to nothing, so that no other key helps.

    What was begun earlier is never begun anew, whatever comes of it.
    """
    return frozenset(situation.begun) | frozenset(
        (ask.provider, ask.capability)
        for ask in situation.asked
        if ask not in situation.came_to_nothing
    )


def _ask(offer: Offer, situation: Situation) -> Ask | None:
    if not is_useful(offer, situation.request) or _would_add_nothing(offer, situation):
        return None
    query = _query(offer, situation)
    if query is None:
        return None
    ask = Ask(provider=offer.provider, capability=offer.capability, query=query)
    return ask if _is_new(ask, situation) else None


def is_useful(offer: Offer, request: Request) -> bool:
    """Whether the offer could add to the request, whatever is known so far."""
    if offer.capability not in _CAPABILITIES[request.goal]:
        return False
    match request.goal:
        case Goal.EXECUTIVES:
            return True
        case Goal.COMPANY:
            return _serves_type(offer, request)
        case Goal.PERSON:
            # Everybody at a company is asked for one person's sake only where that is free.
            if offer.capability == "find_people" and offer.credits:
                return False
            sought = request.wanted | (frozenset() if offer.credits else _COMPANY_KEYS)
            return bool(offer.gives & sought)


def _serves_type(offer: Offer, request: Request) -> bool:
    wanted = {_OF_TYPE[kind] for kind in request.wanted if kind in _OF_TYPE}
    # Without its name, number or domain no other capability can be asked.
    return offer.capability in wanted | {"find_company"}


def _would_add_nothing(offer: Offer, situation: Situation) -> bool:
    if offer.capability == "find_email" and situation.keys.email is not None:
        return True
    if situation.request.options.strategy is Strategy.PARALLEL:
        return False
    if situation.request.goal is not Goal.PERSON or not offer.credits:
        return False
    return not offer.gives & (situation.request.wanted - situation.filled)


def _query(offer: Offer, situation: Situation) -> Query | None:
    request = situation.request
    known = situation.keys.known() | ({KNOWN_EXECUTIVES} if request.known_executives else set())
    usable = next((needed for needed in offer.needs if needed <= known), None)
    if usable is None:
        return None
    keys = situation.keys.only(usable | offer.hints)
    match offer.capability:
        case "verify_email":
            return EmailQuery(email=situation.keys.email) if situation.keys.email else None
        case "find_person" | "find_email":
            return PersonQuery(keys=keys)
        case "find_people":
            names = request.known_executives if KNOWN_EXECUTIVES in usable else ()
            return CompanyQuery(
                keys=keys, limit=request.limit, titles=request.titles, known_executives=names
            )
        case _:
            return CompanyQuery(keys=keys)


def _is_new(ask: Ask, situation: Situation) -> bool:
    """Whether this adds to what came to nothing: another key is worth a second try."""
    earlier = [
        other
        for other in situation.asked
        if (other.provider, other.capability) == (ask.provider, ask.capability)
    ]
    if not earlier:
        return True
    return len(earlier) == 1 and ask not in earlier and not _only_hints(ask, earlier[0])


def _only_hints(ask: Ask, earlier: Ask) -> bool:
    """Whether the two differ in nothing that identifies."""
    if isinstance(ask.query, EmailQuery) or isinstance(earlier.query, EmailQuery):
        return ask.query == earlier.query
    return ask.query.keys.known() == earlier.query.keys.known()


def _waterfall_step(
    possible: list[tuple[Offer, Ask]], situation: Situation
) -> list[tuple[Offer, Ask]]:
    """Everything free, and of the rest the one that promises most for its price, one at a time."""
    free = [(offer, ask) for offer, ask in possible if not offer.credits]
    paid = [(offer, ask) for offer, ask in possible if offer.credits]
    # What is under way may fill the gap for nothing, or at least for what is spent already.
    if not paid or situation.under_way or free:
        return free
    missing = situation.request.wanted - situation.filled
    return [max(paid, key=lambda entry: _worth(entry[0], missing, situation))]


def _worth(offer: Offer, missing: frozenset[str], situation: Situation) -> float:
    fills = len(offer.gives & missing) or 1
    return fills / max(situation.price(offer), 1)


def _affordable(
    possible: list[tuple[Offer, Ask]], situation: Situation
) -> Iterator[tuple[Offer, Ask]]:
    left = situation.money_left
    for offer, ask in sorted(possible, key=lambda entry: situation.price(entry[0])):
        price = situation.price(offer)
        if not _fits(price, left):
            continue
        left = None if left is None else MicroUsd(left - price)
        yield offer, ask


def _fits(price: int, left: MicroUsd | None) -> bool:
    return price == 0 or left is None or price <= left
