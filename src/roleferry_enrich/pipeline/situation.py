"""What planning looks at: the request, who may be asked, and how far its answer has come."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from roleferry_enrich.domain.enrichments import Goal, Request
from roleferry_enrich.domain.flat_answer import WITHOUT_PERSON
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.queries import Ask, Keys
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Offer

EXECUTIVES = "executives"
"""Stands among the wanted fields for the list of who leads a company."""

_FIRMOGRAPHICS = frozenset(
    {
        *("company_name", "domain", "industry", "company_size", "company_revenue"),
        *("city", "country"),
    }
)
"""By these a company's description is taken for filled; whatever else is known comes with them."""
_OF_TYPE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "firmographics": _FIRMOGRAPHICS,
        "technographics": frozenset({"technologies"}),
        "workforce-trends": frozenset({"workforce"}),
    }
)
_COMPANY_KEYS = frozenset({"domain", "company_name", "company_number"})
_COMPANY_CAPABILITIES = frozenset({"find_company", "find_technologies", "find_workforce"})
# The most people one credit buys, or one call's credits; every list is priced by tens.
_PEOPLE_A_PRICE = 10


def wanted_fields(request: Request) -> frozenset[str]:
    """What the request wants, in the words in which offers say what they give."""
    match request.goal:
        case Goal.PERSON:
            return request.wanted
        case Goal.COMPANY:
            return frozenset().union(*(_OF_TYPE.get(kind, frozenset()) for kind in request.wanted))
        case Goal.EXECUTIVES:
            return frozenset({"company_name", EXECUTIVES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that planning looks at."""

    request: Request
    offers: tuple[Offer, ...]
    """Of the providers that may be asked at all."""
    prices: Mapping[str, MicroUsd]
    """A credit's price by provider."""
    keys: Keys
    absent: tuple[tuple[Offer, str], ...] = ()
    """What the providers offer that may not be asked, each with the reason."""
    asked: tuple[Ask, ...] = ()
    awaited: tuple[Ask, ...] = ()
    """Asks under way for which a waterfall waits before it asks the next."""
    came_to_nothing: tuple[Ask, ...] = ()
    filled: frozenset[str] = frozenset()
    """Wanted fields known at the wanted confidence; looked at by a waterfall only."""
    unsure: frozenset[str] = frozenset()
    """Wanted fields that are known, but not at the wanted confidence."""
    opted_out: bool = False
    """The person asked not to be processed: nobody is asked anything more."""
    money_left: MicroUsd | None = None
    """Of `max_cost`, less what is under way; None without a cap."""

    begun: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """What providers began and were paid for earlier, by provider and capability."""

    def price(self, offer: Offer) -> MicroUsd:
        """What one ask usually costs."""
        return MicroUsd(offer.credits * self.prices[offer.provider])

    def most(self, offer: Offer) -> MicroUsd:
        """What one ask costs at most: a list is paid for by the people on it."""
        tens = -(-self.request.limit // _PEOPLE_A_PRICE) if offer.capability == "find_people" else 1
        return MicroUsd(self.price(offer) * tens)

    def missing(self) -> frozenset[str]:
        return wanted_fields(self.request) - self.filled

    def sought(self) -> frozenset[str]:
        """The missing fields, and keys for want of which somebody cannot be asked for them."""
        missing = self.missing()
        return missing | self._keys_to(missing) if missing else missing

    def _keys_to(self, missing: frozenset[str]) -> frozenset[str]:
        known, asked = self.keys.known(), {(a.provider, a.capability) for a in self.asked}
        shut_out = [
            offer
            for offer in self.offers
            if (offer.provider, offer.capability) not in asked
            and not any(needed <= known for needed in offer.needs)
            and self.gives(offer) & missing
        ]
        return frozenset().union(*(n for offer in shut_out for n in offer.needs)) & (
            _COMPANY_KEYS - known
        )

    def gives(self, offer: Offer) -> frozenset[str]:
        """What the offer may still bring into this answer, wanted or not."""
        goal = self.request.goal
        if offer.capability == "verify_email":
            # A mailbox that nobody named is not made theirs by receiving mail.
            return offer.gives & self.unsure
        if goal is Goal.EXECUTIVES and offer.capability == "find_people":
            return frozenset({EXECUTIVES})
        of_company = offer.capability in _COMPANY_CAPABILITIES
        # Of somebody who was asked for no company's phone or city is an answer.
        if goal is Goal.PERSON and of_company and self.request.keys.names_person:
            return offer.gives - WITHOUT_PERSON
        return offer.gives
