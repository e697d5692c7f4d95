"""How well each provider knows the invented world: what it covers, gets wrong, costs and takes.

The figures are ours, set so that the providers differ as the real ones are said to: a register is
exact and narrow, sales databases are broad and a little stale. They measure this product's
merging, and say nothing about any real provider's quality.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Casing = Literal["as_is", "lower"]
Audience = Literal["everyone", "officers", "leadership"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    median_ms: float
    p95_ms: float
    tail: float = 0.005
    """How often an answer takes `tail_factor` times as long."""
    tail_factor: float = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """Rates are shares of people (or companies), 0 to 1; whom each hits never changes."""

    name: str
    companies: float
    """Share of companies known at all."""
    people: float
    """Share of the people of a known company who are known."""
    countries: frozenset[str] = frozenset()
    """Country codes covered; empty is all."""
    audience: Audience = "everyone"
    most_people: int | None = None
    """The most it ever shows of one company."""
    leavers: float = 0.0
    """Share of resigned people whom it still shows."""
    typos: float = 0.0
    nicknames: float = 0.0
    """Share of those with a short form who go by it here."""
    unaccented: float = 0.0
    flipped: float = 0.0
    """First and last name in each other's place."""
    reworded_titles: float = 0.0
    stale_titles: float = 0.0
    stale_employers: float = 0.0
    """Share of those who changed companies who are still shown at the one before."""
    guessed_emails: float = 0.0
    wrong_people: float = 0.005
    """Share of lookups that are answered with somebody else."""
    missing: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Member of `Person` or `Company` to the share of those without it."""
    estimated: float = 0.0
    """How far headcount and revenue may be off, as a share."""
    former_company_names: float = 0.0
    casing: Casing = "as_is"
    latency: Latency = Latency(median_ms=120, p95_ms=400)
    price: int = 0
    """Millionths of a dollar for a call that was answered with a 200."""


def lens_for(name: str) -> Lens:
    """The provider's own lens; for one not in the table, that of a middling database."""
    middling = Lens(name=name, companies=0.7, people=0.7, typos=0.02, stale_titles=0.06)
    return LENSES.get(name, middling)


_NOT_IN_A_REGISTER = dict.fromkeys(
    (
        *("email", "personal_email", "mobile", "linkedin_slug", "nickname"),
        *("domain", "phone", "description", "employees", "revenue"),
        *("technologies", "workforce", "workforce_change"),
    ),
    1.0,
)
"""What the law does not ask for, so that a register does not have it."""

LENSES: Mapping[str, Lens] = MappingProxyType(
    {
        lens.name: lens
        for lens in (
            Lens(
                name="companies_house",
                companies=1.0,
                people=1.0,
                countries=frozenset({"GB"}),
                audience="officers",
                leavers=1.0,
                wrong_people=0.0,
                missing=MappingProxyType(_NOT_IN_A_REGISTER),
                latency=Latency(median_ms=90, p95_ms=260),
            ),
            Lens(
                name="apollo",
                companies=0.92,
                people=0.82,
                leavers=0.12,
                typos=0.01,
                nicknames=0.35,
                unaccented=0.4,
                flipped=0.002,
                reworded_titles=0.35,
                stale_titles=0.07,
                stale_employers=0.08,
                guessed_emails=0.03,
                missing=MappingProxyType(
                    {"email": 0.12, "personal_email": 0.6, "mobile": 0.5, "middle_name": 1.0}
                ),
                estimated=0.2,
                former_company_names=0.02,
                latency=Latency(median_ms=180, p95_ms=620),
                price=20_000,
            ),
            Lens(
                name="hunter",
                companies=0.80,
                people=0.69,
                leavers=0.10,
                typos=0.005,
                nicknames=0.2,
                unaccented=0.6,
                reworded_titles=0.3,
                stale_titles=0.08,
                stale_employers=0.06,
                guessed_emails=0.05,
                missing=MappingProxyType(
                    {"personal_email": 1.0, "mobile": 0.95, "middle_name": 1.0, "title": 0.25}
                ),
                latency=Latency(median_ms=240, p95_ms=900),
                price=17_000,
            ),
            Lens(
                name="clearbit",
                companies=0.75,
                people=0.60,
                leavers=0.25,
                typos=0.01,
                nicknames=0.3,
                unaccented=0.3,
                flipped=0.003,
                reworded_titles=0.3,
                stale_titles=0.18,
                stale_employers=0.25,
                missing=MappingProxyType(
                    {"mobile": 1.0, "personal_email": 1.0, "middle_name": 1.0, "phone": 0.3}
                ),
                estimated=0.3,
                former_company_names=0.06,
                latency=Latency(median_ms=150, p95_ms=500),
                price=30_000,
            ),
            Lens(
                name="clay",
                companies=0.86,
                people=0.74,
                leavers=0.14,
                typos=0.008,
                nicknames=0.3,
                unaccented=0.35,
                flipped=0.002,
                reworded_titles=0.25,
                stale_titles=0.08,
                stale_employers=0.09,
                guessed_emails=0.03,
                missing=MappingProxyType({"email": 0.15, "middle_name": 1.0}),
                estimated=0.25,
                former_company_names=0.03,
                latency=Latency(median_ms=450, p95_ms=1500),
            ),
            Lens(
                name="explorium",
                companies=0.82,
                people=0.73,
                leavers=0.12,
                typos=0.01,
                nicknames=0.25,
                unaccented=0.8,
                flipped=0.002,
                reworded_titles=0.25,
                stale_titles=0.09,
                stale_employers=0.08,
                guessed_emails=0.02,
                missing=MappingProxyType(
                    {"email": 0.2, "mobile": 0.6, "personal_email": 0.7, "middle_name": 1.0}
                ),
                estimated=0.25,
                former_company_names=0.03,
                casing="lower",
                latency=Latency(median_ms=320, p95_ms=1100),
                price=25_000,
            ),
            Lens(
                name="website",
                companies=0.88,
                people=0.95,
                audience="leadership",
                most_people=12,
                leavers=0.03,
                nicknames=0.5,
                reworded_titles=0.25,
                stale_titles=0.02,
                wrong_people=0.0,
                missing=MappingProxyType(
                    {"email": 0.6, "personal_email": 1.0, "mobile": 0.9, "middle_name": 0.9}
                ),
                latency=Latency(median_ms=200, p95_ms=900, tail=0.01),
            ),
            Lens(
                name="x",
                companies=0.6,
                people=0.5,
                audience="leadership",
                leavers=0.02,
                wrong_people=0.0,
                missing=MappingProxyType({"email": 1.0, "personal_email": 1.0, "mobile": 1.0}),
                latency=Latency(median_ms=140, p95_ms=420),
                price=10_000,
            ),
            Lens(
                name="facebook",
                companies=0.65,
                people=0.0,  # a page names nobody
                wrong_people=0.0,
                former_company_names=0.02,
                missing=MappingProxyType({"description": 0.4, "phone": 0.3}),
                latency=Latency(median_ms=170, p95_ms=520),
            ),
            Lens(
                name="linkedin",
                companies=0.9,
                people=0.0,  # it shows nobody to an app
                former_company_names=0.01,
                missing=MappingProxyType({"domain": 0.08, "description": 0.3}),
                latency=Latency(median_ms=160, p95_ms=480),
            ),
            Lens(
                # It asks the mail server, whosever mailbox it is.
                name="neverbounce",
                companies=1.0,
                people=1.0,
                wrong_people=0.0,
                latency=Latency(median_ms=350, p95_ms=1800),
                price=8_000,
            ),
        )
    }
)
