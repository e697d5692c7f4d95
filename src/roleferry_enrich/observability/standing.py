"""Instruments of how providers stand to us: whether they serve us, with which keys, how long."""

from collections.abc import Callable

from opentelemetry.metrics import Meter

from roleferry_enrich.observability.tallies import Level, Tally


class StandingMetrics:
    """`known` makes a label of a provider's name."""

    def __init__(self, meter: Meter, known: Callable[[str], str]) -> None:
        self._known = known
        self._off = Level(
            meter, "roleferry.provider.quarantined", description="1 while the provider is off"
        )
        self._quota = Level(
            meter,
            "roleferry.provider.quota.remaining",
            description="What is left, in the credits or requests that the provider counts",
        )
        self._refused_keys = Tally(
            meter, "roleferry.provider.keys.refused", "Keys refused while another could be used"
        )

    def quarantined(self, provider: str, *, is_off: bool) -> None:
        self._off.set(int(is_off), {"provider": self._known(provider)})

    def quota_told(self, provider: str, remaining: float) -> None:
        """In whole ones."""
        self._quota.set(int(remaining), {"provider": self._known(provider)})

    def key_refused(self, provider: str) -> None:
        self._refused_keys.add(1, {"provider": self._known(provider)})
