"""Brings an enrichment's golden records together with the stored ones, ready to be written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import GoldenCompany, GoldenPerson
from roleferry_enrich.storage import bulk, golden, identities, tables
from roleferry_enrich.storage.at_rest import AtRest, SubjectKey
from roleferry_enrich.storage.contact_points import point_rows
from roleferry_enrich.storage.identities import Candidate, Identity, Subject, candidates
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.merging import changes, merged_company, merged_person
from roleferry_enrich.storage.recognition import recognise
from roleferry_enrich.storage.sealed import SubjectKeys

Golden = TypeVar("Golden", GoldenPerson, GoldenCompany)


@dataclass(frozen=True, slots=True)
class _Stored(Generic[Golden]):
    """Subjects of one sort as they were stored, and as they shall be. By subject id."""

    before: Mapping[UUID, Golden]
    after: Mapping[UUID, Golden]


@dataclass(frozen=True, slots=True)
class PeopleKeys:
    """The key of each of an enrichment's people, and the rows of those that are new."""

    at_rest: AtRest
    of: Mapping[UUID, SubjectKey]
    rows: Sequence[bulk.Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An enrichment's subjects, recognised and merged, and not yet written."""

    people: _Stored[GoldenPerson]
    companies: _Stored[GoldenCompany]
    owners: Mapping[Identity, UUID]
    keys: PeopleKeys
    person_id: UUID | None
    company_id: UUID | None

    def rows(self, enrichment: Enrichment) -> Mapping[Table, Sequence[bulk.Row]]:
        account_id = enrichment.account_id
        people, companies = self.people.after.items(), self.companies.after.items()
        return {
            tables.companies: [golden.company_row(account_id, *each) for each in companies],
            subject_keys: self.keys.rows,
            tables.people: [
                golden.person_row(
                    account_id, self.keys.of[each], person, company_id=self.company_id
                )
                for each, person in people
            ],
            tables.contact_points: [
                row
                for each, person in people
                for row in point_rows(account_id, self.keys.of[each], person, self.keys.at_rest)
            ],
            tables.field_history: [
                *_history(enrichment, Subject.COMPANY, self.companies),
                *_history(enrichment, Subject.PERSON, self.people),
            ],
        }


async def gather(
    connection: AsyncConnection, enrichment: Enrichment, new_id: Callable[[], UUID]
) -> Gathered:
    """Recognise the subjects, lock those that are stored, and merge. Writes identities only."""
    account_id = enrichment.account_id
    people, companies = _people(enrichment, new_id), _companies(enrichment, new_id)
    settled = await recognise(connection, account_id, [*companies, *people])
    known = set(settled.values()) - set(settled)
    # Companies before people, everywhere: one order of locks, no deadlock.
    stored_companies = await golden.lock_companies(
        connection, account_id, known if companies else ()
    )
    stored_people, stored = await golden.lock_people(
        connection, account_id, known if people else ()
    )
    merged_people = _merged(people, settled, stored_people, merged_person)
    return Gathered(
        companies=_Stored(
            stored_companies, _merged(companies, settled, stored_companies, merged_company)
        ),
        people=_Stored(stored_people, merged_people),
        keys=_keys(account_id, merged_people, stored.keys),
        owners=_owners([*companies, *people], settled),
        person_id=_first(people, settled) if enrichment.person else None,
        company_id=_first(companies, settled),
    )


def _people(enrichment: Enrichment, new_id: Callable[[], UUID]) -> Mapping[Candidate, GoldenPerson]:
    found = ((enrichment.person,) if enrichment.person else ()) + enrichment.executives
    keyed = [(new_id(), identities.of_person(person, enrichment.company)) for person in found]
    told_apart = candidates(keyed, subject=Subject.PERSON, enrichment_id=enrichment.id)
    return dict(zip(told_apart, found, strict=True))


def _companies(
    enrichment: Enrichment, new_id: Callable[[], UUID]
) -> Mapping[Candidate, GoldenCompany]:
    found = (enrichment.company,) if enrichment.company else ()
    keyed = [(new_id(), identities.of_company(company)) for company in found]
    told_apart = candidates(keyed, subject=Subject.COMPANY, enrichment_id=enrichment.id)
    return dict(zip(told_apart, found, strict=True))


def _history(
    enrichment: Enrichment, subject: Subject, stored: _Stored[Golden]
) -> Iterator[bulk.Row]:
    for subject_id, before in stored.before.items():
        for change in changes(before.fields, stored.after[subject_id].fields):
            yield {
                "account_id": enrichment.account_id,
                "subject": subject,
                "subject_id": subject_id,
                "field": change.field,
                "old": change.old,
                "new": change.new,
                "enrichment_id": enrichment.id,
            }


def _merged(
    found: Mapping[Candidate, Golden],
    settled: Mapping[UUID, UUID],
    stored: Mapping[UUID, Golden],
    merge: Callable[[Golden, Golden], Golden],
) -> Mapping[UUID, Golden]:
    """By subject. Two candidates that turn out to be one known subject become one."""
    subjects = dict(stored)
    for candidate, record in found.items():
        subject_id = settled[candidate.id]
        known = subjects.get(subject_id)
        subjects[subject_id] = merge(known, record) if known else record
    return subjects


def _keys(account_id: UUID, people: Iterable[UUID], stored: SubjectKeys) -> PeopleKeys:
    at_rest, of, rows = stored.at_rest, dict(stored.of), []
    for person_id in people:
        if person_id not in of:
            of[person_id], wrapped = at_rest.new_key(account_id, person_id)
            row = {"account_id": account_id, "subject_id": person_id}
            rows.append({**row, "wrapped": "\\x" + wrapped.hex()})
    return PeopleKeys(at_rest, of, rows)


def _owners(found: Sequence[Candidate], settled: Mapping[UUID, UUID]) -> Mapping[Identity, UUID]:
    return {key: settled[each.id] for each in found for key in each.identities}


def _first(found: Mapping[Candidate, Golden], settled: Mapping[UUID, UUID]) -> UUID | None:
    return next((settled[candidate.id] for candidate in found), None)
