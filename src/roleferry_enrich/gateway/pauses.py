"""Reads how long a provider asks for silence, off what it answered."""

from datetime import timedelta

from roleferry_enrich.errors import ProviderError, ProviderRateLimited, ProviderUnavailable
from roleferry_enrich.gateway.channels import Channel
from roleferry_enrich.providers.replies import Reply

_LONGEST = timedelta(hours=1)


def asked_pause(
    channel: Channel, reply: Reply | None, error: ProviderError | None
) -> timedelta | None:
    """How long the provider asks for silence, by a refusal or by its own limit headers."""
    if isinstance(error, ProviderUnavailable) and error.retry_after:
        return error.retry_after
    if isinstance(error, ProviderRateLimited):
        return error.retry_after or (_reset(channel, reply) if reply is not None else None)
    return _reset(channel, reply) if reply is not None else None


def _reset(channel: Channel, reply: Reply) -> timedelta | None:
    spec = channel.provider.spec
    if spec.ease is not None and (pause := spec.ease(reply)) is not None:
        return min(pause, _LONGEST)
    for rate in spec.rate_headers:
        if reply.headers.get(rate.remaining, "").strip() != "0" or rate.reset is None:
            continue
        text = reply.headers.get(rate.reset, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            continue
        seconds = float(text)
        if rate.reset_is == "unix_seconds":
            seconds -= reply.received_at.timestamp()
        if seconds > 0:
            return min(timedelta(seconds=seconds), _LONGEST)
    return None
