"""What an account used in some days, and what that brought and cost."""

from datetime import date
from enum import StrEnum

from roleferry_enrich.domain.identifiers import MicroUsd
from roleferry_enrich.domain.values import dataclass


class By(StrEnum):
    DAY = "day"
    PROVIDER = "provider"
    FIELD = "field"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    by: By
    value: str | None
    """Of that; None where no API key asked."""
    enrichments: int
    """Of a field, those that have a value for it."""
    cached: int
    """Of these, those of which all was known before."""
    calls: int
    cost: MicroUsd
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    since: date
    until: date
    """The last day."""
    lines: tuple[UsageLine, ...]
    credit_value: MicroUsd | None
    """What a credit is sold for; None where nobody said."""

    def of(self, by: By) -> tuple[UsageLine, ...]:
        return tuple(line for line in self.lines if line.by is by)

    def total(self) -> UsageLine:
        """Of all days."""
        days = self.of(By.DAY)
        return UsageLine(
            by=By.DAY,
            value=None,
            enrichments=sum(day.enrichments for day in days),
            cached=sum(day.cached for day in days),
            calls=sum(day.calls for day in days),
            cost=MicroUsd(sum(day.cost for day in days)),
            credits=sum(day.credits for day in days),
        )

    def revenue(self, line: UsageLine) -> MicroUsd | None:
        value = self.credit_value
        return None if value is None else MicroUsd(value * line.credits)

    def margin(self, line: UsageLine) -> MicroUsd | None:
        """What is left of the revenue when the providers are paid."""
        revenue = self.revenue(line)
        return None if revenue is None else MicroUsd(revenue - line.cost)
