"""What there is to know of a provider before it is asked: the one source of every table of them.

docs/providers.md, `providers list` and `GET /providers` all show this; it is read off the adapter.
"""

from collections.abc import Iterator
from datetime import timedelta

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.providers.contract import Offer, Provider, Window
from roleferry_enrich.providers.quota import told_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many calls in any such period; all limits of a lane hold at once."""

    lane: str | None
    """Calls that the provider counts apart; None is all others."""
    permits: int
    period: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    name: str
    title: str
    docs: str
    needs_key: bool
    credit_price: MicroUsd
    limits: tuple[Limit, ...]
    reads_sites: bool
    """Has no limit of its own, because each web site is another host."""
    quota_told_by: str | None
    """`usage` (asked for nothing), `headers` (of every reply), or not at all."""
    offers: tuple[Offer, ...]
    notes: tuple[str, ...]
    """Terms, gaps, closed sign-up."""

    def price(self, offer: Offer) -> MicroUsd:
        """What one ask usually costs."""
        return MicroUsd(offer.credits * self.credit_price)


def profile_of(
    provider: Provider,
    *,
    permits: tuple[Window, ...] | None = None,
    credit_price: MicroUsd | None = None,
    offers: tuple[Offer, ...] | None = None,
) -> Profile:
    """As published, or with what an operator's contract and settings say instead.

    Published is also what is offered only once the operator has set something: the notes say what.
    """
    spec = provider.spec
    return Profile(
        name=spec.name,
        title=spec.title,
        docs=spec.docs,
        needs_key=spec.authenticate is not None,
        credit_price=spec.credit_price if credit_price is None else credit_price,
        limits=tuple(_published(provider) if permits is None else _limits(None, permits)),
        reads_sites=spec.open_web,
        quota_told_by=told_by(provider),
        offers=tuple(Provider.offers(provider)) if offers is None else offers,
        notes=spec.notes,
    )


def _published(provider: Provider) -> Iterator[Limit]:
    yield from _limits(None, provider.spec.permits)
    for lane, windows in provider.spec.lanes.items():
        yield from _limits(lane, windows)


def _limits(lane: str | None, windows: tuple[Window, ...]) -> Iterator[Limit]:
    for window in windows:
        yield Limit(lane=lane, permits=window.permits, period=window.period)
