"""Which column of a CSV a caller wants a field read from: `<field>:<heading>`."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from roleferry_enrich.api.batch_rows import COLUMN_FIELDS
from roleferry_enrich.api.violations import violation


def _known(choice: str) -> str:
    field, _, heading = choice.partition(":")
    if field not in COLUMN_FIELDS or not heading:
        fields = ", ".join(COLUMN_FIELDS)
        raise violation("unknown_value", f"must be <field>:<heading>, the field one of {fields}")
    return choice


_FORM = {"pattern": f"^({'|'.join(COLUMN_FIELDS)}):.+$"}
ColumnChoice = Annotated[
    str, Field(max_length=300, json_schema_extra=_FORM), AfterValidator(_known)
]


def columns_chosen(choices: Sequence[str]) -> Mapping[str, str]:
    parted = (choice.partition(":") for choice in choices)
    return {field: heading for field, _, heading in parted}
