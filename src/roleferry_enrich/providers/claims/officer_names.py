"""Reads the names of a Companies House officer list, and tells people from companies by name.

The register joins a natural person's parts as `SURNAME, Forename Other, Title` and leaves out
what it does not know; a company's name stands as it is and may hold commas of its own.
"""

import re
from dataclasses import dataclass

# Only titles that are no forenames: `SMITH, Dean` and `SMITH, Earl` are people called so. Mr, Mrs,
# Miss, Ms and Master are never written.
_TITLE = re.compile(
    r"baroness|brigadier|capt(ain)?|cllr|col(onel)?|commander|councillor|countess|dame|doctor|dr|hon"
    r"|honourable|kc|lady|lord|lt|mp|prof(essor)?|qc|rabbi|rev(d|erend)?|right|rt|sir|the|venerable"
    r"|viscount(ess)?",
    re.IGNORECASE,
)
# Forms that no person's name ends in.
_LEGAL_FORM = re.compile(
    r"(& co|\b(limited|ltd|p\.?l\.?c|l\.?l\.?p|l\.?l\.?c|inc|incorporated|corporation|corp|gmbh"
    r"|s\.?a\.?r\.?l|pty|cyfyngedig|cyf|ccc|unlimited|company|partnership))\.?$",
    re.IGNORECASE,
)
# Forms that are also surnames or initials: they count only where no forename follows a comma.
_SHORT_FORM = re.compile(
    r"\S (s\.?a|s\.?p\.?a|s\.?r\.?l|a\.?g|n\.?v|b\.?v|l\.?p|a/?s|a\.?b|o\.?y|k\.?g|s\.?e"
    r"|nominees|secretar(y|ies|ial)|registrars|trustees|holdings|services|group|directors|trust"
    r"|council|university|bank|foundation)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerName:
    last_name: str | None
    first_name: str | None
    middle_names: str | None
    honorific: str | None


def officer_name(text: str) -> OfficerName:
    """The parts of a natural person's entry, each spelled as the register has it."""
    surname, *rest = [part.strip() for part in text.split(",")]
    # With two parts the second is a title where no forename is known ("SMITH, Dr").
    only_title = len(rest) == 1 and _is_title(rest[0])
    forenames = "" if only_title or not rest else rest[0]
    honorific = rest[0] if only_title else ", ".join(part for part in rest[1:] if part)
    first, _, middle = forenames.partition(" ")
    return OfficerName(
        last_name=surname or None,
        first_name=first or None,
        middle_names=middle.strip() or None,
        honorific=honorific or None,
    )


def is_corporate_name(text: str) -> bool:
    """Whether this can only be a company, whatever role it is entered under."""
    parts = [part.strip() for part in text.split(",")]
    if any(_LEGAL_FORM.search(part) for part in parts):
        return True
    return len(parts) == 1 and bool(_SHORT_FORM.search(text) or " & " in text)


def _is_title(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text)
    return bool(words) and all(_TITLE.fullmatch(word) for word in words)
