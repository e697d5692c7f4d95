"""Where a request begins: who of this installation's providers may be asked."""

from collections.abc import Mapping

from roleferry_enrich.domain.enrichments import Options, Request
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.pipeline.situation import Situation


def first_situation(channels: Mapping[str, Channel], request: Request) -> Situation:
    barred = {name: why_barred(channel, request.options) for name, channel in channels.items()}
    return Situation(
        request=request,
        offers=tuple(o for name, one in channels.items() if not barred[name] for o in one.offers()),
        prices={name: channel.price(1) for name, channel in channels.items()},
        keys=request.keys,
        absent=tuple(
            (offer, reason)
            for name, reason in barred.items()
            if reason is not None
            for offer in channels[name].offers()
        ),
        money_left=request.options.max_cost,
    )


def why_barred(channel: Channel, options: Options) -> str | None:
    """Why the provider may not be asked; None where it may."""
    if channel.name in options.exclude or (options.include and channel.name not in options.include):
        return "excluded"
    return None if channel.is_ready else "not_configured"
