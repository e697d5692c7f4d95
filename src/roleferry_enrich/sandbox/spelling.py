"""How names turn into addresses and slugs, and how they get misspelt on the way into a database."""

import unicodedata
from random import Random

_DOTLESS_I = "\u0131"
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", _DOTLESS_I: "i", "æ": "ae", "Æ": "Ae"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def ascii_of(text: str, *, umlauts: bool = False) -> str:
    """Without accents; `umlauts` spells them as German does (`Müller` as `Mueller`)."""
    spelt = text.translate(_UMLAUTS) if umlauts else text
    decomposed = unicodedata.normalize("NFKD", spelt.translate(_LETTERS))
    return decomposed.encode("ascii", "ignore").decode()


def letters_of(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens only: one part of a mailbox or a host."""
    kept = (sign for sign in ascii_of(text, umlauts=True).lower() if sign.isalnum() or sign == "-")
    return "".join(kept)


def slug_of(text: str) -> str:
    words = text.replace("&", " and ").replace("/", " ").split()
    return "-".join(part for word in words if (part := letters_of(word).strip("-")))


def name_key(*parts: str) -> str:
    """The same for every order, case, accent and punctuation of a name."""
    plain = ascii_of(" ".join(parts)).lower().replace("-", " ").replace("'", "").replace(".", " ")
    return " ".join(sorted(plain.split()))


def misspelt(word: str, dice: Random) -> str:
    """The word with one slip of the keyboard; short words are left alone."""
    if len(word) < 4:
        return word
    place = dice.randrange(1, len(word) - 1)
    before, here, after = word[:place], word[place], word[place + 1 :]
    match dice.randrange(4):
        case 0:
            return before + after
        case 1:
            return before + here + here + after
        case 2:
            return before + after[:1] + here + after[1:]
        case _:
            return before + dice.choice("aeioulnrst") + after
