"""Whether one company's name is made of the initials of another's."""

from roleferry_enrich.normalise.organisation_words import FILLERS

_LONGEST = 8


def letters_explained(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """How many letters of one name are initials of the other's words; 0 where not all are.

    `IBM` for International Business Machines, `P & G`, and in front of the same words: `GE
    Healthcare`. Two letters that stand alone are 2, with words or an "&" to bear them out 3.
    """
    ours, theirs = without_acronym(left), without_acronym(right)
    return max(_explained(ours, theirs), _explained(theirs, ours))


def without_acronym(spelt: tuple[str, ...]) -> tuple[str, ...]:
    """`International Business Machines (IBM)` without the letters, which repeat the rest.

    In front stand three at least: the AT of AT and T repeats nothing.
    """
    if len(spelt) < 3:
        return spelt
    if _repeats(spelt[-1], spelt[:-1]):
        return spelt[:-1]
    return spelt[1:] if len(spelt) > 3 and _repeats(spelt[0], spelt[1:]) else spelt


def _repeats(letters: str, rest: tuple[str, ...]) -> bool:
    return len(letters) == len(rest) and letters == _initials(rest)


def _explained(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    if not short or len(short[0]) > _LONGEST:
        return 0
    telling, full = (tuple(word for word in name if word not in FILLERS) for name in (short, long))
    if not telling or not full or telling == full or telling[0][0] != full[0][0]:
        return 0
    letters = "".join(telling)
    if any(len(letters) == len(name) and letters == _initials(name) for name in (full, long)):
        return max(len(letters), 3) if len(telling) > 1 else len(letters) * (len(letters) > 1)
    size = len(telling[0])
    borne_out = size > 1 and len(telling) > 1 and full[size:] == telling[1:]
    return 3 if borne_out and telling[0] == _initials(full[:size]) else 0


def _initials(spelt: tuple[str, ...]) -> str:
    return "".join(word[0] for word in spelt)
