"""The tables of docs/providers.md, made from the adapters so that it cannot disagree with them.

`make docs` writes it between its two marks; a test fails where the page holds anything else.
"""

import sys
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer
from roleferry_enrich.providers.profile import Limit, Profile, profile_of
from roleferry_enrich.terminal.markdown import table

BEGIN = "<!-- providers: written by `make docs` -->"
END = "<!-- end of providers -->"
_PERIODS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
_QUOTA = {"usage": "asked for nothing", "headers": "in reply headers", None: "not told"}


def main() -> None:
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(text: str) -> str:
    """The text with a new table between its marks. Raises ConfigurationError without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigurationError(f"expected {BEGIN} and then {END}")
    return f"{before}{BEGIN}\n{provider_table()}\n{END}{after}"


def provider_table() -> str:
    """What every provider can be asked, needs, gives, costs and allows, as Markdown."""
    profiles = [profile_of(provider) for provider in catalogue().values()]
    offers = [_offer(profile, offer) for profile in profiles for offer in profile.offers]
    columns = ("Provider", "Key", "List price of a credit", "Published limits", "Quota left")
    return "\n\n".join(
        (
            table((*columns, "Notes"), map(_provider, profiles)),
            table(("Provider", "Asked for", "From any of", "May give", "Credits"), offers),
        )
    )


def limits_told(limits: Iterable[Limit], *, otherwise: str = "none") -> str:
    """`15/s, 500/min; verifier: 10/s`."""
    lanes = [
        (f"{lane}: " if lane else "") + ", ".join(f"{it.permits}/{_period(it.period)}" for it in of)
        for lane, of in groupby(limits, lambda limit: limit.lane)
    ]
    return "; ".join(lanes) or otherwise


def needs_told(offer: Offer, *, between: str = "; ") -> str:
    return between.join(" + ".join(sorted(alternative)) for alternative in offer.needs)


def _provider(profile: Profile) -> tuple[str, ...]:
    unlimited = "none; a site is read page by page" if profile.reads_sites else "none"
    return (
        f"[{profile.title}]({profile.docs}) `{profile.name}`",
        "yours" if profile.needs_key else "none",
        f"{profile.credit_price / 1_000_000:.3f} USD" if profile.credit_price else "free",
        limits_told(profile.limits, otherwise=unlimited),
        _QUOTA[profile.quota_told_by],
        " ".join(profile.notes),
    )


def _offer(profile: Profile, offer: Offer) -> tuple[str, ...]:
    return (
        profile.title,
        f"`{offer.capability}`",
        needs_told(offer),
        ", ".join(sorted(offer.gives)),
        f"about {offer.credits}" if offer.credits else "free",
    )


def _period(period: timedelta) -> str:
    seconds = int(period.total_seconds())
    name, size = next(unit for unit in _PERIODS if seconds % unit[1] == 0)
    return name if seconds == size else f"{seconds // size} {name}"


if __name__ == "__main__":
    main()
