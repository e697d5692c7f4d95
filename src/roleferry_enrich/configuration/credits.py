"""What may be set of credits and of caps on spending; part of `settings.py`.

An account's own plan comes before these: `roleferry-enrich credits plan`.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX
from roleferry_enrich.domain.credits import AccountPlan, Caps, Prices
from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.domain.identifiers import MicroUsd

_PAIR = re.compile(r"([a-z][a-z_]*):(\d{1,6})")
_MICRO = 1_000_000

Credits = Annotated[int, Field(ge=0, le=1_000_000)]
Dollars = Annotated[Decimal, Field(gt=0, le=10_000_000)]


def read_prices(text: object) -> object:
    """`phone:5,personal_email:2`."""
    if not isinstance(text, str):
        return text
    found = [_PAIR.fullmatch(part.strip()) for part in text.split(",")]
    read = {match[1]: int(match[2]) for match in found if match}
    if len(read) < len(found):
        raise ValueError("expected fields with their prices in credits such as phone:5,title:1")
    return read


def known_fields(prices: Mapping[str, int]) -> Mapping[str, int]:
    if not prices.keys() <= set(PERSON_FIELDS):
        raise ValueError(f"expected fields of an answer: {', '.join(PERSON_FIELDS)}")
    return prices


FieldPrices = Annotated[
    Mapping[str, Credits], BeforeValidator(read_prices), AfterValidator(known_fields)
]


class CreditSettings(BaseModel):
    """Prices of accounts that pay in credits: those that were granted any."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    enrichment: Credits = 1
    """For an enrichment that found anything new."""
    fields: FieldPrices = Field(default_factory=dict)
    """For each value found, on top of it."""
    cached: Credits = 0
    """For an enrichment that found what was known before."""
    verification: Credits = 0
    """For an address that a verifier could judge."""
    value: Dollars | None = None
    """What a credit is sold for, in US dollars: with it the usage tells the margin."""


class CapSettings(BaseModel):
    """The most that providers may be paid for an account, in US dollars."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    request: Dollars | None = None
    job: Dollars | None = None
    day: Dollars | None = None
    month: Dollars | None = None


def plan_of(credits: CreditSettings, caps: CapSettings) -> AccountPlan:
    """That of every account that has none of its own."""
    return AccountPlan(
        prices=Prices(
            enrichment=credits.enrichment,
            fields=credits.fields,
            cached=credits.cached,
            verification=credits.verification,
        ),
        caps=Caps(
            request=micro(caps.request),
            job=micro(caps.job),
            day=micro(caps.day),
            month=micro(caps.month),
        ),
    )


def micro(dollars: Decimal | None) -> MicroUsd | None:
    return None if dollars is None else MicroUsd(int(dollars * _MICRO))


def credit_names() -> frozenset[str]:
    """Every variable there is."""
    return frozenset(
        DELIMITER.join((PREFIX + group, name.upper()))
        for group, model in (("CREDITS", CreditSettings), ("CAPS", CapSettings))
        for name in model.model_fields
    )
