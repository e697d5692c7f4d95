"""Job titles: how senior, which department, and when two titles are the same one.

Titles are read as phrases of a vocabulary, so a title nobody listed says what its known words say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from roleferry_enrich.normalise.text import clean, word_set, words
from roleferry_enrich.normalise.title_words import (
    DEPARTMENT,
    EXECUTIVE,
    EXPANSIONS,
    SAID_SENIORITY,
    SENIORITIES,
    SENIORITY,
)
from roleferry_enrich.normalise.title_words_abroad import ENGLISH, HEADS

_LIMIT = 300
_LONGEST_PHRASE = 5
_PARTS = re.compile(r"\s*[,;/|&+·•]\s*|\s+-\s+|\s+(?:and|und|et|y|e)\s+", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:at|@|bei|chez|presso|bij)\s+.*$", re.IGNORECASE)
# Who serves somebody senior is not senior: "Executive Assistant to the CEO".
_SERVES = ("assistant", "secretary", "office of the ceo", "founders associate", "pa to", "ea to")
# What was is not: "Former CEO", "Ex-CFO", "CEO (retired)".
_PAST = word_set(
    "former formerly ex retired emeritus emerita past previously ancien ancienne ehemaliger "
    "ehemalige ehemals ehem antiguo antigua anterior voormalig oud gewezen"
)
# Words that say nothing about which title it is.
_FILLERS = word_set(
    "of the for to and group global international uk emea us worldwide de la le les des du der die "
    "den dem di del della do da dos das van voor von für et und y e"
)
# What is already written out stays so: "chief executive officer" has no officer too many.
_EXPANSIONS = {**ENGLISH, **EXPANSIONS, **{full: full for full in EXPANSIONS.values()}}
_ABBREVIATIONS = word_set(
    "ceo cfo cto coo cmo cio cro cpo chro cco cdo ciso cso clo cgo md vp svp evp avp hr it gm ned "
    "uk us usa eu emea apac mena dach bd pr ux ui qa ai ml r&d b2b b2c saas sap crm erp pdg ict "
    "m&a"
)
_SMALL = word_set("of the for to and in at von der für de du des la le und et")


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    text: str
    """As written, in the casing a person would use."""
    key: str
    """Equal for equal titles: `CEO`, `Chief Executive` and `chief executive officer`."""
    seniority: str | None
    """One of owner, founder, c_suite, partner, vp, head, director, manager, senior, entry."""
    department: str | None
    is_executive: bool
    """Whether somebody of this title takes part in leading the company."""


def parse_title(text: str) -> Title | None:
    """The job title in `text`, None where there is no word."""
    written = clean(text, _LIMIT).strip(" ,;-|/")
    return _parsed(written) if words(written) else None


def parse_seniority(text: str) -> str | None:
    """A seniority as a provider puts it (`c_suite`, `Mid-Senior level`), in our words."""
    said = " ".join(words(clean(text, 100).replace("_", " ")))
    if said in SAID_SENIORITY:
        return SAID_SENIORITY[said]
    title = parse_title(said)
    return title.seniority if title else None


def parse_department(text: str) -> str | None:
    """A department as a provider puts it (`master_sales`, `Human Resources`), in our words."""
    said = clean(text, 100).replace("_", " ").removeprefix("master ")
    return _department(_expanded(words(said)))


@lru_cache(maxsize=16_384)
def _parsed(written: str) -> Title:
    bare = _PLACE.sub("", written) or written
    parts = [_expanded(words(part)) for part in _PARTS.split(bare)]
    parts = [part for part in parts if part]
    held = [part for part in parts if not _PAST & set(part) or "officio" in part]
    whole = _expanded(words(bare)) if len(held) == len(parts) else tuple(chain(*held))
    seniority = _seniority(whole)
    return Title(
        text=_cased(written),
        key=" / ".join(sorted(_key(part) for part in parts)) or " ".join(words(written)),
        seniority=seniority,
        department=_department(whole),
        is_executive=seniority in EXECUTIVE,
    )


def _expanded(spelt: tuple[str, ...]) -> tuple[str, ...]:
    """The words with abbreviations and variants written out."""
    out: list[str] = []
    index = 0
    while index < len(spelt):
        size, phrase = _longest(spelt, index, _EXPANSIONS)
        out.extend(_EXPANSIONS[phrase].split() if size else _compound(spelt[index]))
        index += size or 1
    return tuple(out)


def _compound(word: str) -> tuple[str, ...]:
    """`vertriebsleiter` is a head of sales: what it ends in, and what comes before."""
    ending = next((end for end in HEADS if word.endswith(end) and len(word) > len(end) + 2), None)
    if ending is None or word in SENIORITY:
        return (word,)
    before = word.removesuffix(ending).removesuffix("-")
    field = before if before in _EXPANSIONS else before.removesuffix("s")
    return (*_EXPANSIONS.get(field, field).split(), *HEADS[ending].split())


def _longest(spelt: tuple[str, ...], index: int, table: Mapping[str, str]) -> tuple[int, str]:
    """How many words from `index` form the longest phrase of the table, and that phrase."""
    for size in range(min(_LONGEST_PHRASE, len(spelt) - index), 0, -1):
        phrase = " ".join(spelt[index : index + size])
        if phrase in table:
            return size, phrase
    return 0, ""


def _phrases(spelt: tuple[str, ...], table: Mapping[str, str]) -> Iterator[str]:
    index = 0
    while index < len(spelt):
        size, phrase = _longest(spelt, index, table)
        if size:
            yield phrase
        index += size or 1


def _seniority(spelt: tuple[str, ...]) -> str | None:
    found = list(_phrases(spelt, SENIORITY))
    if any(SENIORITY[phrase] == "entry" and _serves(phrase) for phrase in found):
        lower = {SENIORITY[phrase] for phrase in found} & {"manager", "entry"}
        return _highest(lower - {"entry"} or {"entry"})
    chiefs = {"c_suite"} if {"chief", "officer"} <= set(spelt) else set()
    return _highest({SENIORITY[phrase] for phrase in found} | chiefs)


def _serves(phrase: str) -> bool:
    return phrase.startswith(_SERVES) or phrase.endswith(" assistant")


def _highest(seniorities: set[str]) -> str | None:
    return next((known for known in SENIORITIES if known in seniorities), None)


def _department(spelt: tuple[str, ...]) -> str | None:
    """The first department named; leading the whole company only where no other is named."""
    found = [DEPARTMENT[phrase] for phrase in _phrases(spelt, DEPARTMENT)]
    return next((name for name in found if name != "management"), found[0] if found else None)


def _key(spelt: tuple[str, ...]) -> str:
    return " ".join(word for word in spelt if word not in _FILLERS) or " ".join(spelt)


def _cased(written: str) -> str:
    """Shouted or whispered titles in title case; anything else as its writer chose."""
    if not (written.isupper() or written.islower()) or written.lower() in _ABBREVIATIONS:
        return written.upper() if written.lower() in _ABBREVIATIONS else written
    return " ".join(_cased_word(word, place) for place, word in enumerate(written.split()))


def _cased_word(word: str, place: int) -> str:
    bare = word.strip(",.;:()/").lower()
    if bare in _ABBREVIATIONS:
        return word.upper()
    if bare in _SMALL and place:
        return word.lower()
    pieces = re.split(r"([-/(&])", word.lower())
    return "".join(map(str.capitalize, pieces))
