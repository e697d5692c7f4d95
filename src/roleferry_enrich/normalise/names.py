"""A person's name, taken apart from whatever way a provider or a person wrote it.

`nameparser` reads the hard forms; plain ones are read here, many times faster. A reading is kept
only if it is stable: reading its own `full` again gives the same name.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from roleferry_enrich.normalise.casing import cased_name, is_initials
from roleferry_enrich.normalise.text import clean, fold, words

if TYPE_CHECKING:
    from nameparser import ParsedName, Parser

NAME_LIMIT = 300
"""Bytes; the longest real names written out are below 200."""

_ASIDE = re.compile(r"\s+[|•·–—]\s*|\s+-\s+")
# Beyond that it is a sentence, on which the parser would spend a tenth of a second.
_MOST_WORDS = 25
_NO_NAME = ("@", "://", "www.", "\\")
# Titles the parser does not know; it reads "Doña Maria" and "HRH Prince" as given names.
_HONORIFICS = frozenset({"dona", "doña", "hrh", "mx", "mag", "herr", "frau", "mme", "mlle", "sra"})
_GENERATIONS = {
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
_MAIDEN_LIST = re.compile(r"\s*\((?:n[ée]e|geb\.?|formerly)\s[^()]*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """Parts in the casing a person would write; an empty text is a part the name lacks."""

    first: str = ""
    middle: str = ""
    last: str = ""
    honorific: str = ""
    suffix: str = ""
    """The generation (`Jr`, `III`), which tells a father from his son."""
    credentials: str = ""
    """Letters after the name (`PhD, MBA`)."""
    nickname: str = ""

    @property
    def full(self) -> str:
        """In reading order, without honorific, generation or credentials."""
        parts = (self.first, self.middle, self.last)
        ordered = reversed(parts) if self._is_east_asian else parts
        return " ".join(part for part in ordered if part)

    @property
    def short(self) -> str:
        """First and last name, which is what most providers search by."""
        ordered = (self.last, self.first) if self._is_east_asian else (self.first, self.last)
        return " ".join(part for part in ordered if part)

    @property
    def key(self) -> str:
        """The form in which names are compared and indexed."""
        return " ".join(words(self.full))

    @property
    def _is_east_asian(self) -> bool:
        """Written in characters of East Asia, where the surname is read first."""
        return bool(self.first and self.last) and all(
            "\u2e80" <= part[0] < "\ufb00" for part in (self.first, self.last)
        )


def parse_person_name(text: str) -> PersonName | None:
    """The name in `text` ("SMITH, John", "Dr John Smith MBA", "J.A. Smith"), None if none is."""
    written = _straight(clean(text, NAME_LIMIT))
    return _stable(written) if any(c.isalpha() for c in written) else None


def person_name_of_parts(
    first: str | None,
    last: str | None,
    *,
    middle: str | None = None,
    honorific: str | None = None,
) -> PersonName | None:
    """The name of parts a provider already told apart; they are not guessed at again."""
    given = _part(first)
    family = _part(last)
    if not given and not family:
        return None
    initials = _spread_initials(given)
    middles = [*initials[1:], *_spread_initials(_part(middle))]
    shouted = not any(c.islower() for c in f"{given}{family}")
    return PersonName(
        first=_given(initials[0], shouted=shouted) if initials else "",
        middle=" ".join(cased_name(word) for word in middles),
        last=cased_name(family),
        honorific=_honorific(clean(honorific or "", NAME_LIMIT)),
    )


def _part(text: str | None) -> str:
    return _bare(_straight(clean(text or "", NAME_LIMIT // 3)))


def _straight(text: str) -> str:
    return text.replace("’", "'").replace("‘", "'").replace("`", "'")


@lru_cache(maxsize=16_384)
def _stable(written: str) -> PersonName | None:
    """A reading whose own full form reads the same; None where no reading settles."""
    name = _read(written)
    for _ in range(4):
        if name is None or not any(c.isalpha() for c in name.full):
            return None
        again = _read(name.full)
        if again is not None and again.full == name.full:
            return name
        name = again and replace(
            again, honorific=name.honorific, suffix=name.suffix, credentials=name.credentials
        )
    return None


def _read(written: str) -> PersonName | None:
    if any(mark in written for mark in _NO_NAME) or written.count(" ") > _MOST_WORDS:
        return None
    text = _MAIDEN_LIST.sub("", _ASIDE.split(written, maxsplit=1)[0])
    return _plain(text) or _parsed(text.strip(" ,;"))


def _plain(text: str) -> PersonName | None:
    """Two to four ordinary words, also with the surname in front, need no parser."""
    family, comma, given = text.partition(", ")
    parts = [*given.split(), *family.split()] if comma else text.split()
    if not 2 <= len(parts) <= 4 or not all(map(_is_plain, parts)):
        return None
    last = family if comma else parts[-1]
    names = parts[: -len(last.split())] if last else []
    if not names:
        return None
    shouted = text.isupper()
    return PersonName(
        first=_given(names[0], shouted=shouted),
        middle=" ".join(cased_name(name) for name in names[1:]),
        last=cased_name(last),
    )


@lru_cache(maxsize=16_384)
def _is_plain(word: str) -> bool:
    pieces = word.replace("-", " ").replace("'", " ").split()
    spelt = all(p.isalpha() and (p.istitle() or p.isupper()) and len(p) > 1 for p in pieces)
    return spelt and len(word) > 2 and word[0].isalpha() and fold(word) not in _special()


@cache
def _special() -> frozenset[str]:
    """Every word that means more to the parser than a name."""
    lexicon = _parser().lexicon
    return frozenset().union(
        _HONORIFICS,
        _GENERATIONS,
        lexicon.titles,
        lexicon.given_name_titles,
        lexicon.suffix_words,
        lexicon.suffix_acronyms,
        lexicon.particles,
        lexicon.conjunctions,
        lexicon.bound_given_names,
        lexicon.maiden_markers,
    )


@cache
def _parser() -> "Parser":
    from nameparser import Lexicon, Parser  # at first use: see `first_use.py`

    return Parser(lexicon=Lexicon.default().add(titles=_HONORIFICS))


def _parsed(text: str) -> PersonName | None:
    found = _parser().parse(text)
    given = " ".join(part for part in (found.given, found.middle) if part)
    family = found.family
    if not given and not family:
        # A lone "Prince" or "Major" is somebody's name here, not a title of nobody.
        given = found.title or found.nickname
    initials = _spread_initials(given)
    if not initials and not family:
        return None
    return _assembled(initials, family, found)


def _assembled(given: list[str], family: str, found: "ParsedName") -> PersonName:
    suffixes = [suffix.strip(" ,") for suffix in re.split(r"[,\s]+", found.suffix) if suffix]
    generation = [_GENERATIONS.get(fold(s).strip(".")) for s in suffixes]
    shouted = not any(c.islower() for c in found.original)
    return PersonName(
        first=_given(given[0], shouted=shouted) if given else "",
        middle=" ".join(cased_name(word) for word in given[1:]),
        last=cased_name(_bare(family)),
        honorific=_honorific(found.title) if found.given or found.middle or family else "",
        suffix=next((known for known in generation if known), ""),
        credentials=", ".join(
            s for s, known in zip(suffixes, generation, strict=True) if not known
        ),
        nickname=cased_name(_bare(found.nickname), small_first=False),
    )


def _given(word: str, *, shouted: bool) -> str:
    """`AJ` and `JP` are names as they stand, unless everything else is in capitals too."""
    spoken = any(c in "AEIOUY" for c in word)
    if word.isupper() and len(word) <= 3 and not (shouted and spoken):
        return word
    return cased_name(word, small_first=False)


def _spread_initials(given: str) -> list[str]:
    """The given names one by one, "J.A." as its two initials, each with its full stop."""
    spread: list[str] = []
    for word in _bare(given).split():
        if is_initials(word) and "-" not in word:
            spread.extend(f"{letter}." for letter in word if letter.isalpha())
        elif any(c.isalnum() for c in word):
            spread.append(word)
    return spread


def _bare(text: str) -> str:
    return " ".join(text.replace(",", " ").split()).strip('"“”()[]{}<>;:|/*_+=!?& ')


def _honorific(title: str) -> str:
    plain = " ".join(title.replace(".", " ").split())
    return cased_name(plain, small_first=False)
