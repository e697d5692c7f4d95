"""The providers as tables: what they offer, and how they are set up and stand here."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

from rich.table import Table

from roleferry_enrich.configuration.settings import Settings
from roleferry_enrich.domain.quotas import QuotaTold
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.provider_access import channels_of
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.profile import profile_of
from roleferry_enrich.terminal import tables
from roleferry_enrich.terminal.printing import console
from roleferry_enrich.terminal.provider_states import (
    States,
    asked_states,
    known_states,
    lift_quarantine,
)
from roleferry_enrich.terminal.provider_table import limits_told, needs_told


def offers_table() -> Table:
    columns = ("provider", "can be asked for", "needs", "gives", "price")
    lines = [
        (
            profile.name,
            offer.capability,
            needs_told(offer, between=" or "),
            ", ".join(sorted(offer.gives)),
            _price(profile.price(offer)),
        )
        for profile in map(profile_of, catalogue().values())
        for offer in profile.offers
    ]
    return tables.rows("Providers", columns, lines)


def check_providers(settings: Settings, *, ask: bool) -> None:
    channels = channels_of(settings)
    if ask:
        working = console(error=True)
        states = asyncio.run(
            asked_states(settings, channels, lambda name: working.print(f"Asking {name}"))
        )
    else:
        states = asyncio.run(known_states(settings, channels))
    console().print(setup_table(channels.values(), states))


def restore_provider(settings: Settings, name: str) -> None:
    was_off = asyncio.run(lift_quarantine(settings, name))
    if was_off:
        console().print(f"{name} is asked again by every process within seconds.")
    else:
        console().print(f"{name} was not in quarantine.")


def setup_table(channels: Iterable[Channel], states: States) -> Table:
    columns = (
        *("provider", "state", "keys", "quota left"),
        *("base URL", "limits", "credit", "timeout"),
    )
    return tables.rows(
        "Providers as set up here", columns, [_setup(channel, states) for channel in channels]
    )


def _setup(channel: Channel, states: States) -> Iterable[object]:
    profile = channel.profile()
    return (
        channel.name,
        _state(channel, states),
        _keys(channel, states),
        _quota(states.quotas.get(channel.name), states.troubles.get(channel.name)),
        channel.base_url or _far_end(channel),
        limits_told(profile.limits),
        _price(profile.credit_price),
        f"{channel.call_timeout.total_seconds():g} s",
    )


def _far_end(channel: Channel) -> str:
    if channel.is_own_store:
        return "our own PostgreSQL"
    return "any public web site" if channel.is_open_web else channel.provider.spec.base_url


def _state(channel: Channel, states: States) -> str:
    if not channel.is_ready:
        return "no key" if channel.enabled else "off"
    off = states.sentences.get(channel.name)
    if off is None or not off.provider:
        return "ready"
    return f"{off.reason or 'quarantined'}, asked again in {_minutes(off.provider)}"


def _keys(channel: Channel, states: States) -> str:
    if channel.provider.spec.authenticate is None:
        return "none needed"
    count = len(channel.keys)
    off = states.sentences.get(channel.name)
    refused = [str(place) for place, left in enumerate(off.keys, 1) if left] if off else []
    told = ("not set", "set")[count] if count < 2 else f"{count} set"
    return f"{told}, refused: {' and '.join(refused)}" if refused else told


def _quota(told: QuotaTold | None, trouble: str | None) -> str:
    if trouble is not None:
        return trouble
    if told is None:
        return ""
    quota = told.quota
    of = f" of {quota.limit:g}" if quota.limit is not None else ""
    until = f", until {quota.resets_at:%Y-%m-%d %H:%M}" if quota.resets_at else ""
    return f"{quota.remaining:g}{of} {quota.unit}{until}"


def _minutes(left: timedelta) -> str:
    return f"{max(1, round(left.total_seconds() / 60))} min"


def _price(micro_usd: int) -> str:
    return f"${micro_usd / 1_000_000:.4f}" if micro_usd else "free"
