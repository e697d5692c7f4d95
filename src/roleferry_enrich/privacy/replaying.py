"""Does the erasures of a journal again in a database that knows nothing of them.

Whoever puts back a backup puts back people who were erased since. The journal has only digests, so
everybody who is stored is held against them, and who is recognised is erased anew.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table

from roleferry_enrich.domain.people import PersonClaim
from roleferry_enrich.domain.queries import Keys
from roleferry_enrich.domain.records import ContactKind
from roleferry_enrich.privacy import normal_forms, traces
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.journal import Line
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.privacy.traces import Traces
from roleferry_enrich.storage import tables
from roleferry_enrich.storage.documents import read
from roleferry_enrich.storage.erasures import ErasureRepository
from roleferry_enrich.storage.golden import AnyRow
from roleferry_enrich.storage.job_tables import job_items
from roleferry_enrich.storage.searching import Place, Wanted, read_rows
from roleferry_enrich.storage.sourced import read_fields
from roleferry_enrich.storage.webhook_tables import mailbox_reports

Tell = Callable[[AnyRow], Traces]
_NAMED_BY = (
    *("full_name", "first_name", "last_name", "linkedin_url"),
    *("company_name", "company_domain", "company_number"),
)
_EVERY_ROW = Wanted(account_id=None, patterns=())


async def replay_missing(erasure: Erasure, lines: Sequence[Line]) -> int:
    """How many erasures the database did not know of. Raises ServiceUnavailable."""
    known = await ErasureRepository(erasure.engine).known([line.id for line in lines])
    missing = [line for line in lines if line.id not in known]
    if missing:
        found = await _recognised(erasure, missing)
        for line in missing:
            await erasure.replay(line, found[line.id])
    return len(missing)


async def _recognised(erasure: Erasure, lines: Iterable[Line]) -> Mapping[UUID, Traces]:
    """Who of those stored each line is about."""
    sought: defaultdict[bytes, set[UUID]] = defaultdict(set)
    for line in lines:
        for _, digest in line.digests:
            sought[bytes.fromhex(digest)].add(line.id)
    found: defaultdict[UUID, Traces] = defaultdict(Traces)
    for table, tell in _TELLING:
        async for row in read_rows(erasure.engine, Place(table=table), _EVERY_ROW):
            told = tell(row)
            for form in told.forms:
                for line_id in sought.get(_digest(erasure, form), ()):
                    found[line_id] |= Traces(forms=frozenset({form}), names=told.names)
    return found


def _digest(erasure: Erasure, form: NormalForm) -> bytes:
    return erasure.suppressions.digests([form])[0][1]


def _person(row: AnyRow) -> Traces:
    said = {name: known.value for name, known in read_fields(row.fields).items()}
    return traces.of_claim(read({name: said.get(name) for name in _NAMED_BY}, PersonClaim))


def _point(row: AnyRow) -> Traces:
    match row.kind:
        case ContactKind.EMAIL:
            return Traces(forms=frozenset(normal_forms.of_email(row.value)))
        case ContactKind.PHONE:
            return Traces(forms=frozenset(normal_forms.of_phone(row.value)))
        case _:
            return Traces(forms=frozenset(normal_forms.of_profile(row.value)))


def _claim(row: AnyRow) -> Traces:
    match row.kind:
        case "person":
            return traces.of_claim(read(row.claim, PersonClaim))
        case "email":
            return Traces(forms=frozenset(normal_forms.of_email(row.claim["address"])))
        case _:
            return Traces()


def _keys(row: AnyRow) -> Traces:
    return traces.of_keys(read(row.request["keys"], Keys))


_TELLING: tuple[tuple[Table, Tell], ...] = (
    (tables.people, _person),
    (tables.contact_points, _point),
    (tables.observations, _claim),
    (tables.enrichments, _keys),
    (job_items, _keys),
    (
        mailbox_reports,
        lambda row: Traces(forms=frozenset(normal_forms.of_email(row.address))),
    ),
)
