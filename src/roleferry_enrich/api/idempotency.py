"""The `Idempotency-Key` of a request: what makes sending it twice the same as sending it once."""

import re
from typing import Annotated

from fastapi import Header

from roleferry_enrich.errors import Fault, RequestRefused

_LONGEST = 255
_KEY = re.compile(r"[\x21-\x7e]+")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        # For the document alone: `key_of` refuses in the words of a problem.
        json_schema_extra={"pattern": r"^[\x21-\x7e]{1,255}$"},
        description=(
            "A word of your own, up to 255 visible characters. Sent again with the same body, the"
            " request has no second effect and gets the same answer."
        ),
    ),
]


def key_of(header: str | None) -> str | None:
    """The key, with or without the quotes that the draft standard puts around it."""
    if header is None:
        return None
    key = header.strip()
    if len(key) >= 2 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        expected = f"must be 1 to {_LONGEST} visible ASCII characters"
        raise RequestRefused(
            "the Idempotency-Key cannot be used",
            faults=(Fault("Idempotency-Key", "invalid_key", expected),),
        )
    return key
