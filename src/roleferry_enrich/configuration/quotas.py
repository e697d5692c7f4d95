"""What may be set of accounts' quotas; part of `settings.py`."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel, Field

_MOST = 1_000_000_000
NO_QUOTA: Mapping[str, int] = MappingProxyType(
    {"quota_per_minute": 0, "quota_per_hour": 0, "quota_per_day": 0}
)
"""Settings under which nobody is counted."""


class QuotaSettings(BaseModel):
    """Requests that an account may make where nothing else is set for it; 0 is no limit."""

    quota_per_minute: int = Field(default=100, ge=0, le=_MOST)
    quota_per_hour: int = Field(default=1_000, ge=0, le=_MOST)
    quota_per_day: int = Field(default=10_000, ge=0, le=_MOST)
