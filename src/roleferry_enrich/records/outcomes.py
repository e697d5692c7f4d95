"""Tells of each row whose it is, how sure that is and why, once the groups are known."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from roleferry_enrich.domain.loose_records import AlternativeCluster, Decision, RecordOutcome
from roleferry_enrich.records.judging import Judge
from roleferry_enrich.records.marks import Marks
from roleferry_enrich.records.shelf import Shelf

_ALTERNATIVES = 3
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Outcomes:
    shelf: Shelf
    marks: Marks
    judge: Judge

    def each(self) -> Iterator[RecordOutcome]:
        numbers = self.marks.numbers()
        for row in range(self.marks.size):
            yield self._of(row, numbers)

    # The numbers are those of `Marks.numbers`, here and below: the cluster's at its root's place.
    def _of(self, row: int, numbers: "array[int]") -> RecordOutcome:
        number = numbers[self.marks.group_of(row)]
        twin = self.marks.twin_of[row]
        known = self.shelf.reason(twin)
        if twin != row:
            score = known[0] if known else self.judge.again(twin, twin).score
            return _joined(number, score, f"the same as record {twin + 1}")
        if known is not None:
            return _joined(number, *known)
        if self.marks.has_twin[row]:
            score = self.judge.again(row, row).score
            return _joined(number, score, "another record is the same")
        return self._without_group(row, number, numbers)

    def _without_group(self, row: int, number: int, numbers: "array[int]") -> RecordOutcome:
        alternatives = tuple(self._alternatives(row, numbers))
        alone = round(1.0 - self.marks.likest[row], _DIGITS)
        if not alternatives:
            return RecordOutcome(
                cluster_id=number,
                confidence=alone,
                decision=Decision.ALONE,
                why="no other record is alike",
            )
        return RecordOutcome(
            cluster_id=number,
            confidence=alone,
            decision=Decision.ABSTAINED,
            why="; ".join(_told(each) for each in alternatives),
            alternatives=alternatives,
        )

    def _alternatives(self, row: int, numbers: "array[int]") -> Iterator[AlternativeCluster]:
        """The likeliest clusters the row was not put into, each once."""
        told: set[int] = set()
        for other, score in self.shelf.rivals(row, 2 * _ALTERNATIVES):
            cluster = numbers[self.marks.group_of(other)]
            if cluster not in told and len(told) < _ALTERNATIVES:
                told.add(cluster)
                yield AlternativeCluster(
                    cluster_id=cluster,
                    confidence=round(score, _DIGITS),
                    why=self.judge.why(row, other),
                )


def _joined(number: int, confidence: float, why: str) -> RecordOutcome:
    return RecordOutcome(
        cluster_id=number,
        confidence=round(confidence, _DIGITS),
        decision=Decision.JOINED,
        why=why,
    )


def _told(alternative: AlternativeCluster) -> str:
    percent = round(alternative.confidence * 100)
    return f"perhaps of cluster {alternative.cluster_id} ({percent} %), {alternative.why}"
