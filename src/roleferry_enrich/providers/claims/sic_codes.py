"""The industry of a company from its SIC 2007 codes, which the register gives without words.

Sections only: they are what a five-digit code surely means to a reader outside statistics.
"""

from bisect import bisect_right

# First division (two digits) of each section of the UK Standard Industrial Classification 2007,
# https://www.ons.gov.uk/methodology/classificationsandstandards, ending with extraterritorial
# bodies; 98 (households' own use) is used by residents' companies, 99999 by dormant ones.
_SECTIONS = (
    (1, "Agriculture, forestry and fishing"),
    (5, "Mining and quarrying"),
    (10, "Manufacturing"),
    (35, "Electricity, gas, steam and air conditioning supply"),
    (36, "Water supply, sewerage and waste management"),
    (41, "Construction"),
    (45, "Wholesale and retail trade"),
    (49, "Transportation and storage"),
    (55, "Accommodation and food service activities"),
    (58, "Information and communication"),
    (64, "Financial and insurance activities"),
    (68, "Real estate activities"),
    (69, "Professional, scientific and technical activities"),
    (77, "Administrative and support service activities"),
    (84, "Public administration and defence"),
    (85, "Education"),
    (86, "Human health and social work activities"),
    (90, "Arts, entertainment and recreation"),
    (94, "Other service activities"),
    (97, "Activities of households"),
)
_STARTS = tuple(start for start, _ in _SECTIONS)
_NO_TRADE = frozenset({"74990", "99999"})  # non-trading, dormant


def industry_of(codes: tuple[str, ...]) -> str | None:
    """The section of the first code that names a trade."""
    for code in codes:
        division = int(code[:2]) if code[:2].isdecimal() and code.isdecimal() else 0
        if 1 <= division <= 97 and code not in _NO_TRADE:
            return _SECTIONS[bisect_right(_STARTS, division) - 1][1]
    return None
