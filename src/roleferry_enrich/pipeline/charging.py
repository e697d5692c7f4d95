"""What a request may spend and is charged, as the pipeline sees it: see `accounts/charging.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from roleferry_enrich.domain.credits import Bill, found_fields, is_cached
from roleferry_enrich.domain.enrichments import Enrichment, Request
from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.errors import RequestRefused
from roleferry_enrich.gateway.leave import FREE, Leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """In whose name something is asked, and under which id it is charged."""

    account_id: UUID
    charge_id: UUID
    """Equal for all tries of one item, so that it is charged once."""
    key_id: str | None = None


class Charge(Protocol):
    """Of one request."""

    @property
    def asker(self) -> Asker: ...

    @property
    def leave(self) -> Leave: ...

    @property
    def most(self) -> MicroUsd | None:
        """What providers may be paid for it, by the account's cap; None is no cap."""

    @property
    def refusal(self) -> RequestRefused | None:
        """Why leave was refused, if it was."""

    def bill(self, enrichment: Enrichment, *, is_final: bool) -> Bill: ...


class Charging(Protocol):
    async def open(self, request: Request, asker: Asker) -> Charge:
        """Before anybody is asked. Raises RequestRefused where even an answer known has a price."""

    async def reopen(self, asker: Asker) -> Charge:
        """For what goes on later: leave was taken."""

    async def open_list(self, addresses: int, asker: Asker) -> Charge:
        """For so many addresses to be verified."""

    async def close_list(self, charge: Charge, judged: int) -> None:
        """Charge those that a verifier was asked about and could judge.

        Raises ServiceUnavailable.
        """


@dataclass(frozen=True, slots=True)
class Unmetered:
    """A charge of nothing."""

    asker: Asker
    leave: Leave = FREE
    most: MicroUsd | None = None
    refusal: RequestRefused | None = None

    def bill(self, enrichment: Enrichment, *, is_final: bool) -> Bill:
        return bill_of(self.asker, enrichment, is_final=is_final)


class NoCharging:
    async def open(self, request: Request, asker: Asker) -> Charge:  # noqa: ARG002
        return Unmetered(asker)

    async def reopen(self, asker: Asker) -> Charge:
        return Unmetered(asker)

    async def open_list(self, addresses: int, asker: Asker) -> Charge:  # noqa: ARG002
        return Unmetered(asker)

    async def close_list(self, charge: Charge, judged: int) -> None: ...


def bill_of(
    asker: Asker,
    enrichment: Enrichment,
    *,
    is_final: bool,
    parts: Mapping[str, int] | None = None,
) -> Bill:
    """`parts`: what is charged; None where the account does not pay."""
    return Bill(
        charge_id=asker.charge_id,
        key_id=asker.key_id,
        is_metered=parts is not None,
        is_final=is_final,
        is_owed=enrichment.is_owed,
        fields=found_fields(enrichment),
        is_cached=is_cached(enrichment),
        parts=parts or {},
    )
