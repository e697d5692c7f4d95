"""The tables of `docs/matching.md`, made from the comparisons and rules themselves.

`make docs` writes them between their marks; a test fails where the page holds anything else. The
prose around them is written by hand.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from inspect import cleandoc
from pathlib import Path
from types import MappingProxyType
from typing import Any

from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.resolve.company_fields import COMPANY_RULES
from roleferry_enrich.resolve.evidence import IDENTIFYING, PERSON_COMPARISONS
from roleferry_enrich.resolve.matters import HALF_LIFE, Matter
from roleferry_enrich.resolve.person_fields import PERSON_RULES
from roleferry_enrich.resolve.survivorship import Rule
from roleferry_enrich.resolve.trust import INDEPENDENCE, OTHERS, RIVALRY
from roleferry_enrich.terminal.markdown import table

_END = "<!-- end -->"
_YEAR = timedelta(days=365)


def main() -> None:
    page = Path(sys.argv[1])
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


def with_tables(text: str) -> str:
    """The page with every table new. Raises ConfigurationError where a mark is missing."""
    for name, write in TABLES.items():
        before, begin, rest = text.partition(mark(name))
        _, end, after = rest.partition(_END)
        if not begin or not end:
            raise ConfigurationError(f"expected {mark(name)} and then {_END}")
        text = f"{before}{begin}\n{write()}\n{end}{after}"
    return text


def mark(name: str) -> str:
    return f"<!-- {name}: written by `make docs` -->"


def _comparisons() -> str:
    heading = ("What is compared", "What it looks at", "If it agrees", "If it differs")
    return table(heading, map(_comparison, PERSON_COMPARISONS))


def _comparison(weighted: Any) -> tuple[str, ...]:
    identifies = " *" if weighted.name in IDENTIFYING else ""
    return (
        f"`{weighted.name}`{identifies}",
        _said(weighted.compare),
        f"+{weighted.agreeing:g}",
        f"-{weighted.differing:g}" if weighted.differing else "0",
    )


def _said(documented: Callable[..., object]) -> str:
    """A docstring as one line."""
    return " ".join(cleandoc(documented.__doc__ or "").split())


def _facts() -> str:
    heading = (
        "Kind of fact",
        "Half has changed after",
        "Trust in a new source",
        "Agreement",
        "Rivalry",
    )
    return table(heading, map(_fact, Matter))


def _fact(matter: Matter) -> tuple[str, ...]:
    return (
        f"`{matter.value}`",
        f"{HALF_LIFE[matter] / _YEAR:.1f} years",
        f"{OTHERS[matter]:.0%}",
        f"{INDEPENDENCE[matter]:g}",
        f"{RIVALRY[matter]:g}",
    )


def _person_fields() -> str:
    return _fields(PERSON_RULES)


def _company_fields() -> str:
    return _fields(COMPANY_RULES)


def _fields(rules: Sequence[Rule[Any]]) -> str:
    heading = ("Field", "Kind of fact", "Who wins", "Taken from")
    return table(heading, _rows(rules))


def _rows(rules: Iterable[Rule[Any]]) -> Iterator[tuple[str, ...]]:
    for rule in rules:
        wins = "the newest word of a register" if rule.register_decides else "the best supported"
        whole = f"those who said the winning `{rule.follows}`" if rule.follows else "everybody"
        yield f"`{rule.field}`", f"`{rule.matter.value}`", wins, whole


TABLES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "comparisons": _comparisons,
        "facts": _facts,
        "fields of a person": _person_fields,
        "fields of a company": _company_fields,
    }
)
"""By mark, in the order of the page."""


if __name__ == "__main__":
    main()
