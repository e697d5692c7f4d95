"""The body and answer of `POST /resolve`."""

from typing import Annotated, Literal

from pydantic import Field, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import (
    Body,
    CompanyText,
    CountryText,
    DomainText,
    EmailText,
    NameText,
    NumberText,
    Text,
    UrlText,
)

MOST_RECORDS = 5_000

_AddressText = Annotated[str, Text(300)]
_ReferenceText = Annotated[str, Text(100)]


class RecordBody(Body):
    """What one record says of one person, as written; slips of the keys are expected."""

    reference: _ReferenceText | None = None
    """Your own id of the record; comes back with its result and is not compared."""
    full_name: NameText | None = None
    first_name: NameText | None = None
    last_name: NameText | None = None
    email: EmailText | None = None
    phone: NumberText | None = None
    date_of_birth: NumberText | None = None
    """`1985-03-07`, `7/3/1985` (the day first), `7 March 1985`, or parts of it."""
    title: NameText | None = None
    """Not compared."""
    company: CompanyText | None = None
    company_number: NumberText | None = None
    domain: DomainText | None = None
    """The company's."""
    address: _AddressText | None = None
    city: NameText | None = None
    postcode: NumberText | None = None
    country: CountryText | None = None
    """Helps to read the phone; not compared."""
    linkedin_url: UrlText | None = None
    identifier: NameText | None = None
    """A number that stands for the person: social security, membership."""


class ResolveBody(Body):
    """Records that may be of the same people."""

    records: Annotated[list[RecordBody], Field(min_length=1, max_length=MOST_RECORDS)]


@with_config(DOCUMENTED)
class AlternativeClusterData(TypedDict):
    """A cluster that a record may belong to, but not surely enough."""

    cluster_id: int
    confidence: float
    why: str


@with_config(DOCUMENTED)
class ResolvedRecord(TypedDict):
    """Whose record it is."""

    reference: str | None
    cluster_id: int
    """Equal for records of one person; numbered from 1, by the first record of each."""
    cluster_confidence: float
    """That the cluster is one person, 0 to 1; for a record by itself, that it is alone."""
    decision: Literal["joined", "alone", "abstained"]
    """`abstained`: it may be of other clusters, named as alternatives."""
    why: str
    """What holds the record in its cluster. Records are counted from 1 in the order sent."""
    alternatives: list[AlternativeClusterData]


@with_config(DOCUMENTED)
class ResolveMeta(TypedDict):
    """What was done."""

    records: int
    clusters: int
    abstained: int


@with_config(DOCUMENTED)
class ResolveAnswer(TypedDict):
    """A result for each record, in the order sent."""

    results: list[ResolvedRecord]
    meta: ResolveMeta
