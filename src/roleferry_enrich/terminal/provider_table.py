"""The provider table of README, made from the adapters so that it cannot disagree with them.

`make docs` writes it between its two marks; a test fails where README holds anything else.
"""

import sys
from datetime import timedelta
from pathlib import Path

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Offer, Provider, Spec, Window
from roleferry_enrich.terminal.markdown import table

BEGIN = "<!-- providers: written by `make docs` -->"
END = "<!-- end of providers -->"
_PERIODS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def main() -> None:
    readme = Path(sys.argv[1])
    readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")


def with_table(text: str) -> str:
    """The text with a new table between its marks. Raises ConfigurationError without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigurationError(f"expected {BEGIN} and then {END}")
    return f"{before}{BEGIN}\n{provider_table()}\n{END}{after}"


def provider_table() -> str:
    """What every provider can be asked, needs, gives, costs and allows, as Markdown."""
    providers = catalogue().values()
    # Also what is offered only once the operator has set something: the notes say what.
    offers = [_offer(one, offer) for one in providers for offer in Provider.offers(one)]
    return "\n\n".join(
        (
            table(
                ("Provider", "Key", "List price of a credit", "Published limits", "Notes"),
                map(_provider, providers),
            ),
            table(("Provider", "Asked for", "From any of", "May give", "Credits"), offers),
        )
    )


def _provider(provider: Provider) -> tuple[str, ...]:
    spec = provider.spec
    return (
        f"[{spec.title}]({spec.docs}) `{spec.name}`",
        "none" if spec.authenticate is None else "yours",
        f"{spec.credit_price / 1_000_000:.3f} USD" if spec.credit_price else "free",
        _limits(spec),
        " ".join(spec.notes),
    )


def _offer(provider: Provider, offer: Offer) -> tuple[str, ...]:
    return (
        provider.spec.title,
        f"`{offer.capability}`",
        "; ".join(" + ".join(sorted(alternative)) for alternative in offer.needs),
        ", ".join(sorted(offer.gives)),
        f"about {offer.credits}" if offer.credits else "free",
    )


def _limits(spec: Spec) -> str:
    if spec.open_web and not spec.permits:
        return "none; a site is read page by page"
    lanes = [f"{lane}: {_windows(windows)}" for lane, windows in spec.lanes.items()]
    return "; ".join(filter(None, (_windows(spec.permits), *lanes))) or "none"


def _windows(windows: tuple[Window, ...]) -> str:
    return ", ".join(f"{window.permits}/{_period(window.period)}" for window in windows)


def _period(period: timedelta) -> str:
    seconds = int(period.total_seconds())
    name, size = next(unit for unit in _PERIODS if seconds % unit[1] == 0)
    return name if seconds == size else f"{seconds // size} {name}"


if __name__ == "__main__":
    main()
