"""Decides who can be asked what just now. Pure: the same situation gives the same asks.

There are no waves: this is asked again after every answer, and each new key (a domain from a
company name, a number from a footer) may make further asks possible.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import (
    KNOWN_EXECUTIVES,
    Ask,
    CompanyQuery,
    EmailQuery,
    PersonQuery,
    Query,
)
from roleferry_enrich.pipeline.situation import Situation
from roleferry_enrich.pipeline.waterfall import (
    Choice,
    in_waterfall,
    is_promising,
    is_waterfall,
    next_step,
)
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


def next_asks(situation: Situation) -> tuple[Ask, ...]:
    """The asks to start now: all that are possible, or a waterfall's next step."""
    if situation.opted_out:
        return ()
    possible = possible_asks(situation)
    if is_waterfall(situation.request):
        within = [c for c in possible if _fits(situation.price(c[0]), situation.money_left)]
        possible = next_step(within, situation)
    return (*_continued(situation), *(ask for _, ask in _affordable(possible, situation)))


def possible_asks(situation: Situation) -> list[Choice]:
    """Whatever could be asked now and might add something, whatever it costs."""
    settled = _settled(situation)
    return [
        (offer, ask)
        for offer in situation.offers
        # Looked at first: it is true of nearly every offer, and nothing else is quicker to see.
        if (offer.provider, offer.capability) not in settled and (ask := _ask(offer, situation))
    ]


def _continued(situation: Situation) -> Iterator[Ask]:
    """What was begun and paid for is gone on with, whatever it would cost to begin it now."""
    if not situation.begun:
        return
    asked = {(ask.provider, ask.capability) for ask in situation.asked}
    for offer in situation.offers:
        who = offer.provider, offer.capability
        query = question(offer, situation) if who in situation.begun and who not in asked else None
        if query is not None:
            yield Ask(
                provider=offer.provider,
                capability=offer.capability,
                query=query,
                reference=situation.begun[who],
            )


def unasked(situation: Situation) -> Iterator[tuple[Offer, str]]:
    """The useful offers nobody took up, each with the reason.

    A provider with none has a line all the same, so that an answer tells of every provider.
    """
    asked = {(ask.provider, ask.capability) for ask in situation.asked}
    told = {provider for provider, _ in asked}
    everybody = [*((offer, None) for offer in situation.offers), *situation.absent]
    for offer, barred in everybody:
        is_taken_up = (offer.provider, offer.capability) in asked
        if not is_taken_up and is_useful(offer, situation.request):
            told.add(offer.provider)
            yield offer, barred or _reason(offer, situation)
    for offer, barred in everybody:
        if offer.provider not in told:
            told.add(offer.provider)
            yield offer, barred or "cannot_help"


def _reason(offer: Offer, situation: Situation) -> str:
    """Why the offer was not taken up: the first of these that holds."""
    if not in_waterfall(offer, situation.request):
        return "not_in_waterfall"
    if question(offer, situation) is None:
        return "missing_key"
    if _would_add_nothing(offer, situation):
        return "already_filled"
    if situation.opted_out:
        return "opted_out"
    if is_waterfall(situation.request) and not is_promising(offer, situation):
        return "unlikely_to_help"
    if not _fits(situation.price(offer), situation.money_left):
        return "budget_spent"
    return "deadline_too_near"


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
    query = question(offer, situation)
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
    # Everybody is asked, or nothing is saved by not asking.
    if not is_waterfall(situation.request) or not offer.credits:
        return False
    return not situation.gives(offer) & situation.sought()


def question(offer: Offer, situation: Situation) -> Query | None:
    """What the offer would be asked with the best of the keys known; None where they do not do."""
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


def _affordable(possible: list[Choice], situation: Situation) -> Iterator[Choice]:
    left = situation.money_left
    for offer, ask in sorted(possible, key=lambda entry: situation.price(entry[0])):
        price = situation.price(offer)
        if not _fits(price, left):
            continue
        left = None if left is None else MicroUsd(left - price)
        yield offer, ask


def _fits(price: int, left: MicroUsd | None) -> bool:
    return price == 0 or left is None or price <= left
