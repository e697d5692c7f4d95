"""Street addresses and postcodes in the forms that are compared."""

from functools import lru_cache
from types import MappingProxyType

from roleferry_enrich.normalise.text import clean, words

_LIMIT = 300
_SHORT = MappingProxyType(
    {
        short: long
        for long, shorts in {
            "street": "st str",
            "road": "rd",
            "avenue": "ave av",
            "drive": "dr drv",
            "lane": "ln",
            "court": "ct crt",
            "place": "pl",
            "crescent": "cr cres crs",
            "circuit": "cct cir",
            "close": "cl",
            "square": "sq",
            "terrace": "tce ter",
            "boulevard": "blvd bvd",
            "highway": "hwy",
            "parade": "pde",
            "apartment": "apt apmnt flat unit",
            "north": "n",
            "south": "s",
            "east": "e",
            "west": "w",
        }.items()
        for short in shorts.split()
    }
)


@lru_cache(maxsize=16_384)
def address_words(text: str) -> tuple[str, ...]:
    """The words of a street address, usual short forms written out."""
    return tuple(_SHORT.get(word, word) for word in words(clean(text, _LIMIT)))


@lru_cache(maxsize=16_384)
def postcode_key(text: str) -> str:
    """The postcode without spaces and signs, in lower case; empty where there is none."""
    return "".join(words(clean(text, 60)))
