"""How alike two descriptions are, feature by feature, in a list anybody can read.

Each feature is one pure function that returns what it saw and why, or None where it saw nothing
to compare. `PERSON_COMPARISONS` says what each is worth; the sum is the evidence.
"""

from dataclasses import dataclass

from roleferry_enrich.normalise.diminutives import is_short_for
from roleferry_enrich.resolve.name_alignment import NameWords
from roleferry_enrich.resolve.organisation_names import organisations_alike
from roleferry_enrich.resolve.person_names import names_alike, words_alike
from roleferry_enrich.resolve.rarity import Matched
from roleferry_enrich.resolve.slips import (
    mailbox_likeness,
)
from roleferry_enrich.resolve.traits import PersonTraits
from roleferry_enrich.resolve.typed import Typed
from roleferry_enrich.resolve.typed_names import typed_names_alike

SAME = 0.7
"""From this score on, an answer is taken to speak of who was asked."""

NAME_ONLY = 0.6
"""The most that a name alone can prove."""

_PLAINLY_ALIKE = 0.85
_SHORTEST_PHONE = 6
_ANOTHER_MAILBOX = 0.35
"""People have several; that the two differ says little."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """1 is the same, 0.5 says nothing, 0 is somebody else."""

    score: float
    why: tuple[str, ...]
    matched: tuple[Matched, ...] = ()
    """The values taken to be the same, where what they prove depends on how rare they are."""


def person_name(left: str, right: str) -> Comparison:
    """Whether two texts may name one person, by the names alone.

    First name is held against first name and surname against surname, whichever way round they
    are written ("SMITH, John"), without titles, particles and letters after the name. Equal parts
    count in full; spellings of one sound (Usama, Osama), short forms (Bob), initials and single
    slips of the pen count a little less, and less in a short word, where a letter makes another
    name. Two known names a letter apart (Christian, Christina), two middle names that differ, Jr
    beside Sr, and a father's name in the son's place speak for two people. A name in another
    script that cannot be read says nothing: 0.5. The same name reaches 0.95 and never 1, because
    there is always another John Smith.
    """
    found = names_alike(left, right)
    return Comparison(round(found.score, 4), (found.why,))


def organisation_name(left: str, right: str) -> Comparison:
    """Whether two texts may name one company, by the names alone.

    Legal forms, "The", "&", case, accents and spaces are set aside, abbreviations and numbers
    written out, trading names read as names. The words are then held side by side: words that many
    companies share (systems, bank) count a third. A legal form of another kind takes a little. Two
    words of one's own, or another number, are two companies. Below 0.7 stays what may be the same
    and may not: the group or holding beside its company, the company in another country, a word
    such as "Systems" more, another fund of one house, the initials for the name (IBM; four letters
    reach 0.75). The same name reaches 0.95 and never 1, because a name can be taken twice.
    """
    found = organisations_alike(left, right)
    return Comparison(round(found.score, 4), (found.why,))


def names(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The names as each provider told them, part by part; scored as `person_name`.

    Agreeing names are weak evidence, because names are shared; differing ones are strong evidence
    against, because people seldom change theirs. Under one profile and one surname another given
    name says nothing, 0.5: no list knows every pet name.
    """
    if left.name is None or right.name is None:
        return None
    if left.typed is not None and right.typed is not None:
        return _typed_names(left.name, right.name, left.typed, right.typed)
    found = words_alike(left.name, right.name)
    surname = left.name.family if left.name.family == right.name.family else ()
    if found.score < 0.5 and surname and left.profiles & right.profiles:
        return Comparison(0.5, ("another given name under one profile",))
    return Comparison(found.score, (found.why,))


def _typed_names(
    left: NameWords, right: NameWords, left_typed: Typed, right_typed: Typed
) -> Comparison:
    """The better of both readings: as names are written, and as they are mistyped."""
    typed = typed_names_alike(left_typed, right_typed)
    as_typed = Comparison(typed.score, (typed.why,), typed.matched)
    # The other reading costs most, so it is asked only where it may find more.
    if not typed.matched or typed.score >= _PLAINLY_ALIKE or not _forms_of_one(left, right):
        return as_typed
    found = words_alike(left, right)
    if typed.score >= found.score:
        return as_typed
    return Comparison(found.score, (found.why,), _whole_names(left_typed, right_typed))


def _forms_of_one(left: NameWords, right: NameWords) -> bool:
    """Whether two given names may be forms of one; where there are middle names, any may be."""
    if len(left.all) != 2 or len(right.all) != 2 or left.nickname or right.nickname:
        return True
    ours, theirs = left.all[0], right.all[0]
    return ours[0] == theirs[0] or is_short_for(ours, theirs) or is_short_for(theirs, ours)


def _whole_names(left: Typed, right: Typed) -> tuple[Matched, ...]:
    parts = ((left.given, right.given), (left.family, right.family))
    return tuple((f"name {ours}", f"name {theirs}") for ours, theirs in parts if ours and theirs)


def mailboxes(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """A mailbox of one's own in common, in whatever spelling (case, dots, +tags).

    1 if a provider saw it at least on one side, 0.7 if both only guessed it from a pattern. Shared
    ones such as `info@` are not compared. 0 for two mailboxes at one company that both receive
    mail: a company gives a person one.
    """
    common = left.mailboxes.keys() & right.mailboxes.keys()
    if common:
        seen = any(not left.is_guess(key) or not right.is_guess(key) for key in common)
        return Comparison(1.0 if seen else 0.7, ("the same mailbox",))
    if left.typed is not None and right.typed is not None:
        return _typed_mailboxes(left.typed.email, right.typed.email)
    if left.confirmed_domains & right.confirmed_domains:
        return Comparison(0.0, ("two confirmed mailboxes at one company",))
    return None


def _typed_mailboxes(left: str, right: str) -> Comparison | None:
    if not left or not right:
        return None
    likeness = mailbox_likeness(left, right)
    if likeness >= 0.8:
        why = "the same mailbox" if likeness == 1.0 else "nearly the same mailbox"
        return Comparison(likeness, (why,))
    return Comparison(_ANOTHER_MAILBOX, ("another mailbox",))


def spelt_mailbox(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The mailbox of one who has no name beside the name of the other.

    `john.smith@` spells John Smith (0.97), `jsmith@` shortens it (0.88), `john@` half tells it
    (0.72); a mailbox that spells somebody else's name scores 0.05. Silent where a mailbox tells
    no name.
    """
    scores = [
        spelling
        for one, other in ((left, right), (right, left))
        if other.name is not None and one.name is None
        for spelling in [one.best_spelling(other.name)]
        if spelling is not None
    ]
    return Comparison(max(scores), ("the mailbox against the name",)) if scores else None


def phones(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """A telephone number in common.

    A mobile or direct line is somebody's own: 1. A number of unknown kind may be an office's: 0.6.
    Switchboards are not compared, and other numbers say nothing: people have several.
    """
    common = left.phones.keys() & right.phones.keys()
    if not common:
        return _typed_phones(left.typed, right.typed)
    own = any(left.phones[number] or right.phones[number] for number in common)
    return Comparison(1.0 if own else 0.6, ("the same number",))


def _typed_phones(left: Typed | None, right: Typed | None) -> Comparison | None:
    """Without a country a number is known by its last digits; whose line it is, nobody says."""
    if left is None or right is None or len(left.phone) < _SHORTEST_PHONE:
        return None
    return Comparison(0.9, ("the same number",)) if left.phone == right.phone else None


def profiles(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """A public profile in common (LinkedIn, X): 1, because a profile is one person's.

    0 for two chosen addresses on one network, where people have one. LinkedIn's internal ids stand
    beside the chosen address and are not held against it.
    """
    if not left.profiles or not right.profiles:
        return None
    if left.profiles & right.profiles:
        return Comparison(1.0, ("the same profile",))
    networks = {url.partition("/")[0] for url in left.vanity_profiles}
    if networks & {url.partition("/")[0] for url in right.vanity_profiles}:
        return Comparison(0.0, ("another profile on the same network",))
    return None


def birth(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """Month and year of birth, as registers publish them: 1 if equal, 0 if not.

    Equal months are shared by one in some hundreds; unequal ones are as good as proof of two
    people, since registers check them.
    """
    if left.birth is None or right.birth is None:
        return None
    same = left.birth == right.birth
    return Comparison(1.0 if same else 0.0, ("born the same month" if same else "born otherwise",))


def company(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """Working for the same company: 1 by its number, its domain or its name without legal form.

    Otherwise the names are compared as `organisation_name` does; 0 if nothing agrees. It weighs
    little against, because people change companies and some have several.
    """
    if left.companies & right.companies:
        return Comparison(1.0, ("the same company",))
    if left.company_name and right.company_name:
        found = organisations_alike(left.company_name, right.company_name)
        return Comparison(min(1.0, found.score / 0.95), (f"company: {found.why}",))
    if not left.companies or not right.companies:
        return None
    if left.typed is not None and right.typed is not None:
        # Only mailboxes tell of the companies, and what they prove is counted there.
        return None
    return Comparison(0.0, ("another company",))


def company_numbers(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """Two rows that name their companies by different numbers in the register."""
    if left.typed is None or right.typed is None:
        return None
    ours, theirs = (
        {key for key in each.companies if key.startswith("number ")} for each in (left, right)
    )
    if not ours or not theirs or ours & theirs:
        return None
    return Comparison(0.0, ("another company number",))


def references(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The same record of the same provider: 1, because the provider says so itself.

    Another record of it scores 0 but weighs little: registers keep several for one human.
    """
    if left.reference is None or right.reference is None:
        return None
    if left.reference == right.reference:
        return Comparison(1.0, ("the same record",))
    if left.reference[0] == right.reference[0]:
        return Comparison(0.0, ("another record of the same provider",))
    return None


def place(left: PersonTraits, right: PersonTraits) -> Comparison | None:
    """The town: 1 if equal, 0 if not.

    It weighs little either way: towns have many people, people move, and providers mix up home
    and office.
    """
    if left.city is None or right.city is None:
        return None
    if left.typed is not None and right.typed is not None:
        return None  # see `towns`
    return Comparison(1.0 if left.city == right.city else 0.0, ("town",))
