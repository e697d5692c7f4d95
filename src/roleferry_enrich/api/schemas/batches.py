"""What is sent for a batch, and what is told of jobs and their items."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from roleferry_enrich.api.batch_columns import ColumnChoice
from roleferry_enrich.api.schemas.answers import EnrichAnswer
from roleferry_enrich.api.schemas.evidence import DOCUMENTED
from roleferry_enrich.api.schemas.fields import Body, Text, UrlText, micro_exact
from roleferry_enrich.api.schemas.requests import EnrichBody
from roleferry_enrich.domain.batches import MOST_ITEMS, ItemState, JobState

PriorityName = Literal["low", "normal", "high"]
JobDollars = Annotated[float, Field(ge=0, le=1_000_000), AfterValidator(micro_exact)]


class ItemBody(EnrichBody):
    """One contact of a batch, with options of its own. Its deadline is 10 s, if not given."""

    reference: Annotated[str, Text(200)] | None = None
    """Your own id of it; comes back with its result."""


class BatchSettings(Body):
    """What a JSON batch says beside its items."""

    priority: PriorityName = "normal"
    """Which of your own jobs go first."""
    max_cost: JobDollars | None = None
    """The most US dollars the whole job may cost, with up to 6 decimals. A lower cap of the account
    holds: see the job's `max_cost_usd`."""
    callback_url: UrlText | None = None
    """Where to tell that the job has ended, with a signed `batch.completed`; `https` only."""


class BatchBody(BatchSettings):
    """Many contacts."""

    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MOST_ITEMS)]
    """Judged one by one: those that are wrong are named in `errors`, the others accepted."""


class BatchQuery(BaseModel):
    """The same settings for bodies that have no place for them (NDJSON, CSV)."""

    model_config = ConfigDict(use_attribute_docstrings=True, hide_input_in_errors=True)

    priority: PriorityName = "normal"
    """Which of your own jobs go first."""
    max_cost: JobDollars | None = None
    """The most US dollars the whole job may cost, with up to 6 decimals. A lower cap of the account
    holds: see the job's `max_cost_usd`."""
    callback_url: Annotated[str, Field(max_length=500)] | None = None
    """Where to tell that the job has ended, with a signed `batch.completed`; `https` only."""
    column: Annotated[list[ColumnChoice], Field(max_length=20)] = Field(default_factory=list)
    """Of a CSV: `<field>:<heading>`, which column a field is read from. Others are guessed."""


@with_config(DOCUMENTED)
class RowFaultData(TypedDict):
    """Why a row was not accepted."""

    row: int
    """From 1, in the order sent; headings and blank lines do not count."""
    field: str
    """`row` for the row as a whole."""
    code: str
    message: str
    """What was expected. Never holds what was sent."""


@with_config(DOCUMENTED)
class JobData(TypedDict):
    """A job as known now."""

    id: UUID
    state: JobState
    """`done` and `cancelled` are ends; an item that failed does not make a job fail."""
    created_at: datetime
    finished_at: datetime | None
    priority: PriorityName
    max_cost_usd: float | None
    """What it may cost: `max_cost`, or the account's cap on a job where that is lower."""
    callback_url: str | None
    items: int
    """Accepted."""
    refused_items: int
    """Not accepted, each for a reason told when the job was created."""
    counts: dict[ItemState, int]
    """Items by state; every state is there."""
    cost_usd: float
    """What calls to providers cost so far."""
    cache_hits: int
    """Questions that needed no call: a cache, or an equal question under way, had the answer."""
    estimated_seconds_left: int | None
    """At the pace of the last minute; null where there was none, and at the end."""


@with_config(DOCUMENTED)
class CallbackData(TypedDict):
    """How the message to a callback URL is known to be ours."""

    endpoint_id: UUID
    """`/webhook-endpoints/{endpoint_id}/deliveries` tells what became of it, `/rotate` changes the
    secret."""
    secret: str
    """Signs it, as Standard Webhooks 1.0 has it; the same for all callbacks of the account."""


@with_config(DOCUMENTED)
class AcceptedJob(TypedDict):
    """A job that will be done, and what of it was not accepted."""

    job: JobData
    columns: dict[str, str] | None
    """Of a CSV: the heading of the column that each field was read from."""
    errors: list[RowFaultData]
    """Why rows were refused; the first thousand."""
    callback: CallbackData | None
    """Null where there is no `callback_url`."""


@with_config(DOCUMENTED)
class JobPage(TypedDict):
    """Some of the jobs, the newest first."""

    items: list[JobData]
    next: str | None
    """Give this as `after` to read on; null at the end."""


@with_config(DOCUMENTED)
class ItemData(TypedDict):
    """An item that has ended."""

    row: int
    """Its place in what was sent, from 1."""
    reference: str | None
    state: ItemState
    reason: str | None
    """Why it failed, or why there may be more: `budget`, `pending`, `no_provider_answered`,
    `worker_died`, `opted_out`, `not_recorded`, `took_too_long`, `internal_error`."""
    cost_usd: float
    finished_at: datetime
    answer: EnrichAnswer | None
    """As `POST /enrich` gives it, as known now; null where nobody could be asked."""


@with_config(DOCUMENTED)
class ItemPage(TypedDict):
    """Some of a job's items that have ended, in the order they were sent."""

    items: list[ItemData]
    next: str | None
    """Give this as `after` to read on; null at the end of what has ended so far."""
    complete: bool
    """Whether the job has ended, so that no more can come."""
