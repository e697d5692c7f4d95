"""What of a file was sent already: a small file beside the output, until the output is whole.

It has ids of jobs, digests, and which rows were refused why; no keys and no personal data.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from roleferry_enrich.errors import RecordsRefused
from roleferry_enrich.private_files import write_private

SUFFIX = ".rfe-job"


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part that was sent."""

    job_id: str | None
    """None where no row of it was accepted."""
    refused: Mapping[int, str] = field(default_factory=dict)
    """Why rows were not accepted, by their number within the part."""
    refused_rows: int = 0
    """How many: the service tells the reasons of the first thousand."""

    @property
    def is_told(self) -> bool:
        """Whether all that were refused are known."""
        return len(self.refused) == self.refused_rows


@dataclass(slots=True)
class Sent:
    path: Path
    digest: str
    """Of the file that was sent."""
    asked: str
    """Digest of how it was sent, and where to."""
    again: str = ""
    """Tells apart the times that a file was sent anew."""
    parts: dict[int, SentPart] = field(default_factory=dict)

    def keep(self) -> None:
        """Raises RecordsRefused where it cannot be written."""
        known = {
            "digest": self.digest,
            "asked": self.asked,
            "again": self.again,
            "parts": {
                number: {"job": it.job_id, "refused_rows": it.refused_rows, "refused": it.refused}
                for number, it in self.parts.items()
            },
        }
        try:
            write_private(self.path, json.dumps(known), replace=True)
        except OSError as error:
            raise RecordsRefused(f"{self.path} cannot be written: {error.strerror}") from None

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def read_sent(path: Path) -> Sent | None:
    """What was kept there. Raises RecordsRefused for anything else in its place."""
    try:
        known = json.loads(path.read_text(encoding="ascii"))
        parts = {int(number): _part(it) for number, it in known["parts"].items()}
        return Sent(path, str(known["digest"]), str(known["asked"]), str(known["again"]), parts)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RecordsRefused(
            f"{path} is not what this command keeps there: move it away, and run this again"
        ) from None


def _part(known: Mapping[str, object]) -> SentPart:
    refused = known["refused"]
    if not isinstance(refused, dict):
        raise TypeError("no mapping")
    job = known["job"]
    return SentPart(
        job_id=None if job is None else str(job),
        refused={int(number): str(reason) for number, reason in refused.items()},
        refused_rows=int(str(known["refused_rows"])),
    )
