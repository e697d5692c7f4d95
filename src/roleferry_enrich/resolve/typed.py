"""What somebody typed, in the form in which slips of the keys are looked for.

A provider's e-mail address that does not parse is no address. A typed one that does not parse
still shows whose it was, so it is kept as written.
"""

from dataclasses import dataclass

from roleferry_enrich.normalise.birthdays import Birthday


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Folded texts; empty is unknown."""

    given: str = ""
    family: str = ""
    email: str = ""
    """Of one's own; shared mailboxes are left out."""
    phone: str = ""
    """The last digits, which no way of writing the country changes."""
    born: Birthday | None = None
    street: tuple[str, ...] = ()
    postcode: str = ""
    identifier: str = ""
