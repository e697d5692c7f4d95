"""What the operations that cost money have in common where they shall cost nothing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Query, Request

from roleferry_enrich.errors import Fault, InvalidQuery

DryRun = Annotated[
    bool,
    Query(
        description="Answer with the plan and its cost instead: nobody is asked, nothing is kept."
    ),
]
_MEANT: Mapping[str, bool] = MappingProxyType({"true": True, "1": True, "false": False, "0": False})


def dry_run_of(request: Request) -> bool:
    """Whether only the plan is wanted.

    Raises InvalidQuery for what says neither yes nor no: in doubt nothing is spent.
    """
    if not request.scope["query_string"]:
        return False
    said = request.query_params.getlist("dry_run")
    meant = {_MEANT.get(text.lower()) for text in said} or {False}
    if len(meant) == 1 and (only := meant.pop()) is not None:
        return only
    fault = Fault("dry_run", "not_a_boolean", "must be true or false, once")
    raise InvalidQuery("see `errors`", faults=(fault,))
