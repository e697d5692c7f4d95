"""What may be set of the audit log; part of `settings.py`."""

from datetime import timedelta

from pydantic import BaseModel, Field


class AuditSettings(BaseModel):
    audit_retention_days: int = Field(default=365, ge=1, le=3_650)
    """Days for which the audit log is kept."""

    @property
    def audit_retention(self) -> timedelta:
        return timedelta(days=self.audit_retention_days)
