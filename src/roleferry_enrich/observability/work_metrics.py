"""Instruments of what is done in the background: items of batches, webhooks out and in."""

from datetime import timedelta
from enum import StrEnum

from opentelemetry.metrics import Meter

from roleferry_enrich.domain.batches import ItemState
from roleferry_enrich.observability.tallies import Level, Tally


class Waiting(StrEnum):
    """What may pile up."""

    ITEMS = "items"
    """Of batches, which no worker has begun."""
    WEBHOOKS_OUT = "webhooks_out"
    """Messages that are to be sent, also again."""
    WEBHOOKS_IN = "webhooks_in"
    """Events that were taken in and have had no effect yet."""


class Sent(StrEnum):
    """What came of one attempt to send a message."""

    DELIVERED = "delivered"
    STATUS = "status"
    TIMED_OUT = "timed_out"
    TLS = "tls"
    NO_CONNECTION = "no_connection"
    CONNECTION_LOST = "connection_lost"
    ADDRESS_REFUSED = "address_refused"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a word for what failed
    OTHER = "other"


class WorkMetrics:
    def __init__(self, meter: Meter) -> None:
        self._ended = Tally(meter, "roleferry.items.ended", "Items of batches, by their end")
        self._fenced = Tally(
            meter, "roleferry.items.fenced", "Ends refused: another worker had the item by then"
        )
        self._orphaned = Tally(
            meter, "roleferry.items.orphaned", "Items whose worker died, each time"
        )
        self._sent = Tally(
            meter, "roleferry.webhooks.sent", "Attempts to send a message, by what came of it"
        )
        self._running = Level(meter, "roleferry.items.running", "Items of batches under way")
        self._waiting = Level(meter, "roleferry.waiting", "How many wait, of what kind")
        self._age = Level(
            meter, "roleferry.waiting.age.seconds", "How long what should have been next waits"
        )
        self._dead = Level(
            meter,
            "roleferry.webhooks_in.dead",
            "Events that were given up; `webhooks list` has them",
        )

    def item_ended(self, state: ItemState) -> None:
        self._ended.add(1, {"state": state.value})

    def item_fenced(self) -> None:
        self._fenced.add(1, {})

    def items_orphaned(self, count: int) -> None:
        self._orphaned.add(count, {})

    def webhook_sent(self, failure: str | None) -> None:
        """`failure` is one of `Sent`, or None."""
        known = Sent.DELIVERED if failure is None else failure
        is_known = known in Sent.__members__.values()
        self._sent.add(1, {"outcome": str(known) if is_known else Sent.OTHER.value})

    def running(self, count: int) -> None:
        self._running.set(count, {})

    def waiting(self, what: Waiting, count: int, age: timedelta) -> None:
        """`age` of what is due for the longest time; none is no time."""
        self._waiting.set(count, {"what": what.value})
        self._age.set(int(age.total_seconds()), {"what": what.value})

    def dead(self, count: int) -> None:
        self._dead.set(count, {})

    def unknown(self) -> None:
        """Nobody can tell what waits: the levels of before would be taken for those of now."""
        for level in (self._running, self._waiting, self._age, self._dead):
            level.forget()
