"""Company names: the name without its legal form, and the key under which spellings are equal."""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from roleferry_enrich.normalise.casing import cased_name
from roleferry_enrich.normalise.legal_forms import (
    IN_FRONT,
    LEGAL_FORMS,
    LONGEST,
    UNMISTAKABLE,
    UNSPACED,
    WORDS_TOO,
)
from roleferry_enrich.normalise.text import clean, word_set, words

_LIMIT = 400
_ALSO_KNOWN_AS = re.compile(
    r"[\s(]+(?:t/a|t/as|trading as|d/b/a|dba|doing business as|o/a|a/k/a|aka|also known as|"
    r"formerly known as|formerly|previously|f/k/a|fka|vormals)\.?\s+",
    re.IGNORECASE,
)
# What registers write after the name of a company that is being wound up.
_STATUS = re.compile(
    r"(?:[\s,;(\[-]+(?:(?:in|en|under) (?:voluntary |compulsory |creditors\S* )*"
    r"(?:liquidation|administration|receivership|insolvency|insolvenz|liquidazione|liquidaci[oó]n)"
    r"|i\.\s?l\.|struck off|dissolved)[\s.)\]]*)+$",
    re.IGNORECASE,
)
# Capitals after a small letter show a forgotten space: `QuillmereAG`.
_GLUED_FORM = re.compile(r"(?<=[a-zäöüß])(?=(?:AG|GmbH|KG|LLC|PLC|Ltd|Inc)\b)")
_COMPANY = ("company", "co", "and co", "and company", "compagnie", "cie", "and cie", "cia")
_OFTEN_LAST = ("company", "corporation", "limited", "incorporated", "aktiengesellschaft")
_LONG_ENOUGH = 6
_ROMANIAN = frozenset({"srl", "sociedad anonima"})
_SMALL = word_set("a an and at by de del der des di du e el en et for in la le of on und the to y")
_EDGES = " ,;:-–—|/&+\"“”„«»'‘’`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    name: str
    """Without legal form, in the casing a person would use: `Quillmere Instruments`."""
    legal_form: str | None
    """The family of the form (`limited`, `gmbh`); None where the name shows none."""
    also_known_as: str | None = None
    """What it trades as, or was called before, where the text tells both."""
    spelt: tuple[str, ...]
    """All words as written, legal form and all."""
    key: str
    """Equal for names that differ in form, case, accents, punctuation, "the" or "&" only."""


def parse_organisation(text: str) -> Organisation | None:
    """The name in `text`, None where there is no letter or digit."""
    written = clean(text, _LIMIT)
    return _parsed(written) if words(written) else None


def looks_like_organisation(text: str) -> bool:
    """Whether what stands where a person's name belongs is a company's: registers list both."""
    return bool(UNMISTAKABLE.intersection(words(clean(text, _LIMIT))[1:]))


@lru_cache(maxsize=16_384)
def _parsed(written: str) -> Organisation:
    legal, *other = _ALSO_KNOWN_AS.split(" ".join(_trimmed(written.split())), maxsplit=1)
    name, form = _name_and_form(_without_unspaced(legal))
    return Organisation(
        name=_cased(name),
        legal_form=form,
        also_known_as=_joined(other) or None if other else None,
        spelt=words(legal),
        key=_key(name),
    )


def _name_and_form(text: str) -> tuple[str, str | None]:
    """The text without legal forms and status, which may stand in front of each other."""
    spaced = _GLUED_FORM.sub(" ", text.strip(_EDGES)).replace(",", ", ").split()
    tokens = _trimmed(spaced)
    tokens, form = _without_forms([*tokens[:-1], _meant(tokens[-1])] if tokens[1:] else tokens)
    name = _joined(tokens)
    shorter = _STATUS.sub("", name)
    if shorter == name or not words(shorter):
        return name, form
    name, found = _name_and_form(shorter)
    return name, form or found


def _without_unspaced(text: str) -> str:
    if text.isascii():
        return text
    for form in UNSPACED:
        shorter = text.replace(form, " ")
        text = shorter if words(shorter) else text
    return text


@lru_cache(maxsize=16_384)
def _meant(token: str) -> str:
    """`Corporation` of `Coporation`: the last word is mistyped as often as any."""
    written = token.strip(_EDGES).lower()
    if len(written) < _LONG_ENOUGH or written in _OFTEN_LAST:
        return token
    for word in _OFTEN_LAST:
        if OSA.distance(written, word, score_cutoff=1) <= 1:
            return word.title()
    return token


def _without_forms(tokens: list[str]) -> tuple[list[str], str | None]:
    """The tokens less the legal forms at either end, and the form nearest the end."""
    shouted = " ".join(tokens).isupper()
    form = None
    tokens = _without_article(tokens)
    while (size := _form_at_end(tokens, shouted=shouted, first=form is None)) > 0:
        form = form or LEGAL_FORMS[_folded(tokens[-size:])]
        tokens = _without_article(_trimmed(tokens[:-size]))
    while (size := _form_in_front(tokens)) > 0:
        form = form or LEGAL_FORMS.get(_folded(tokens[:size]))
        tokens = _trimmed(tokens[size:])
    if form in _ROMANIAN and len(tokens) > 1 and tokens[0] in {"SC", "S.C."}:
        tokens = _trimmed(
            tokens[1:]
        )  # "commercial company", of which the form at the end says more
    return tokens, form


def _without_article(tokens: list[str]) -> list[str]:
    """Without the "The" that lists in alphabetical order put last."""
    while len(tokens) > 1 and words(tokens[-1]) == ("the",):
        tokens = _trimmed(tokens[:-1])
    return tokens


def _trimmed(tokens: list[str]) -> list[str]:
    """The tokens from the first to the last that has a letter or digit."""
    if tokens and tokens[0].isalnum() and tokens[-1].isalnum():
        return tokens
    worded = [place for place, token in enumerate(tokens) if words(token)]
    return tokens[worded[0] : worded[-1] + 1] if worded else []


def _form_at_end(tokens: list[str], *, shouted: bool, first: bool) -> int:
    """How many of the last tokens are a legal form; never all of them."""
    longest = min(LONGEST, len(tokens) - 1)
    ends = [_spelt(token) for token in tokens[-longest:]] if longest else []
    for size in range(longest, 0, -1):
        spelling = tuple(word for spelt in ends[-size:] for word in spelt)
        if spelling not in LEGAL_FORMS or not words(tokens[-size]):
            continue
        if spelling[0] == "co" and _folded(tokens[:-size])[-1:] == ("and",):
            continue  # "Smith & Co Ltd" is Smith & Co
        if _is_form(tokens[-size:], shouted=shouted, first=first):
            return size
    return 0


def _is_form(tokens: list[str], *, shouted: bool, first: bool) -> bool:
    """Whether a form that is also a word is meant as the form."""
    spelling = _folded(tokens)
    if len(spelling) > 1 or spelling[0] not in WORDS_TOO:
        return True
    written = tokens[0].strip(",()")
    if "." in written:
        return True
    if written.istitle() or written.islower():
        return False
    # In a name all in capitals they say nothing: the last word may be the form, and what
    # would stay in capitals whatever it is.
    return first or not shouted or _cased_word(written, 1).isupper()


def _form_in_front(tokens: list[str]) -> int:
    longest = min(LONGEST, len(tokens) - 1)
    fronts = [_spelt(token) for token in tokens[:longest]]
    for size in range(longest, 0, -1):
        spelling = tuple(word for spelt in fronts[:size] for word in spelt)
        if spelling in IN_FRONT and (_stands_out(tokens[0]) or size > 1):
            return size
    return 0


def _stands_out(token: str) -> bool:
    """`OOO`, `Pt.` or `M/s`, and what can be nothing but a form, in whatever casing."""
    capitals = any(map(str.isupper, token[1:]))
    return capitals or "." in token or "/" in token or len(token) > 5


def _folded(tokens: list[str]) -> tuple[str, ...]:
    return tuple(word for written in tokens for word in _spelt(written))


def _spelt(written: str) -> tuple[str, ...]:
    return ("and",) if written == "&" else words(written)


def _joined(tokens: list[str]) -> str:
    text = " ".join(tokens).strip(_EDGES).replace(" ,", ",")
    while text.endswith(")") and text.count("(") < text.count(")"):
        text = text[:-1].strip(_EDGES)
    return text


def _key(name: str) -> str:
    spelt = words(re.sub(r"\s*[&+]\s*", " and ", name).replace("%", " percent "))
    if len(spelt) > 1 and spelt[0] == "the":
        spelt = spelt[1:]
    joined = " ".join(spelt)
    for ending in _COMPANY:
        shorter = joined.removesuffix(f" {ending}")
        if shorter != joined:
            return shorter.removesuffix(" and")
    return joined


def _cased(name: str) -> str:
    """A shouted name in title case, its acronyms left alone."""
    tokens = name.split()
    if not name.isupper() or (len(tokens) == 1 and len(name) <= 4):
        return name
    return " ".join(_cased_word(token, place) for place, token in enumerate(tokens))


def _cased_word(word: str, place: int) -> str:
    letters = "".join(c for c in word if c.isalpha())
    if word.lower() in _SMALL and place:
        return word.lower()
    is_acronym = len(letters) <= 2 or not any(c in "AEIOUYÄÖÜÉÈÁÍÓÚ" for c in letters)
    is_code = "." in word[:-1] or any(c.isdigit() for c in word)
    if is_code or (is_acronym and letters.isascii()):
        return word
    return re.sub(r"[^\W\d_][\w'’]*", lambda found: cased_name(found[0], small_first=False), word)
