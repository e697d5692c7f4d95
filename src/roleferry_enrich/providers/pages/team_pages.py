"""People on plain pages: a name with a job title beside it, however the page is laid out.

Cards, tables, lists and definition lists all show the same: a short line that is a name, and
close to it a short line that is a title, or both on one line with a mark between.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.providers.pages.blocks import Line, lines_of
from roleferry_enrich.providers.pages.contact_points import emails, person_profiles, phones
from roleferry_enrich.providers.pages.documents import Page, Topic
from roleferry_enrich.providers.pages.links import topic_of
from roleferry_enrich.providers.pages.schema_org import company_key
from roleferry_enrich.providers.pages.vocabulary import (
    DEPARTMENTS,
    NOT_IN_TITLES,
    OTHER_COMPANIES,
    OTHER_PEOPLE,
)
from roleferry_enrich.providers.pages.wording import (
    employer_in,
    is_title,
    read_name,
    tidy,
    words_of,
)

_BETWEEN = re.compile(r"\s*(?:,|;|:|\||•|·|\s[-\u2013\u2014]|[\u2013\u2014]\s|\()\s*")
_AND = re.compile(r"\s*(?:,|;|/|&|\bund\b|\band\b|\bet\b|\by\b|\be\b)\s*")
_FARTHEST_TITLE = 3
_FARTHEST_LINK = 8
_CARD_LEVELS = 5
_LARGEST_CARD = 20
_MOST_LEVELS = 40
_MOST_PEOPLE = 300


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A name on a line, with its title where that stands on the same line."""

    at: int
    honorific: str | None
    name: str
    title: str | None


def people_on(page: Page, domain: str, company_names: frozenset[str]) -> tuple[PersonClaim, ...]:
    """The staff a page shows with their titles."""
    lines = _staff_lines(page)
    sightings = [s for at, line in enumerate(lines) for s in _sightings(at, line)][:_MOST_PEOPLE]
    cards = _Cards(lines, sightings)
    found = []
    for sighting in sightings:
        title = sighting.title or cards.title_of(sighting)
        if title is None or _is_elsewhere(title, company_names):
            continue
        found.append(_claim(sighting, title, cards.links_of(sighting), domain))
    return tuple(found)


def _staff_lines(page: Page) -> list[Line]:
    """The lines that may speak of staff: on a home page those below a heading about the team."""
    section = _Section(opened_at=None if page.topic is Topic.HOME else 0)
    kept: list[Line] = []
    for line in lines_of(page.tree):
        if line.heading is not None and _name_in(line.text) is None:
            section.enter(line.heading, line.text)
        if section.may_speak_of_staff:
            kept.append(line)
    return kept


class _Section:
    """Where on the page we are, as its headings tell."""

    def __init__(self, opened_at: int | None) -> None:
        self._opened_at = opened_at
        self._closed_at: int | None = None

    @property
    def may_speak_of_staff(self) -> bool:
        return self._opened_at is not None and self._closed_at is None

    def enter(self, level: int, heading: str) -> None:
        """A heading ends what one of its own or a lower rank began."""
        if self._closed_at is not None and level <= self._closed_at:
            self._closed_at = None
        if self._opened_at and level <= self._opened_at:
            self._opened_at = None
        if self._closed_at is None and _is_about_others(heading):
            self._closed_at = level
        if self._opened_at is None and topic_of(heading) is Topic.PEOPLE:
            self._opened_at = level


def _is_about_others(heading: str) -> bool:
    words = frozenset(words_of(heading))
    return bool(words & OTHER_PEOPLE or (words & OTHER_COMPANIES and not words & DEPARTMENTS))


def _sightings(at: int, line: Line) -> Iterator[_Sighting]:
    text = line.text
    whole = _name_in(text)
    if whole is not None:
        yield _Sighting(at, *whole, None)
        return
    if len(text) > 200:
        return
    yield from _name_before_title(at, line) or _title_before_names(at, text)


def _name_before_title(at: int, line: Line) -> list[_Sighting]:
    """Read "Ada Lovelace, Director", or a name and a title in elements of their own."""
    for cut in _BETWEEN.finditer(line.text):
        read = _name_in(line.text[: cut.start()])
        rest = line.text[cut.end() :].strip("() ")
        if read is not None and is_title(rest) and _name_in(rest) is None:
            return [_Sighting(at, *read, rest)]
    for count in range(1, min(4, len(line.pieces))):
        read = _name_in(" ".join(line.pieces[:count]))
        rest = tidy(" ".join(line.pieces[count:])).strip(" ,;:|\u2013\u2014-()")
        if read is not None and is_title(rest):
            return [_Sighting(at, *read, rest)]
    return []


def _title_before_names(at: int, text: str) -> list[_Sighting]:
    """Read "Geschäftsführer: Ada Lovelace, Charles Babbage", as imprints write it."""
    title, mark, names = text.partition(":")
    if not mark or not is_title(title.strip()):
        return []
    reads = [_name_in(name) for name in _AND.split(names) if name]
    if not reads or None in reads:
        return []
    return [_Sighting(at, *read, title.strip()) for read in reads if read is not None]


def _name_in(text: str) -> tuple[str | None, str] | None:
    return read_name(text.strip())


class _Cards:
    """What belongs to a name: the largest element with no other name in it.

    Where a page has no such elements it is the lines up to the next name.
    """

    def __init__(self, lines: Sequence[Line], sightings: Sequence[_Sighting]) -> None:
        self._lines = lines
        self._named = sorted({sighting.at for sighting in sightings})
        self._names_below: Counter[int] = Counter()
        for at in self._named:
            self._names_below.update(element.mem_id for element in _above(lines[at].element))

    def title_of(self, sighting: _Sighting) -> str | None:
        inside = self._inside(sighting.at)
        nearest = sorted(inside, key=lambda at: (abs(at - sighting.at), at < sighting.at))
        candidates = nearest[:_FARTHEST_TITLE] + self._after(sighting.at, _FARTHEST_TITLE)
        texts = (self._lines[at].text for at in candidates)
        return next((text for text in texts if is_title(text) and read_name(text) is None), None)

    def links_of(self, sighting: _Sighting) -> list[str]:
        inside = self._inside(sighting.at)
        places = [sighting.at, *(inside or self._after(sighting.at, _FARTHEST_LINK))]
        return [link for at in places for link in self._lines[at].links]

    def _inside(self, at: int) -> list[int]:
        """The other lines of the name's card."""
        card = self._card(at)
        if card is None:
            return []
        first, last = max(0, at - _LARGEST_CARD), at + _LARGEST_CARD
        places = range(first, min(last, len(self._lines)))
        return [n for n in places if n != at and _is_within(self._lines[n].element, card)]

    def _card(self, at: int) -> int | None:
        card = None
        for level, element in enumerate(_above(self._lines[at].element)):
            if level > _CARD_LEVELS or element.tag in {"body", "main", "html"}:
                break
            if self._names_below[element.mem_id] > 1:
                break
            card = element.mem_id
        return card

    def _after(self, at: int, most: int) -> list[int]:
        """The lines that follow in the same parent, up to the next name or heading above it."""
        parent = self._lines[at].element.parent
        following = range(at + 1, min(at + 1 + most, len(self._lines)))
        found = []
        for n in following:
            line = self._lines[n]
            if n in self._named or parent is None or not _is_within(line.element, parent.mem_id):
                break
            found.append(n)
        return found


def _above(element: LexborNode | None) -> Iterator[LexborNode]:
    for _ in range(_MOST_LEVELS):
        if element is None:
            return
        yield element
        element = element.parent


def _is_within(element: LexborNode, ancestor: int) -> bool:
    return any(above.mem_id == ancestor for above in _above(element))


def _is_elsewhere(title: str, company_names: frozenset[str]) -> bool:
    """Whether the title names another company: a customer's director quoted on our page."""
    employer = employer_in(title)
    if employer is not None:
        return company_key(employer) not in company_names
    return words_of(title)[0] in NOT_IN_TITLES


def _claim(sighting: _Sighting, title: str, links: Sequence[str], domain: str) -> PersonClaim:
    profiles = person_profiles(links)
    return PersonClaim(
        full_name=sighting.name,
        honorific=sighting.honorific,
        title=title,
        company_domain=domain,
        linkedin_url=profiles.linkedin,
        twitter_url=profiles.twitter,
        emails=emails((link for link in links if link[:7].lower() == "mailto:"), domain),
        phones=phones(link for link in links if link[:4].lower() == "tel:"),
    )
