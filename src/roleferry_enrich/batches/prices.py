"""What an item of a batch may cost, by the providers that can be asked."""

from collections.abc import Mapping

from roleferry_enrich.domain.batches import Prices
from roleferry_enrich.gateway.channels import Channel


def prices_of(channels: Mapping[str, Channel]) -> Prices:
    """The least that a paid call costs, and what all that may be asked of all costs."""
    ready = [channel for channel in channels.values() if channel.is_ready]
    credits = [price for channel in ready if (price := channel.price(1))]
    all_asks = sum(channel.price(offer.credits) for channel in ready for offer in channel.offers())
    # Each may be asked twice, when a better key comes in.
    return Prices(cheapest=min(credits, default=0), dearest=2 * all_asks)
