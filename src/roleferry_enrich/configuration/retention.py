"""How long personal data is kept, counted from when it was first collected.

Names are `ROLEFERRY_KEEP__<WHAT>_DAYS`. What is asked for again is not kept for longer.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX

Days = Annotated[int, Field(ge=1, le=3_650)]


class RetentionSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    people_days: Days = 180
    """Who somebody is and what they do: the whole record with all that belongs to it."""
    email_days: Days = 180
    phone_days: Days = 180
    profile_days: Days = 180
    enrichments_days: Days = 180
    """What was asked and answered, and what providers said then."""
    jobs_days: Days = 180
    """Batch jobs that have ended, with what each item asked for."""

    def of(self, what: str) -> timedelta:
        days: int = getattr(self, f"{what}_days")
        return timedelta(days=days)


def retention_names() -> frozenset[str]:
    """Every variable there is."""
    prefix = DELIMITER.join((f"{PREFIX}KEEP", ""))
    return frozenset(prefix + field.upper() for field in RetentionSettings.model_fields)
