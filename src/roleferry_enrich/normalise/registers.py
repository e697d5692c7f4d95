"""Numbers in companies registers. So far the United Kingdom's, the one register we ask."""

import re

from roleferry_enrich.domain.identifiers import CompanyNumber
from roleferry_enrich.normalise.text import clean

# Eight characters: digits, or a prefix of the register's part (SC, NI, OC, ...) and digits. The
# oldest industrial societies end in a letter. As listed by Companies House.
_UK = re.compile(
    r"(AC|CE|CS|FC|FE|GE|GN|GS|IC|IP|LP|NA|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|SA|SC|"
    r"SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)?(\d{1,8})([A-Z]?)",
    re.ASCII,
)


def parse_company_number(text: str, country: str | None = "GB") -> CompanyNumber | None:
    """The number as its register pads it (`00445790`); None where it is no number of it.

    For a country other than the United Kingdom the number stays as written.
    """
    written = re.sub(r"[\s.\-/]", "", clean(text, 60)).upper()
    if country != "GB":
        return CompanyNumber(written) if any(c.isdigit() for c in written) else None
    found = _UK.fullmatch(re.sub(r"^GB(?=\d)", "", written))
    if found is None:
        return None
    prefix, digits, letter = found.group(1) or "", found.group(2), found.group(3)
    width = 8 - len(prefix) - len(letter)
    fits = len(digits) <= width and (prefix or not letter)
    return CompanyNumber(prefix + digits.zfill(width) + letter) if fits else None


def is_distinctly_british(number: str) -> bool:
    """Whether the form alone says the United Kingdom: a prefix, or zeros up to eight digits."""
    parsed = parse_company_number(number)
    return parsed == number and (not number.isdigit() or number.startswith("0"))
