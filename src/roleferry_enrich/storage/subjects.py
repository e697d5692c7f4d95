"""Brings an enrichment's golden records together with the stored ones, ready to be written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from roleferry_enrich.domain.enrichments import Enrichment
from roleferry_enrich.domain.records import GoldenCompany, GoldenPerson, Value
from roleferry_enrich.storage import bulk, golden, identities, tables
from roleferry_enrich.storage.at_rest import SubjectKey
from roleferry_enrich.storage.contact_points import point_rows
from roleferry_enrich.storage.identities import Candidate, Identity, Subject, candidates
from roleferry_enrich.storage.key_tables import subject_keys
from roleferry_enrich.storage.merging import changes, merged_company, merged_person
from roleferry_enrich.storage.people_keys import PeopleKeys, keys_for
from roleferry_enrich.storage.recognition import recognise
from roleferry_enrich.storage.sealed import HISTORY, sealed_document

Golden = TypeVar("Golden", GoldenPerson, GoldenCompany)


@dataclass(frozen=True, slots=True)
class _Stored(Generic[Golden]):
    """Subjects of one sort as they were stored, and as they shall be. By subject id."""

    before: Mapping[UUID, Golden]
    after: Mapping[UUID, Golden]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """An enrichment's subjects, recognised and merged, and not yet written."""

    people: _Stored[GoldenPerson]
    companies: _Stored[GoldenCompany]
    owners: Mapping[Identity, UUID]
    keys: PeopleKeys
    person_id: UUID | None
    executive_ids: Sequence[UUID]
    company_id: UUID | None

    def rows(self, enrichment: Enrichment) -> Mapping[Table, Sequence[bulk.Row]]:
        account_id = enrichment.account_id
        people, companies = self.people.after.items(), self.companies.after.items()
        options = enrichment.request.options
        why = {"purpose": options.purpose, "lawful_basis": options.lawful_basis}
        return {
            tables.companies: [golden.company_row(account_id, *each) for each in companies],
            subject_keys: self.keys.rows,
            tables.people: [
                {
                    **golden.person_row(
                        account_id, self.keys.of[each], person, company_id=self.company_id
                    ),
                    **why,
                }
                for each, person in people
            ],
            tables.contact_points: [
                row
                for each, person in people
                for row in point_rows(account_id, self.keys.of[each], person, self.keys.at_rest)
            ],
            tables.field_history: [
                *_history(enrichment, Subject.COMPANY, self.companies, {}),
                *_history(enrichment, Subject.PERSON, self.people, self.keys.of),
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
        keys=keys_for(account_id, merged_people, stored.keys),
        owners=_owners([*companies, *people], settled),
        person_id=_first(people, settled) if enrichment.person else None,
        executive_ids=_executives(people, settled, enrichment),
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
    enrichment: Enrichment,
    subject: Subject,
    stored: _Stored[Golden],
    keys: Mapping[UUID, SubjectKey],
) -> Iterator[bulk.Row]:
    """Of a subject with a key, sealed under it."""
    for subject_id, before in stored.before.items():
        key = keys.get(subject_id)
        for change in changes(before.fields, stored.after[subject_id].fields):
            yield {
                "account_id": enrichment.account_id,
                "subject": subject,
                "subject_id": subject_id,
                "field": change.field,
                "old": _kept(key, change.old),
                "new": _kept(key, change.new),
                "enrichment_id": enrichment.id,
            }


def _kept(key: SubjectKey | None, value: Value | None) -> object:
    return value if key is None or value is None else sealed_document(key, HISTORY, value)


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


def _owners(found: Sequence[Candidate], settled: Mapping[UUID, UUID]) -> Mapping[Identity, UUID]:
    return {key: settled[each.id] for each in found for key in each.identities}


def _executives(
    people: Mapping[Candidate, GoldenPerson], settled: Mapping[UUID, UUID], enrichment: Enrichment
) -> Sequence[UUID]:
    """In the order of the answer, in which they come after the person, if it has one."""
    everybody = [settled[candidate.id] for candidate in people]
    return everybody[len(everybody) - len(enrichment.executives) :]


def _first(found: Mapping[Candidate, Golden], settled: Mapping[UUID, UUID]) -> UUID | None:
    return next((settled[candidate.id] for candidate in found), None)
