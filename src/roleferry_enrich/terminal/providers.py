"""The providers as tables: what they offer, and how they are set up here."""

from collections.abc import Iterable

from rich.table import Table

from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer, Window
from roleferry_enrich.resources import channels_of
from roleferry_enrich.settings import Settings
from roleferry_enrich.terminal import tables


def offers_table() -> Table:
    columns = ("provider", "can be asked for", "needs", "gives", "price")
    lines = [
        (name, offer.capability, _needs(offer), ", ".join(sorted(offer.gives)), price)
        for name, provider in catalogue().items()
        for offer in provider.offers()
        for price in [_price(offer.credits * provider.spec.credit_price)]
    ]
    return tables.rows("Providers", columns, lines)


def setup_table(settings: Settings) -> Table:
    columns = ("provider", "state", "key", "base URL", "limits", "credit", "timeout")
    lines = [_setup(channel) for channel in channels_of(settings).values()]
    return tables.rows("Providers as set up here", columns, lines)


def _setup(channel: Channel) -> Iterable[object]:
    spec = channel.provider.spec
    state = "ready" if channel.is_ready else "no key" if channel.enabled else "off"
    needed = "none needed" if spec.authenticate is None else "not set"
    return (
        channel.name,
        state,
        "set" if channel.key else needed,
        channel.base_url or ("any public web site" if spec.open_web else spec.base_url),
        _limits(channel.permits or spec.permits),
        _price(channel.price(1)),
        f"{channel.call_timeout.total_seconds():g} s",
    )


def _needs(offer: Offer) -> str:
    return " or ".join(" + ".join(sorted(alternative)) for alternative in offer.needs)


def _limits(windows: tuple[Window, ...]) -> str:
    return ", ".join(f"{w.permits} in {w.period.total_seconds():g} s" for w in windows)


def _price(micro_usd: int) -> str:
    return f"${micro_usd / 1_000_000:.4f}" if micro_usd else "free"
