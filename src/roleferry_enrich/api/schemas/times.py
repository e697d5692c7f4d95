"""Days and moments in the one form that is documented: pydantic would read numbers too."""

import re
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from roleferry_enrich.api.violations import violation

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"


def _written(form: str, example: str) -> BeforeValidator:
    pattern = re.compile(form)

    def check(sent: object) -> object:
        if isinstance(sent, str) and pattern.fullmatch(sent):
            return sent
        raise violation("wrong_type", f"must be written as in {example}")

    return BeforeValidator(check)


Day = Annotated[date, _written(_DAY, "2026-03-31")]
# RFC 3339, 5.6.
Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    _written(f"{_DAY}[Tt]{_TIME}([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})", "2026-03-31T09:30:00Z"),
]
