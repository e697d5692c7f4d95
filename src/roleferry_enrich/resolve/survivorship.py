"""Which value wins for a field, by a rule of a table: agreement, freshness, trust, the register.

The rules are data (`person_fields`, `company_fields`); this module only carries them out. No
value is ever made up: the winner is written as one of its supporters wrote it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.records import Alternative, Confidence, FieldValue, Source, Value
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.text import clean, words
from roleferry_enrich.resolve.confidence import (
    Share,
    belief,
    confidence_of,
    share_from,
    sources_of,
)
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.trust import REGISTERS

Subject = TypeVar("Subject", PersonClaim, CompanyClaim)

_ALTERNATIVES = 3
_SHORT = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a claim says of a field."""

    value: Value
    """As it will be shown."""
    key: str
    """Equal for values that mean the same."""
    weight: float = 1.0
    """Below 1 for what says less than it could: an initial, a derived value."""


def read_text(said: str, limit: int) -> Reading | None:
    """A text that is shown as written and equal in any case and accent."""
    # Names, towns and titles come again and again; a company's description does not.
    return _read_often(said, limit) if len(said) <= _SHORT else _read(said, limit)


def _read(said: str, limit: int) -> Reading | None:
    shown = clean(said, limit)
    key = " ".join(words(shown))
    return Reading(shown, key) if key else None


_read_often = lru_cache(maxsize=16_384)(_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Subject]):
    """How one field is decided."""

    field: str
    read: Callable[[Subject], Reading | None]
    matter: Matter
    """What kind of fact it is: how far each origin is trusted, and how soon a statement ages."""
    register_decides: bool = False
    """Whether the newest word of a public register beats everybody."""
    follows: str | None = None
    """A field decided before: only who supports its winner is asked, so that the parts of a
    name or an address come from one whole. Others are asked where those are silent."""


@dataclass(frozen=True, slots=True)
class Witness(Generic[Subject]):
    """An observation, with what every field asks of it."""

    observation: Observation[Subject]
    origin: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Statement(Generic[Subject]):
    reading: Reading
    witness: Witness[Subject]
    share: Share


@dataclass(frozen=True, slots=True)
class _Candidate(Generic[Subject]):
    """One value, with those who said it."""

    statements: Sequence[Statement[Subject]]
    believed: float
    """Log-odds."""


def survivors(
    rules: Sequence[Rule[Subject]], observations: Sequence[Observation[Subject]], today: date
) -> dict[str, FieldValue]:
    """Each field's winner, for the fields of which anything is known."""
    fields: dict[str, FieldValue] = {}
    everybody = [Witness(each, each.provenance.origin, each.as_of) for each in observations]
    supporters: dict[str, list[Witness[Subject]]] = {}
    sources = _Sources()
    for rule in rules:
        asked = supporters.get(rule.follows or "", everybody)
        statements = _statements(rule, asked, today)
        if not statements and asked is not everybody:
            statements = _statements(rule, everybody, today)
        if not statements:
            continue
        ranked = _ranked(rule, statements)
        supporters[rule.field] = [statement.witness for statement in ranked[0].statements]
        fields[rule.field] = _field_value(rule.matter, ranked, sources)
    return fields


class _Sources:
    """The sources of each group of observations, made once: most fields rest on the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], tuple[Source, ...]] = {}

    def of(self, group: Sequence[Statement[Subject]]) -> tuple[Source, ...]:
        # By identity: the observations outlive this, and comparing them costs more than is saved.
        key = tuple(id(statement.witness) for statement in group)
        found = self._known.get(key)
        if found is None:
            found = sources_of(statement.witness.observation for statement in group)
            self._known[key] = found
        return found


def _statements(
    rule: Rule[Subject], witnesses: Iterable[Witness[Subject]], today: date
) -> list[Statement[Subject]]:
    found = []
    for witness in witnesses:
        reading = rule.read(witness.observation.claim)
        if reading is not None:
            share = share_from(witness.origin, witness.as_of, today, rule.matter)
            if reading.weight != 1.0:
                share = Share(share.origin, share.likely * reading.weight)
            found.append(Statement(reading, witness, share))
    return found


def _ranked(
    rule: Rule[Subject], statements: Iterable[Statement[Subject]]
) -> list[_Candidate[Subject]]:
    """The values said, the winner first."""
    groups: Mapping[str, list[Statement[Subject]]] = defaultdict(list)
    for statement in statements:
        groups[statement.reading.key].append(statement)
    candidates = [
        _Candidate(group, belief((statement.share for statement in group), rule.matter))
        for group in groups.values()
    ]
    if len(candidates) == 1:
        return candidates

    def rank(candidate: _Candidate[Subject]) -> tuple[date, float, date, str]:
        group = candidate.statements
        newest = max(statement.witness.as_of for statement in group)
        official = _newest_official(group) if rule.register_decides else date.min
        return official, round(candidate.believed, 6), newest, group[0].reading.key

    return sorted(candidates, key=rank, reverse=True)


def _newest_official(group: Iterable[Statement[Subject]]) -> date:
    official = (s.witness.as_of for s in group if s.witness.origin in REGISTERS)
    return max(official, default=date.min)


def _field_value(
    matter: Matter, ranked: Sequence[_Candidate[Subject]], sources: _Sources
) -> FieldValue:
    winner = ranked[0]
    beliefs = [candidate.believed for candidate in ranked]
    return FieldValue(
        value=_spelling(winner, matter),
        confidence=_confidence(beliefs, 0, matter),
        sources=sources.of(winner.statements),
        alternatives=tuple(
            Alternative(
                value=_spelling(other, matter),
                confidence=_confidence(beliefs, place, matter),
                providers=_providers(other.statements),
            )
            for place, other in enumerate(ranked[1 : 1 + _ALTERNATIVES], start=1)
        ),
    )


def _confidence(beliefs: Sequence[float], place: int, matter: Matter) -> Confidence:
    """Of one of the values, the others being its rivals."""
    return confidence_of(beliefs[place], (*beliefs[:place], *beliefs[place + 1 :]), matter)


def _providers(statements: Iterable[Statement[Subject]]) -> tuple[str, ...]:
    return tuple(sorted({s.witness.observation.provenance.provider for s in statements}))


def _spelling(candidate: _Candidate[Subject], matter: Matter) -> Value:
    """The value in the spelling that is best supported, then fullest."""
    support: dict[Value, list[Share]] = defaultdict(list)
    for statement in candidate.statements:
        support[statement.reading.value].append(statement.share)

    if len(support) == 1:
        return next(iter(support))

    def rank(value: Value) -> tuple[float, int, str]:
        return round(belief(support[value], matter), 6), len(str(value)), str(value)

    return max(support, key=rank)
