"""Who of this installation's providers can check an address, the cheapest first, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass

from roleferry_enrich.domain.enrichments import Options, Strategy
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.plans import CostRange, Unplanned
from roleferry_enrich.domain.verification import (
    PlannedCheck,
    VerificationPlan,
    VerificationRequest,
)
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.pipeline.hit_rates import charged_share
from roleferry_enrich.pipeline.situations import why_barred
from roleferry_enrich.providers.contract import Offer

CHECK = "verify_email"


@dataclass(frozen=True, slots=True)
class Verifiers:
    ready: tuple[tuple[Offer, MicroUsd], ...]
    """With the price of one check; of equals the first by name."""
    unasked: tuple[Unplanned, ...]

    @property
    def free(self) -> tuple[str, ...]:
        return tuple(offer.provider for offer, _ in self.ready if not offer.credits)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(offer.provider for offer, _ in self.ready)


def verifiers_for(options: Options, channels: Mapping[str, Channel]) -> Verifiers:
    ready: list[tuple[Offer, MicroUsd]] = []
    unasked = []
    for name, channel in sorted(channels.items()):
        for offer in channel.offers():
            if offer.capability == CHECK:
                barred = why_barred(channel, options)
                if barred is None:
                    ready.append((offer, channel.price(offer.credits)))
                else:
                    unasked.append(Unplanned(name, CHECK, barred))
    return Verifiers(tuple(sorted(ready, key=lambda one: one[1])), tuple(unasked))


def plan_of(request: VerificationRequest, channels: Mapping[str, Channel]) -> VerificationPlan:
    """What the list would cost. The most it says is never exceeded."""
    verifiers = verifiers_for(request.options, channels)
    addresses = len({email for email in request.emails if email is not None})
    is_parallel = request.options.strategy is Strategy.PARALLEL
    # The others step in for one that cannot answer, which nobody can foresee.
    first = next((offer for offer, _ in verifiers.ready if offer.credits), None)
    checks = tuple(
        PlannedCheck(
            offer.provider, _cost(offer, price, addresses, is_asked=is_parallel or offer is first)
        )
        for offer, price in verifiers.ready
    )
    return VerificationPlan(
        request=request,
        addresses=addresses,
        checks=checks,
        unasked=verifiers.unasked,
        cost=_total(checks, request.options.max_cost),
    )


def _cost(offer: Offer, price: MicroUsd, addresses: int, *, is_asked: bool) -> CostRange:
    most = price * addresses
    expected = round(most * charged_share(offer)) if is_asked else 0
    # A verifier that cannot answer charges nothing, and then another one does.
    return CostRange(least=MicroUsd(0), expected=MicroUsd(expected), most=MicroUsd(most))


def _total(checks: tuple[PlannedCheck, ...], cap: MicroUsd | None) -> CostRange:
    most = sum(check.cost.most for check in checks)
    most = most if cap is None else min(cap, most)
    return CostRange(
        least=MicroUsd(0),
        expected=MicroUsd(min(most, sum(check.cost.expected for check in checks))),
        most=MicroUsd(most),
    )
