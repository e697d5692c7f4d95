"""Judges the rows of a batch one by one: a question each, or why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from roleferry_enrich.api.batch_rows import Row, Rows
from roleferry_enrich.api.schemas.batches import ItemBody
from roleferry_enrich.api.translation import contact_request
from roleferry_enrich.api.violations import faults_of
from roleferry_enrich.domain.batches import Item, RowFault
from roleferry_enrich.domain.waterfalls import Waterfalls
from roleferry_enrich.errors import Fault, InvalidQuery

_UNHURRIED = timedelta(seconds=10)
"""An item's deadline unless it has its own: nobody waits for it."""
_FAULTS_KEPT = 1_000
_FAULTS_TOLD = 20


@dataclass(frozen=True, slots=True)
class Judged:
    items: tuple[Item, ...]
    faults: tuple[RowFault, ...]
    """Of the rows refused; the first thousand."""
    refused: int
    columns: Mapping[str, str] | None


def judged(
    rows: Rows, providers: Collection[str], named: Waterfalls, *, shows_personal: bool
) -> Judged:
    """`shows_personal`: whether the caller is shown, and so pays for, what is somebody's own.

    Raises InvalidQuery where no row can be accepted.
    """
    items: list[Item] = []
    faults: list[RowFault] = []
    refused = 0
    for number, row in enumerate(rows.rows, 1):
        found = _item(number, row, providers, named, shows_personal=shows_personal)
        if isinstance(found, Item):
            items.append(found)
        else:
            refused += 1
            faults += [
                RowFault(row=number, field=fault.field, code=fault.code, message=fault.message)
                for fault in found
            ]
    if not items:
        raise InvalidQuery("no item can be accepted: see `errors`", faults=_told(faults))
    return Judged(tuple(items), tuple(faults[:_FAULTS_KEPT]), refused, rows.columns)


def _item(
    number: int,
    row: Row,
    providers: Collection[str],
    named: Waterfalls,
    *,
    shows_personal: bool,
) -> Item | Sequence[Fault]:
    if isinstance(row, Fault):
        return (row,)
    try:
        body = ItemBody.model_validate(row)
        deadline = None if "deadline_ms" in body.model_fields_set else _UNHURRIED
        request = contact_request(
            body, providers, named, shows_personal=shows_personal, deadline=deadline
        )
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        return faults_of([{**one, "loc": ("row", *one["loc"])} for one in errors])
    except InvalidQuery as refused:
        return refused.faults
    if body.sample_fallback:
        return (Fault("sample_fallback", "not_in_a_batch", "must be false in a batch"),)
    return Item(number=number, reference=body.reference, request=request)


def _told(faults: Sequence[RowFault]) -> tuple[Fault, ...]:
    return tuple(
        Fault(f"items[{fault.row - 1}].{fault.field}", fault.code, fault.message)
        for fault in faults[:_FAULTS_TOLD]
    )
