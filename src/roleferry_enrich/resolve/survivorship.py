"""Which value wins for a field, by a rule of a table: agreement, freshness, trust, the register.

The rules are data (`person_fields`, `company_fields`); this module only carries them out. No
value is ever made up: the winner is written as one of its supporters wrote it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Generic, TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.records import Alternative, Confidence, FieldValue, Source, Value
from roleferry_enrich.domain.values import dataclass
from roleferry_enrich.normalise.text import clean, words
from roleferry_enrich.resolve.confidence import (
    REGISTERS,
    Share,
    share_from,
    sources_of,
    together,
)

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
    half_life: timedelta
    """How soon a statement is worth half: short where the newest should win (a job title),
    long where agreement should (a name)."""
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
        supporters[rule.field] = [statement.witness for statement in ranked[0]]
        fields[rule.field] = _field_value(ranked, sources)
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
            share = share_from(witness.origin, witness.as_of, today, rule.half_life)
            if reading.weight != 1.0:
                share = Share(share.origin, share.likely * reading.weight)
            found.append(Statement(reading, witness, share))
    return found


def _ranked(
    rule: Rule[Subject], statements: Iterable[Statement[Subject]]
) -> list[list[Statement[Subject]]]:
    """The statements by value, the winner first."""
    groups: Mapping[str, list[Statement[Subject]]] = defaultdict(list)
    for statement in statements:
        groups[statement.reading.key].append(statement)

    if len(groups) == 1:
        return list(groups.values())

    def rank(group: list[Statement[Subject]]) -> tuple[date, float, date, str]:
        newest = max(statement.witness.as_of for statement in group)
        official = _newest_official(group) if rule.register_decides else date.min
        return official, _confidence(group).value, newest, group[0].reading.key

    return sorted(groups.values(), key=rank, reverse=True)


def _newest_official(group: Iterable[Statement[Subject]]) -> date:
    official = (s.witness.as_of for s in group if s.witness.origin in REGISTERS)
    return max(official, default=date.min)


def _confidence(group: Iterable[Statement[Subject]]) -> Confidence:
    return together(statement.share for statement in group)


def _field_value(ranked: Sequence[list[Statement[Subject]]], sources: _Sources) -> FieldValue:
    winner, *others = ranked
    return FieldValue(
        value=_spelling(winner),
        confidence=_confidence(winner),
        sources=sources.of(winner),
        alternatives=tuple(_alternative(group) for group in others[:_ALTERNATIVES]),
    )


def _alternative(group: Sequence[Statement[Subject]]) -> Alternative:
    providers = {statement.witness.observation.provenance.provider for statement in group}
    return Alternative(
        value=_spelling(group),
        confidence=_confidence(group),
        providers=tuple(sorted(providers)),
    )


def _spelling(group: Sequence[Statement[Subject]]) -> Value:
    """The group's value in the spelling that is best supported, then fullest."""
    support: dict[Value, list[Share]] = defaultdict(list)
    for statement in group:
        support[statement.reading.value].append(statement.share)

    if len(support) == 1:
        return next(iter(support))

    def rank(value: Value) -> tuple[float, int, str]:
        return together(support[value]).value, len(str(value)), str(value)

    return max(support, key=rank)
