"""Records of people who do not exist, with slips of the keys: for measuring cost at any size."""

import random
from collections.abc import Iterator
from itertools import accumulate

from roleferry_enrich.domain.loose_records import LooseRecord

_SYLLABLES = (
    *("ar", "ben", "cor", "dal", "el", "fen", "gar", "hol", "is", "jen", "kel", "lan"),
    *("mor", "nor", "os", "pel", "quin", "ros", "sal", "tor", "ul", "ver", "wil", "yor"),
)
_FIELDS = ("first_name", "last_name", "email", "date_of_birth", "city", "postcode")
_COPIES = ((1, 2, 3, 5), (70, 20, 8, 2))
"""How many records a person has, and of how many in a hundred people."""
_EMPTY, _SLIPPED = 0.1, 0.25


def invented_records(size: int, seed: int) -> Iterator[LooseRecord]:
    """Records as they follow each other in a file that was merged from several."""
    dice = random.Random(seed)  # noqa: S311 - nobody is to be surprised
    given, family = _Names(dice, 2, 800, 3), _Names(dice, 3, 9_000, 20)
    towns = _Names(dice, 3, 900, 2)
    left = size
    while left:
        first, last = given.draw(), family.draw()
        mailbox = f"{first}.{last}{dice.randint(1, 99)}@{family.draw()}.example".lower()
        born = f"{dice.randint(1940, 2005)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        person = (first, last, mailbox, born, towns.draw(), str(dice.randint(10_000, 99_999)))
        for copy in range(min(left, dice.choices(*_COPIES)[0])):
            typed = person if copy == 0 else tuple(_typed(text, dice) for text in person)
            yield LooseRecord(**dict(zip(_FIELDS, typed, strict=True)))
            left -= 1


class _Names:
    """Names of which some are common and most are rare, as names are."""

    def __init__(self, dice: random.Random, syllables: int, count: int, common: int) -> None:
        self._dice = dice
        made = ("".join(dice.choices(_SYLLABLES, k=syllables)).title() for _ in range(count))
        self._names = list(dict.fromkeys(made))
        self._weights = list(accumulate(1 / (n + common) for n in range(len(self._names))))

    def draw(self) -> str:
        return self._dice.choices(self._names, cum_weights=self._weights)[0]


def _typed(text: str, dice: random.Random) -> str:
    chance = dice.random()
    if chance < _EMPTY:
        return ""
    at = dice.randrange(len(text) - 1)
    if chance > _SLIPPED:
        return text
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
