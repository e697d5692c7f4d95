"""What a request would cost and fill, worked out without asking anybody.

The planner itself is walked through as if every answer came and left everything missing, so that
the plan names everybody who may be asked, in the order in which they would be. How likely each is
to be asked, and what it fills, follows from the declared hit rates. An estimate is no promise,
its `most` excepted: nobody is paid twice, and nothing beyond `max_cost`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from roleferry_enrich.domain.identifiers import CompanyNumber, Domain, Email, MicroUsd, ProfileUrl
from roleferry_enrich.domain.plans import CostRange, Plan, PlannedAsk, Unplanned
from roleferry_enrich.domain.queries import KNOWN_EXECUTIVES, Ask, Keys
from roleferry_enrich.pipeline.hit_rates import USUAL, charged_share, fill_rate
from roleferry_enrich.pipeline.planning import next_asks, unasked
from roleferry_enrich.pipeline.situation import Situation, wanted_fields
from roleferry_enrich.pipeline.waterfall import is_waterfall
from roleferry_enrich.providers.contract import Offer

_UNKNOWN = Keys(
    email=Email("unknown@unknown.invalid"),
    full_name="unknown",
    first_name="unknown",
    last_name="unknown",
    linkedin_url=ProfileUrl("unknown.invalid"),
    domain=Domain("unknown.invalid"),
    company_name="unknown",
    company_number=CompanyNumber("unknown"),
    company_linkedin_url=ProfileUrl("unknown.invalid"),
    company_twitter_url=ProfileUrl("unknown.invalid"),
    company_facebook_url=ProfileUrl("unknown.invalid"),
)
"""In the place of keys that an answer would bring; these never leave the planner."""

_KEY_GIVEN_BY = {"business_email": "email"}
_PAGES = ("company_linkedin_url", "company_twitter_url", "company_facebook_url")
"""No offer promises a company's pages, but whoever knows a company may know them."""


def estimate(situation: Situation) -> Plan:
    """The plan of a request that has not begun."""
    situation = _doubting(situation)
    walked = _walk(situation)
    odds = _Odds(walked.begun)
    asks = tuple(
        odds.plan(offer, step) for step, offers in enumerate(walked.steps, 1) for offer in offers
    )
    unlimited = _walk(replace(situation, money_left=None))
    return Plan(
        request=situation.request,
        asks=asks,
        unplanned=tuple(Unplanned(o.provider, o.capability, why) for o, why in walked.left_out()),
        cost=_total(asks, unlimited, situation.money_left),
        fill={name: 1 - share for name, share in odds.missing.items()},
    )


def _doubting(situation: Situation) -> Situation:
    """Whoever wants to be sure may have to have a mailbox checked that somebody names."""
    request = situation.request
    is_strict = request.options.min_confidence.value > 0
    return replace(situation, unsure=wanted_fields(request) if is_strict else frozenset())


@dataclass(frozen=True, slots=True)
class _Walked:
    """The way from the beginning to where nobody is left to ask."""

    begun: Situation
    ended: Situation
    steps: tuple[tuple[Offer, ...], ...]

    def left_out(self) -> Iterator[tuple[Offer, str]]:
        return unasked(self.ended)


def _walk(situation: Situation) -> _Walked:
    """Everybody who may be asked; keys are learned when nobody can be asked without them."""
    offers = {(offer.provider, offer.capability): offer for offer in situation.offers}
    now = situation
    steps: list[tuple[Offer, ...]] = []
    while asks := next_asks(now) or next_asks(now := _learned(now, steps)):
        step = tuple(offers[ask.provider, ask.capability] for ask in asks)
        now = _after(now, asks, step)
        steps.append(step)
    return _Walked(situation, now, tuple(steps))


def _after(situation: Situation, asks: tuple[Ask, ...], step: Iterable[Offer]) -> Situation:
    left = situation.money_left
    spent = sum(situation.price(offer) for offer in step)
    return replace(
        situation,
        asked=situation.asked + asks,
        money_left=None if left is None else MicroUsd(max(0, left - spent)),
    )


def _learned(situation: Situation, steps: Iterable[Iterable[Offer]]) -> Situation:
    """With a key for each that those asked may bring."""
    given = {key for step in steps for offer in step for key, _ in _keys_given(offer)}
    new = {name: getattr(_UNKNOWN, name) for name in given - situation.keys.known()}
    return replace(situation, keys=replace(situation.keys, **new))


def _keys_given(offer: Offer) -> Iterator[tuple[str, float]]:
    """The keys that an answer may bring, each with how often it does."""
    for name in offer.gives:
        key = _KEY_GIVEN_BY.get(name, name)
        if key in _UNKNOWN.known():
            yield key, fill_rate(offer, name)
    if "company_name" in offer.gives:
        yield from ((page, fill_rate(offer, page) * USUAL.found) for page in _PAGES)


class _Odds:
    """How likely each field is missing, and each key known, as the plan goes on."""

    def __init__(self, begun: Situation) -> None:
        request = begun.request
        self._is_waterfall = is_waterfall(request)
        self._situation = begun
        named = {KNOWN_EXECUTIVES} if request.known_executives else set()
        self._given = begun.keys.known() | named
        self._keys = dict.fromkeys(self._given, 1.0)
        self.missing = dict.fromkeys(sorted(wanted_fields(request)), 1.0)

    def plan(self, offer: Offer, step: int) -> PlannedAsk:
        """The next ask of the plan, taken into account for those after it."""
        given = self._situation.gives(offer)
        fill = {name: fill_rate(offer, name) for name in self.missing if name in given}
        askable = max((self._all_known(needed) for needed in offer.needs), default=0.0)
        chance = askable * self._wanted(offer, fill)
        planned = PlannedAsk(
            provider=offer.provider,
            capability=offer.capability,
            step=step,
            needs=self._unknown(offer),
            chance=chance,
            cost=self._cost(offer, chance),
            fill=fill,
        )
        self._take(offer, fill, askable, chance)
        return planned

    def _wanted(self, offer: Offer, fill: Iterable[str]) -> float:
        if not self._is_waterfall or not offer.credits:
            return 1.0
        # Asked for a key alone it is wanted as long as anything is.
        return max((self.missing[name] for name in fill or self.missing), default=0.0)

    def _all_known(self, needed: Iterable[str]) -> float:
        chance = 1.0
        for name in needed:
            chance *= self._keys.get(name, 0.0)
        return chance

    def _unknown(self, offer: Offer) -> tuple[str, ...]:
        reachable = (needed for needed in offer.needs if self._keys.keys() >= needed)
        fewest = min((needed - self._given for needed in reachable), key=len, default=frozenset())
        return tuple(sorted(fewest))

    def _cost(self, offer: Offer, chance: float) -> CostRange:
        price, share = self._situation.price(offer), charged_share(offer)
        is_certain = chance >= 1 and share >= 1
        return CostRange(
            least=price if is_certain else MicroUsd(0),
            expected=MicroUsd(round(price * chance * share)),
            most=self._situation.most(offer),
        )

    def _take(self, offer: Offer, fill: dict[str, float], askable: float, chance: float) -> None:
        # Whoever gives a field is asked where it is missing: only a key may be wanting.
        for name, rate in fill.items():
            self.missing[name] *= 1 - askable * rate
        for key, rate in _keys_given(offer):
            unknown = 1 - self._keys.get(key, 0.0)
            self._keys[key] = 1 - unknown * (1 - chance * rate)


def _total(asks: Iterable[PlannedAsk], unlimited: _Walked, cap: MicroUsd | None) -> CostRange:
    """All together. Where money is short, whose turn comes hangs on who charges before."""
    everybody = (offer for step in unlimited.steps for offer in step)
    most = sum(unlimited.begun.most(offer) for offer in everybody)
    most = most if cap is None else min(cap, most)
    planned = tuple(asks)
    return CostRange(
        least=MicroUsd(min(most, sum(ask.cost.least for ask in planned))),
        expected=MicroUsd(min(most, sum(ask.cost.expected for ask in planned))),
        most=MicroUsd(most),
    )
