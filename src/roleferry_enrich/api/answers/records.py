"""Renders whose record each is."""

from collections.abc import Sequence

from roleferry_enrich.api.schemas.records import (
    AlternativeClusterData,
    RecordBody,
    ResolveAnswer,
    ResolvedRecord,
    ResolveMeta,
)
from roleferry_enrich.domain.loose_records import Decision, RecordOutcome


def resolve_answer(sent: Sequence[RecordBody], outcomes: Sequence[RecordOutcome]) -> ResolveAnswer:
    return ResolveAnswer(
        results=[
            resolved(record.reference, outcome)
            for record, outcome in zip(sent, outcomes, strict=True)
        ],
        meta=ResolveMeta(
            records=len(outcomes),
            clusters=len({outcome.cluster_id for outcome in outcomes}),
            abstained=sum(outcome.decision is Decision.ABSTAINED for outcome in outcomes),
        ),
    )


def resolved(reference: str | None, outcome: RecordOutcome) -> ResolvedRecord:
    return ResolvedRecord(
        reference=reference,
        cluster_id=outcome.cluster_id,
        cluster_confidence=outcome.confidence,
        decision=outcome.decision.value,
        why=outcome.why,
        alternatives=[
            AlternativeClusterData(
                cluster_id=each.cluster_id, confidence=each.confidence, why=each.why
            )
            for each in outcome.alternatives
        ],
    )
