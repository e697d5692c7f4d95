"""One spelling for words that sound alike, however a clerk or a romanisation wrote them.

It is for comparing words that are already known to be near; it is no pronunciation.
"""

import re
from functools import lru_cache
from types import MappingProxyType

_SPELT = MappingProxyType(
    {
        "tsch": "C", "tch": "C", "ch": "C", "sch": "S", "sh": "S", "ph": "f", "ck": "k", "qu": "k",
        "tz": "s", "ts": "s", "cz": "C", "dt": "t", "ce": "se", "ci": "si", "cy": "si", "ei": "ai",
        "ey": "ai", "ay": "ai", "ij": "i", "c": "k", "q": "k", "x": "ks", "z": "s", "w": "v",
        "y": "i", "j": "i",
    }
)  # fmt: skip
_LETTERS = re.compile("|".join(sorted(_SPELT, key=len, reverse=True)))
# After a letter an h is breath (Sarah, Ghani), and old romanisations wrote -off for -ov.
_SILENT = re.compile(r"(?<=.)h|(?<=o)ff$")
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = str.maketrans("eo", "iu")
_LOOSE_FROM = 5


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Of a folded Latin word: `philip` and `fillip`, `erik` and `eric`, `merz` and `mertz`."""
    if not word.isascii():
        return word
    spelt = _LETTERS.sub(lambda found: _SPELT[found[0]], word)
    return _DOUBLED.sub(r"\1", _SILENT.sub(lambda h: "v" if h[0] == "ff" else "", spelt))


@lru_cache(maxsize=65_536)
def loose_sound(word: str) -> str:
    """Also where vowels are what a listener wrote (`usama`, `osama`); short words stay apart."""
    if len(word) < _LOOSE_FROM or not word.isascii():
        return sound(word)
    spoken = sound(word).removesuffix("e")
    return _DOUBLED.sub(r"\1", spoken.replace("ou", "u").replace("iu", "u").translate(_VOWELS))
