"""Tells names of people and job titles from the other short texts of a web page.

Precision first: a person missed is found by another provider, a menu entry taken for a person
is an error that nobody corrects.
"""

import re
import unicodedata

from roleferry_enrich.providers.pages.vocabulary import (
    HONORIFICS,
    NOT_IN_NAMES,
    NOT_IN_TITLES,
    PARTICLES,
    PLACES,
    POST_NOMINALS,
    SURNAMES,
    TITLE_WORDS,
    word_set,
)

_NICKNAME = re.compile(
    r"\s[\"'(\[\u201c\u2018]([^\s\"'()\[\]\u201d\u2019]{1,20})[\"')\]\u201d\u2019]\s*"
)
_WORD = re.compile(r"[^\W\d_]+")
_NAME_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019.\-\u2010][^\W\d_]+)*\.?")
_AT = re.compile(r"(?:\s(?:at|bei|chez)\s+|@\s*)(?P<company>.+)$", re.IGNORECASE)
_OF = re.compile(
    r"\b(?:c[efot]o|founder|owner|president|chair(?:man|woman)?|managing director|chief executive"
    r"(?: officer)?)(?: of|,)\s+(?P<company>(?-i:[A-Z]).*)$",
    re.IGNORECASE,
)
_LONGEST_NAME = 60
_LONGEST_TITLE = 100
_MOST_TITLE_WORDS = 14


def words_of(text: str) -> tuple[str, ...]:
    """The words in lower case without accents, so that spellings compare equal."""
    return tuple(_WORD.findall(plain(text)))


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def tidy(text: str) -> str:
    """One line without control characters and invisible marks."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def read_name(text: str) -> tuple[str | None, str] | None:
    """Honorific and name as written, where the text is a person's name and nothing else."""
    if not 4 <= len(text) <= _LONGEST_NAME:
        return None
    tokens = _without_post_nominals(_NICKNAME.sub(_dropped, text).strip()).split()
    honorifics = []
    while tokens and tokens[0].rstrip(".").casefold() in HONORIFICS:
        honorifics.append(tokens.pop(0))
    if not _are_name_tokens(tokens):
        return None
    return " ".join(honorifics) or None, " ".join(tokens)


def _dropped(nickname: re.Match[str]) -> str:
    """Nothing in place of a nickname; a title in brackets stays and makes it no name."""
    return nickname[0] if is_title(nickname[1]) else " "


def _without_post_nominals(text: str) -> str:
    name, *after = re.split(r"\s*,\s*", text)
    if not all(_is_post_nominal(token) for part in after for token in part.split()):
        return text
    tokens = name.split()
    while len(tokens) > 2 and _is_post_nominal(tokens[-1]):
        tokens.pop()
    return " ".join(tokens)


def _is_post_nominal(token: str) -> bool:
    letters = token.replace(".", "").strip("()")
    return letters.upper() in POST_NOMINALS and letters != letters.capitalize()


def _are_name_tokens(tokens: list[str]) -> bool:
    if not 2 <= len(tokens) <= 5:
        return False
    if tokens[0].casefold() in PARTICLES and not tokens[0][0].isupper():
        return False
    if not all(_is_name_token(token) for token in tokens):
        return False
    if len(tokens[-1].strip(".")) < 2 or not any(len(t.strip(".")) > 1 for t in tokens[:-1]):
        return False
    words = words_of(" ".join(tokens))
    return NOT_IN_NAMES.isdisjoint(words[:-1]) and not (
        words[-1] in NOT_IN_NAMES - SURNAMES or _is_place(words)
    )


def _is_name_token(token: str) -> bool:
    if token.casefold() in PARTICLES:
        return True
    return bool(_NAME_TOKEN.fullmatch(token)) and (
        token[0].isupper() or token[:2] in {"d'", "d\u2019"}
    )


def _is_place(words: tuple[str, ...]) -> bool:
    return " ".join(words) in PLACES


def is_title(text: str) -> bool:
    """Whether a short text reads as somebody's job title."""
    words = words_of(text)
    if not 2 <= len(text) <= _LONGEST_TITLE or not 1 <= len(words) <= _MOST_TITLE_WORDS:
        return False
    if text[-1] in "!?:" or (text.endswith(".") and len(words) > 4) or "http" in words:
        return False
    if words[0] in NOT_IN_TITLES or NOT_IN_TITLES.intersection(words[1:]) & _SENTENCE:
        return False
    return any(word in TITLE_WORDS for word in words)


# Words that make a sentence of what would otherwise read as a title.
_SENTENCE = word_set(
    "we you your they he she his her their it its is are was were has have had i my me who "
    "that which will can joined leads works believe thank thanks"
)


_REGIONS = word_set("europe americas america asia emea apac uk usa us dach benelux nordics")


def employer_in(title: str) -> str | None:
    """The company that a title names ("CEO at Otherco", "Founder of Otherco"), if any."""
    match = _AT.search(title) or _OF.search(title)
    if match is None:
        return None
    company = match["company"].strip()
    is_part_of_ours = not (NOT_IN_NAMES | _REGIONS).isdisjoint(words_of(company))
    return None if is_part_of_ours and match.re is _OF else company
