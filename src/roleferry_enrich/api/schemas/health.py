"""What the health operations say."""

from typing import Literal

from pydantic import with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.providers import ProviderState


@with_config(DOCUMENTED)
class Liveness(TypedDict):
    """The process answers."""

    status: Literal["alive"]


@with_config(DOCUMENTED)
class Check(TypedDict):
    """One thing the service rests on."""

    status: Literal["up", "down"]
    reason: str | None
    """Why it is down."""


@with_config(DOCUMENTED)
class Readiness(TypedDict):
    """Whether requests should be sent here."""

    status: Literal["ready", "degraded", "unavailable"]
    """`degraded`: works without Redis, with each process keeping to its own share of the limits.
    `unavailable`: PostgreSQL is down."""
    checks: dict[str, Check]
    """`database` and `redis`."""


@with_config(DOCUMENTED)
class ProviderStates(TypedDict):
    """How every provider is doing."""

    providers: list[ProviderState]
