"""An enrichment, its reports and its observations as rows of the tables that keep them. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never
from uuid import UUID

from roleferry_enrich.domain.companies import CompanyClaim
from roleferry_enrich.domain.credits import Bill
from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.observations import Observation, Observations, Provenance
from roleferry_enrich.domain.outcomes import CallRecord, Report
from roleferry_enrich.domain.people import EmailVerdict, PersonClaim
from roleferry_enrich.storage import identities
from roleferry_enrich.storage.bulk import Row
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.identities import Identity
from roleferry_enrich.storage.people_keys import PeopleKeys, sealed_enrichment
from roleferry_enrich.storage.sealed import CLAIM, SubjectKeys, sealed_document

_AnyObservation = Observation[PersonClaim] | Observation[CompanyClaim] | Observation[EmailVerdict]


def enrichment_row(enrichment: Enrichment, executive_ids: Sequence[UUID], keys: PeopleKeys) -> Row:
    request, result = sealed_enrichment(enrichment, executive_ids, keys)
    return {
        "account_id": enrichment.account_id,
        "id": enrichment.id,
        "goal": enrichment.request.goal,
        "status": enrichment.status,
        "request": request,
        "result": result,
        "cost": enrichment.cost,
        "started_at": enrichment.started_at,
        "answered_at": enrichment.answered_at,
        "person_id": enrichment.person_id,
        "company_id": enrichment.company_id,
    }


def usage_row(enrichment: Enrichment, bill: Bill) -> Row:
    return {
        "account_id": enrichment.account_id,
        "enrichment_id": enrichment.id,
        "key_id": bill.key_id,
        "asked_at": enrichment.started_at,
        "goal": enrichment.request.goal,
        "status": enrichment.status,
        "is_cached": bill.is_cached,
        "fields": bill.fields,
    }


def conversation_rows(enrichment: Enrichment, reports: Sequence[Report]) -> list[Row]:
    # Two asks may share one conversation (twins); the later report knows more.
    latest = {report.conversation: report for report in reports}
    return [_conversation(enrichment, report) for report in latest.values()]


def call_rows(enrichment: Enrichment, reports: Sequence[Report]) -> list[Row]:
    made = (call for report in reports for call in report.calls)
    # What was paid for several is booked as a whole, by the books alone.
    calls = {call.id: call for call in made if not call.whole}
    return [_call(enrichment, calls[call_id]) for call_id in sorted(calls)]


def observation_rows(
    enrichment: Enrichment,
    observations: Observations,
    owners: Mapping[Identity, UUID],
    keys: PeopleKeys,
) -> list[Row]:
    """`owners` tells whose each identity is, so that an observation is filed under its subject.

    Claims of people are sealed, under the subject's key if they have one.
    """
    numbered: Counter[UUID] = Counter()
    found: list[Row] = []
    for kind, observation in _by_kind(observations):
        if observation.provenance.recalled:
            continue  # kept with the enrichment that observed it
        conversation = observation.provenance.conversation
        subject = _subject(observation, owners)
        claim: object = observation.claim
        if kind != "company":
            claim = sealed_document(keys.key_of(subject["person_id"]), CLAIM, claim)
        place = {"kind": kind, "ordinal": numbered[conversation], "claim": claim, **subject}
        found.append({**_observation(enrichment, observation), **place})
        numbered[conversation] += 1
    return found


def observations_of(found: Iterable[AnyRow], keys: SubjectKeys) -> Observations:
    """The observations that rows were made from, without those of whom was shredded."""
    everything = Observations()
    for row in found:
        claim = keys.opened(CLAIM, row.claim)
        if claim is not None:
            everything += _restored(row, claim)
    return everything


def _restored(row: AnyRow, claim: object) -> Observations:
    said = Provenance(
        provider=row.provider,
        capability=row.capability,
        origin=row.origin,
        conversation=row.conversation,
        observed_at=row.observed_at,
        cached=row.cached,
    )
    match row.kind:
        case "person":
            return Observations(people=(Observation(read(claim, PersonClaim), said),))
        case "company":
            return Observations(companies=(Observation(read(claim, CompanyClaim), said),))
        case _:
            return Observations(verdicts=(Observation(read(claim, EmailVerdict), said),))


def _by_kind(observations: Observations) -> Iterator[tuple[str, _AnyObservation]]:
    yield from (("person", observation) for observation in observations.people)
    yield from (("company", observation) for observation in observations.companies)
    yield from (("email", observation) for observation in observations.verdicts)


def _subject(
    observation: _AnyObservation, owners: Mapping[Identity, UUID]
) -> dict[str, UUID | None]:
    keys = _identities(observation)
    owner = next((owners[key] for key in keys if key in owners), None)
    is_company = isinstance(observation.claim, CompanyClaim)
    return {"person_id": None, "company_id": None} | {
        "company_id" if is_company else "person_id": owner
    }


def _observation(enrichment: Enrichment, observation: _AnyObservation) -> Row:
    source = observation.provenance
    return {
        "account_id": enrichment.account_id,
        "enrichment_id": enrichment.id,
        "conversation": source.conversation,
        "provider": source.provider,
        "capability": source.capability,
        "origin": source.origin,
        "observed_at": source.observed_at,
        "as_of": observation.as_of,
        "cached": source.cached,
    }


def _identities(observation: _AnyObservation) -> Sequence[Identity]:
    match observation.claim:
        case PersonClaim() as claim:
            return identities.of_person_claim(claim)
        case CompanyClaim() as claim:
            return identities.of_company(claim)
        case EmailVerdict(address=address):
            return (identities.of_mailbox(address),)
        case _ as unreachable:
            assert_never(unreachable)


def _conversation(enrichment: Enrichment, report: Report) -> Row:
    summary = report.summary()
    return {
        "account_id": enrichment.account_id,
        "enrichment_id": enrichment.id,
        "id": report.conversation,
        "provider": report.provider,
        "capability": report.capability,
        "outcome": summary.outcome,
        "reason": summary.reason,
        "cached": report.cached,
        "latency": report.latency,
        "calls": summary.calls,
        "cost": summary.cost,
        "records": summary.records,
        "answered_at": enrichment.answered_at,
    }


def _call(enrichment: Enrichment, call: CallRecord) -> Row:
    return {
        "account_id": enrichment.account_id,
        "id": call.id,
        "enrichment_id": enrichment.id,
        "conversation": call.conversation,
        "provider": call.provider,
        "capability": call.capability,
        "attempt": call.attempt,
        "status": call.status,
        "outcome": call.outcome,
        "cost": call.cost,
        "sent_at": call.sent_at,
        "latency": call.latency,
        "permit_wait": call.permit_wait,
    }
