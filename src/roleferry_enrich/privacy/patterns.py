"""What to look for in the text of stored rows before they are read one by one. Pure.

A pattern finds at least what it has to, in whatever spelling, and more: `scrubbing.py` decides.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from roleferry_enrich.privacy.traces import Traces

_LAST_DIGITS = 7


def patterns_of(traces: Traces) -> tuple[str, ...]:
    """Regular expressions as PostgreSQL reads them, to be matched whatever the case."""
    return tuple(dict.fromkeys(_patterns(traces)))


def _patterns(traces: Traces) -> Iterator[str]:
    for address in traces.values("email"):
        local = address.rpartition("@")[0].replace(".", "")
        yield r"\.?".join(map(re.escape, local)) + r"(\+[^@[:space:]]*)?@"
    for number in traces.values("phone"):
        yield r"\D{0,3}".join(number[-_LAST_DIGITS:])
    for profile in traces.values("profile"):
        slug = profile.rpartition("/")[2]
        yield re.escape(slug)
        yield re.escape(quote(slug))
    for name in traces.names:
        yield _whatever_accent(max(name.split(), key=len))
    for form in traces.forms:
        if form.kind.startswith("name_"):
            yield _whatever_accent(max(form.value.partition("|")[0].split(), key=len))


def _whatever_accent(word: str) -> str:
    """Names are compared without accents; a row has them as they were written."""
    return "".join(f"([{re.escape(letter)}]|[^[:ascii:]])" for letter in word)
