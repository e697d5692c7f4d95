"""What every parser of people's text does first, and the form in which texts are compared.

Providers send zero-width joiners, right-to-left marks, stacks of combining marks and 100 kB
strings. Here they become short, visible and canonical once, so that no parser meets them.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from types import MappingProxyType

# Canonical ordering is quadratic in a run of combining marks, so it never sees more than this.
_READ_AHEAD = 4
_MARKS_A_LETTER = 3
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})

# Letters that decompose into nothing, and the two scripts that providers romanise most.
_LATIN = "æae øo łl đd ðd þth œoe ħh ıi ŋn əa ʻ ʼ"
_CYRILLIC = (
    "аa бb вv гg дd еe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь "
    "эe юyu яya іi їyi єye ґg ўu џdz ђdj љlj њnj ћc јj ќk ѓg ѕdz қq ғgh үu ұu һh ңn өo әa"
)
_GREEK = "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo"
_ROMAN = MappingProxyType(
    {ord(pair[0]): pair[1:] for table in (_LATIN, _CYRILLIC, _GREEK) for pair in table.split()}
)


def clean(text: str, limit: int) -> str:
    """Visible characters in NFC, single spaces between words, at most `limit` bytes of UTF-8."""
    bounded = text[: limit * _READ_AHEAD]
    if bounded.isascii() and bounded.isprintable():
        return " ".join(bounded.split())[:limit].strip()
    shown = "".join(_visible(bounded))
    composed = unicodedata.normalize("NFC", " ".join(shown.split()))
    whole = "".join(_few_marks(composed))
    return whole.encode()[:limit].decode(errors="ignore").strip()


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Lower case without accents, in Latin letters where a letter has a usual romanisation."""
    if text.isascii():
        return text.lower()
    # Decomposed first, so that "й" keeps its own romanisation only where it stands alone.
    romanised = unicodedata.normalize("NFKC", text).casefold().translate(_ROMAN)
    bare = unicodedata.normalize("NFKD", romanised)
    unmarked = "".join(c for c in bare if not _is_accent(c)).casefold().translate(_ROMAN)
    return unicodedata.normalize("NFC", unmarked)


@lru_cache(maxsize=16_384)
def words(text: str) -> tuple[str, ...]:
    """The folded words: letters and digits, apostrophes inside a word dropped."""
    folded = text.lower() if text.isascii() else fold(text)
    plain = tuple(folded.split())
    if all(map(str.isalnum, plain)):
        return plain
    joined = _without_stops(folded.translate(_JOINERS))
    if joined.isascii():
        return tuple(_ASCII_WORDS(joined))
    return tuple("".join(c if _in_word(c) else " " for c in joined).split())


def _without_stops(text: str) -> str:
    """Single letters between full stops are one word (`p.l.c.`); `monday.com` is two."""
    return " ".join(
        token.replace(".", "") if all(len(p) < 2 for p in token.split(".")) else token
        for token in text.split(" ")
    )


def word_set(table: str) -> frozenset[str]:
    """A list of words, as a table in a module is easiest to read."""
    return frozenset(table.split())


_ASCII_WORDS = re.compile("[a-z0-9]+").findall
_JOINERS = MappingProxyType(dict.fromkeys(map(ord, "'’‘ʼ`´·"), None))


def _is_accent(character: str) -> bool:
    # In Indic, Thai and Japanese writing a mark makes another syllable, so it stays.
    return (
        unicodedata.combining(character) > 0
        and not "\u0900" <= character < "\u1ab0"
        and not ("\u3000" <= character < "\u3100")
    )


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _visible(text: str) -> Iterator[str]:
    for character in text:
        if character.isspace():
            yield " "
        elif unicodedata.category(character) not in _INVISIBLE:
            yield character


def _few_marks(text: str) -> Iterator[str]:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MARKS_A_LETTER:
            yield character
