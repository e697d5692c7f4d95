"""Which words of a name mean more than a name: titles, particles, generations, credentials.

A name without such words is read without the parser; its own vocabulary says which those are.
"""

import re
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING
from unicodedata import category

from roleferry_enrich.normalise.casing import is_initials
from roleferry_enrich.normalise.text import fold, word_set

if TYPE_CHECKING:
    from nameparser import Parser

# Titles the parser does not know; it reads "Doña Maria" and "HRH Prince" as given names. Registers
# of Central and Southern Europe print academic and professional ones before every name.
_HONORIFICS = word_set(
    "dona doña hrh mx mag herr frau mme mlle sra dipl dipl-ing dipl-kfm dipl-kffr ing inz dott "
    "avv rag lic drs ir judr mudr phdr rndr maître"
)
GENERATIONS = MappingProxyType(
    {
        "jr": "Jr",
        "jnr": "Jr",
        "junior": "Jr",
        "sr": "Sr",
        "snr": "Sr",
        "senior": "Sr",
        "ii": "II",
        "iii": "III",
        "iv": "IV",
    }
)
# They open a given name where a name begins; elsewhere they may be anything.
_BOUND = word_set("abu abd")
_EAST_ASIAN = re.compile("[\u2e80-\ufaff]").search


@cache
def name_parser() -> "Parser":
    from nameparser import Lexicon, Parser  # at first use: see `first_use.py`

    return Parser(lexicon=Lexicon.default().add(titles=_HONORIFICS))


def family_start(tokens: list[str]) -> int:
    """Where the surname begins: at the last particles that are not the first word, or last."""
    particles = _particles()
    start = len(tokens) - 1
    for place in range(len(tokens) - 2, 0, -1):
        if tokens[place].lower() in particles:
            start = place
        elif start < len(tokens) - 1:
            break
    return max(start, 1)


def are_given(tokens: list[str], *, listed: bool) -> bool:
    """Whether all are ordinary given names or initials; `listed` after a surname and a comma."""
    return all(
        _is_plain(token, begins=listed or place == 0)
        or _are_initials(token, listed=listed)
        or (not listed and token.lower() in (_particles() if place else _BOUND))
        for place, token in enumerate(tokens)
    )


def are_family(tokens: list[str], *, listed: bool) -> bool:
    """Whether they are particles, if any, and then at least one ordinary word."""
    particles = _particles()
    start = next((i for i, token in enumerate(tokens) if token.lower() not in particles), None)
    return start is not None and all(_is_plain(token, begins=listed) for token in tokens[start:])


@lru_cache(maxsize=16_384)
def _is_plain(word: str, *, begins: bool) -> bool:
    """Whether it is a name and nothing else; where a name begins, a title is one."""
    if len(word) < 2 or word[0] in "-'" or word[-1] in "-'" or _EAST_ASIAN(word):
        return False
    letters = word if word.isalpha() else word.replace("-", "").replace("'", "")
    if not letters.isalpha():
        # In Indic, Thai and Khmer writing vowels are marks.
        letters = "".join(c for c in letters if category(c)[0] != "M")
    meaning = _telling() if begins else _telling_later()
    return letters.isalpha() and len(letters) > 1 and meaning.isdisjoint((word.lower(), fold(word)))


def _are_initials(token: str, *, listed: bool) -> bool:
    """Letters that stand for names; without a stop, or last, some would mean more (`V`, `y`)."""
    certain = token[-1] == "." and not listed
    return is_initials(token) and (certain or token[0].lower() not in _telling())


@cache
def _particles() -> frozenset[str]:
    """Words that open a surname and mean nothing else (`abu` also opens a given name)."""
    lexicon = name_parser().lexicon
    others = (lexicon.titles, lexicon.bound_given_names, lexicon.conjunctions)
    return lexicon.particles.difference(*others, lexicon.suffix_words, lexicon.suffix_acronyms)


@cache
def _telling() -> frozenset[str]:
    """Every word that means more to the parser than a name."""
    lexicon = name_parser().lexicon
    return _telling_later().union(lexicon.titles, lexicon.given_name_titles)


@cache
def _telling_later() -> frozenset[str]:
    """Those that do after a name has begun, where `King` and `Sultan` are names."""
    lexicon = name_parser().lexicon
    return lexicon.particles.union(
        GENERATIONS,
        lexicon.suffix_words,
        lexicon.suffix_acronyms,
        lexicon.conjunctions,
        lexicon.maiden_markers,
    )
