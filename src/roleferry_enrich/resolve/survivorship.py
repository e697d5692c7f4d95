"""Which value wins for a field, by a rule of a table: agreement, freshness, trust, the register.

The rules are data (`person_fields`, `company_fields`); this module only carries them out. No
value is ever made up: the winner is written as one of its supporters wrote it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeVar

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.observations import Observation
from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.records import Alternative, Confidence, FieldValue, Value
from roleferry_enrich.resolve.confidence import (
    REGISTERS,
    Share,
    share_of,
    sources_of,
    together,
)

Subject = TypeVar("Subject", PersonClaim, CompanyClaim)

_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What a claim says of a field."""

    value: Value
    """As it will be shown."""
    key: str
    """Equal for values that mean the same."""
    weight: float = 1.0
    """Below 1 for what says less than it could: an initial, a derived value."""


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
class Statement(Generic[Subject]):
    reading: Reading
    observation: Observation[Subject]
    share: Share


def survivors(
    rules: Sequence[Rule[Subject]], observations: Sequence[Observation[Subject]], today: date
) -> dict[str, FieldValue]:
    """Each field's winner, for the fields of which anything is known."""
    fields: dict[str, FieldValue] = {}
    supporters: dict[str, list[Observation[Subject]]] = {}
    for rule in rules:
        asked = supporters.get(rule.follows or "", observations)
        statements = _statements(rule, asked, today) or _statements(rule, observations, today)
        if not statements:
            continue
        ranked = _ranked(rule, statements)
        supporters[rule.field] = [s.observation for s in ranked[0]]
        fields[rule.field] = _field_value(ranked)
    return fields


def _statements(
    rule: Rule[Subject], observations: Iterable[Observation[Subject]], today: date
) -> list[Statement[Subject]]:
    found = []
    for observation in observations:
        reading = rule.read(observation.claim)
        if reading is not None:
            share = share_of(observation, today, rule.half_life)
            weighted = Share(share.origin, share.likely * reading.weight)
            found.append(Statement(reading, observation, weighted))
    return found


def _ranked(
    rule: Rule[Subject], statements: Iterable[Statement[Subject]]
) -> list[list[Statement[Subject]]]:
    """The statements by value, the winner first."""
    groups: Mapping[str, list[Statement[Subject]]] = defaultdict(list)
    for statement in statements:
        groups[statement.reading.key].append(statement)

    def rank(group: list[Statement[Subject]]) -> tuple[date, float, date, str]:
        newest = max(statement.observation.as_of for statement in group)
        official = _newest_official(group) if rule.register_decides else date.min
        return official, _confidence(group).value, newest, group[0].reading.key

    return sorted(groups.values(), key=rank, reverse=True)


def _newest_official(group: Iterable[Statement[Subject]]) -> date:
    official = (s.observation for s in group if s.observation.provenance.origin in REGISTERS)
    return max((observation.as_of for observation in official), default=date.min)


def _confidence(group: Iterable[Statement[Subject]]) -> Confidence:
    return together(statement.share for statement in group)


def _field_value(ranked: Sequence[list[Statement[Subject]]]) -> FieldValue:
    winner, *others = ranked
    return FieldValue(
        value=_spelling(winner),
        confidence=_confidence(winner),
        sources=sources_of(statement.observation for statement in winner),
        alternatives=tuple(_alternative(group) for group in others[:_ALTERNATIVES]),
    )


def _alternative(group: Sequence[Statement[Subject]]) -> Alternative:
    providers = {statement.observation.provenance.provider for statement in group}
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

    def rank(value: Value) -> tuple[float, int, str]:
        return together(support[value]).value, len(str(value)), str(value)

    return max(support, key=rank)
