"""The casing a person would write, for names that come all in capitals or all in small letters.

A name in mixed case was written by somebody who knew it, and stays as it is.
"""

import re

from roleferry_enrich.normalise.text import word_set

# "Mac" starts as many names of one piece (Mackie, Machin, Macey) as of two, so these are listed.
_MAC = word_set(
    "macaleese macallister macalister macandrew macarthur macaskill macaulay macbeth macbride "
    "maccallum maccarthy macclure maccoll maccormack maccormick maccrae macculloch macdermott "
    "macdiarmid macdonagh macdonald macdonell macdougall macdowell macduff maceachern macewan "
    "macfadyen macfarlane macgillivray macgowan macgrath macgregor macguire macinnes macintosh "
    "macintyre macisaac mackay mackellar mackenna mackenzie mackinnon mackintosh maclachlan "
    "maclaine maclaren maclean macleish maclellan maclennan macleod macmahon macmanus macmillan "
    "macmurray macnab macnair macnamara macnaughton macneil macneill macnicol macphail "
    "macpherson macquarie macqueen macrae macritchie macsween mactaggart mactavish "
    "macwhirter macwilliam"
)
_SMALL = word_set(
    "af al av bin bint da das de degli dei del della der den di do dos du e el ibn la las "
    "los of op 't te ten ter the und van vom von y zu zum zur"
)
_NUMERALS = frozenset({"ii", "iii", "iv"})
_PREFIXES = frozenset({"o", "d", "l", "dell", "dall", "m", "n"})
_PIECES = re.compile(r"([-\s'’.])")


def cased_name(text: str, *, small_first: bool = True) -> str:
    """`text` in the casing of a name, if it is all capitals or all small; else as it is.

    `small_first` says whether a particle may open the text, as in a surname (`van Damme`).
    """
    if (text.istitle() and not text.isupper()) or not needs_casing(text):
        return text
    spelt = (_word(word) for word in text.split())
    return " ".join(
        word.lower() if _is_particle(word) and (small_first or position) else word
        for position, word in enumerate(spelt)
    )


def needs_casing(text: str) -> bool:
    """Whether nobody chose the casing: all capitals (but initials), all small, or McDONALD."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 2:
        return bool(letters) and letters[0].islower()
    shape = "".join(letters)
    return shape.isupper() or shape.islower() or _half_shouted(text)


def is_initials(word: str) -> bool:
    """`J`, `J.`, `J.A.`, `J.-C.`: letters that each stand for a name."""
    if word.isalpha():
        return len(word) == 1 and word.isupper()
    letters = re.sub(r"[.\-]", "", word)
    dotted = len(letters) == 1 or all(len(piece) <= 1 for piece in re.split(r"[.\-]", word))
    return dotted and letters.isalpha() and letters.isupper()


def _half_shouted(text: str) -> bool:
    return text[:2] in {"Mc", "O'", "O’"} and len(text) > 4 and text[2:].isupper()


def _is_particle(word: str) -> bool:
    return word.lower() in _SMALL


def _word(word: str) -> str:
    if is_initials(word):
        return word
    if word.lower() in _NUMERALS:
        return word.upper()
    if word.isalpha():
        return _piece(word.lower(), [])
    pieces = _PIECES.split(word.lower())
    return "".join(_piece(piece, pieces[:index]) for index, piece in enumerate(pieces))


def _piece(piece: str, before: list[str]) -> str:
    apostrophe = bool(before) and before[-1] in {"'", "’"}
    if apostrophe and before[-2] not in _PREFIXES:
        return piece
    if piece.startswith("mc") and len(piece) > 3:
        return "Mc" + piece[2:].capitalize()
    if piece in _MAC:
        return "Mac" + piece[3:].capitalize()
    return piece.capitalize()
